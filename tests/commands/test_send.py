"""`send`: one request, as its user meets it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.clients.aws_cli import VERSION_1
from tests.clients.payload import ACCEPTED, ALL_ACCEPTED, BATCH_ITEM, STORED
from tests.clients.programs import Program
from tests.commands.running_send import Command, events
from tests.local.running_gateway import RunningGateway
from tests.upstream import running_upstream

ANY_CHANNEL = re.compile(r'(?<="ChannelType": ")[A-Z_]+')  # botocore's generator throws dice
REQUEST = {"BatchItem": BATCH_ITEM}


def test_events_as_json(put_events: Command, app: str, gateway: RunningGateway) -> None:
    answer = put_events.send("--application-id", app, "--events-request", json.dumps(REQUEST))

    assert answer == ALL_ACCEPTED
    assert sorted(gateway.stored(app)) == STORED


def test_events_from_a_file(
    put_events: Command, app: str, gateway: RunningGateway, tmp_path: Path
) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps(REQUEST, ensure_ascii=False))

    put_events.send("--application-id", app, "--events-request", f"file://{file}")

    assert sorted(gateway.stored(app)) == STORED


def test_the_url_is_an_option_too(put_events: Command, app: str, gateway: RunningGateway) -> None:
    options = ["--url", f"{gateway.url}/", "--auth", "none", "--application-id", app]

    put_events.send(*options, "--events-request", json.dumps(REQUEST), PUT_EVENTS_URL="http://no")

    assert sorted(gateway.stored(app)) == STORED


def test_a_whole_call_as_json(put_events: Command, app: str, gateway: RunningGateway) -> None:
    call = json.dumps({"ApplicationId": app, "EventsRequest": REQUEST})

    put_events.send("--cli-input-json", call)

    assert sorted(gateway.stored(app)) == STORED


def test_options_win_over_a_whole_call(
    put_events: Command, app: str, gateway: RunningGateway
) -> None:
    call = json.dumps({"ApplicationId": "another", "EventsRequest": events(given="tap")})
    request = json.dumps(events(option="tap"))

    put_events.send("--cli-input-json", call, "--application-id", app, "--events-request", request)

    assert gateway.stored(app) == [("phone", "option", "tap")]
    assert gateway.stored("another") == []


@pytest.mark.parametrize("kind", ["input", "output"])
def test_the_skeletons_are_those_of_the_aws_cli(
    kind: str, put_events: Command, run: Program
) -> None:
    options = ["--application-id", "a", "--events-request", '{"BatchItem":{}}']
    options += ["--generate-cli-skeleton", kind]
    _, theirs, _ = run(VERSION_1, "pinpoint", "put-events", *options)

    status, ours, errors = put_events(*options, PUT_EVENTS_URL="")

    assert (status, errors) == (0, "")
    assert ANY_CHANNEL.sub("", ours) == ANY_CHANNEL.sub("", theirs)


def test_a_skeleton_is_one_of_the_input_unless_said_otherwise(put_events: Command) -> None:
    _, output, _ = put_events("--generate-cli-skeleton")

    assert set(json.loads(output)) == {"ApplicationId", "EventsRequest"}


def test_a_rejected_event_is_shown_beside_the_accepted_ones(
    put_events: Command, app: str, gateway: RunningGateway
) -> None:
    request = json.dumps(events(good="tap", bad=""))

    status, output, errors = put_events("--application-id", app, "--events-request", request)

    items = json.loads(output)["EventsResponse"]["Results"]["phone"]["EventsItemResponse"]
    assert {i: item["StatusCode"] for i, item in items.items()} == {"good": 202, "bad": 400}
    assert (status, errors) == (1, "Not accepted: 1 of 2 events, 0 of 1 endpoint.\n")
    assert gateway.stored(app) == [("phone", "good", "tap")]


def test_a_rejected_endpoint_is_not_a_success(put_events: Command, app: str) -> None:
    request: Any = events(good="tap")
    request["BatchItem"]["phone"]["Endpoint"] = {"Address": "no-channel@example.com"}

    status, _, errors = put_events("--application-id", app, "--events-request", json.dumps(request))

    assert (status, errors) == (1, "Not accepted: 0 of 1 event, 1 of 1 endpoint.\n")


def test_an_event_that_is_missing_in_the_answer_is_not_a_success(run: Program) -> None:
    items = {"EndpointItemResponse": ACCEPTED, "EventsItemResponse": {"one": ACCEPTED}}
    with running_upstream() as upstream:
        upstream.answer = lambda _: (202, {"Results": {"phone": items}})
        request = json.dumps(events(one="tap", two="tap"))

        status, _, errors = Command(run, upstream.url)(
            "--application-id", "a", "--events-request", request
        )

    assert (status, errors) == (1, "Not accepted: 1 of 2 events, 0 of 1 endpoint.\n")


def test_an_id_that_is_no_unicode_is_printed_as_json(put_events: Command, app: str) -> None:
    request = json.dumps(events(**{"\ud800": "tap"}))

    status, output, _ = put_events("--application-id", app, "--events-request", request)

    results = json.loads(output)["EventsResponse"]["Results"]
    assert results["phone"]["EventsItemResponse"].keys() == {"\ud800"}
    assert status == 1
