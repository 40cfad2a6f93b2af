"""What CONTRIBUTING.md's table says of additions holds: which files they touch, and how many."""

import json
import re
from typing import Any, get_args

import pytest

from infra.settings import gateway_settings
from putevents.settings import DestinationName
from putevents.wire.arrival import Arrival
from putevents.wire.event_record import event_records
from putevents.wire.schemas import Event
from tests.structure.source_files import ROOT

README = (ROOT / "README.md").read_text()
TABLE = (ROOT / "CONTRIBUTING.md").read_text().partition("## To add")[2]
# The files that an addition touches; README.md and docs/ beside them are held by other tests.
FILES = {"an event field": 3, "a rule": 2, "a destination": 6, "a route": 3, "a deploy setting": 3}
EVENT: Any = {"EventType": "tap", "Timestamp": "2026-01-02T03:04:05.678Z"}
MEMBERS: dict[str, Any] = {
    "event_type": "swipe",
    "timestamp": "2026-01-02T03:04:06.678Z",
    "attributes": {"key": "value"},
    "metrics": {"key": 1.0},
    "session": {"Id": "session", "StartTimestamp": "2026-01-02T03:04:05.678Z"},
}


def _touched() -> dict[str, list[str]]:
    """The files of each row of the table."""
    rows = re.findall(r"^\| (an? [^|]+?) \| ([^|]+) \|", TABLE, re.M)
    return {what: re.findall(r"`([\w./<>-]+\.(?:py|md))`", where) for what, where in rows}


@pytest.mark.parametrize("what", FILES)
def test_an_addition_touches_as_few_files_as_promised(what: str) -> None:
    files = _touched()[what]
    gone = [file for file in files if "<" not in file and not (ROOT / file).is_file()]

    assert len(files) == FILES[what]
    assert gone == []


@pytest.mark.parametrize("member", Event.model_fields)
def test_every_member_of_an_event_reaches_its_record(member: str) -> None:
    alias = Event.model_fields[member].alias or ""
    changed = Event.model_validate({**EVENT, alias: MEMBERS.get(member, "something")})

    assert _record(changed) != _record(Event.model_validate(EVENT))


def _record(event: Event) -> Any:
    [(_, record)] = event_records("my-app", "phone", {}, {"one": event}, Arrival("request", 1))
    return json.loads(record)


@pytest.mark.parametrize("destination", get_args(DestinationName))
def test_a_destination_is_in_the_readmes_table(destination: str) -> None:
    assert re.search(rf"^\| `{destination}` \| .+ \| .+ \|$", README, re.M)


def test_a_destination_that_can_be_deployed_can_be_loaded() -> None:
    deployed, known = get_args(gateway_settings.DestinationName), get_args(DestinationName)

    assert set(known) - set(deployed) == {"local"}
    assert set(deployed) <= set(known)
