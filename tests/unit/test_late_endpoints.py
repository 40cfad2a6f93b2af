"""An endpoint's update that waited does not overwrite what the upstream heard since."""

from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import pytest

from putevents.destinations.late_endpoints import LATE_SECONDS
from putevents.destinations.pinpoint import PinpointDestination
from putevents.time_left import DELIVERY_SECONDS, QUEUEING_SECONDS, TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.forwarded import ARRIVALS, KEEPS_ARRIVALS
from putevents.wire.schemas import Event, ItemResponse, PublicEndpoint, ValidBatch
from tests.unit.doors import Doors, FakeQueue, nearly_over, sqs_record
from tests.upstream import ACCEPTED, Upstream, running_upstream

OPT_IN = PublicEndpoint(OptOut="NONE")
EVENT = Event(EventType="a", Timestamp="2026-11-24T10:00:00Z")
DAY = 24 * 3600


@pytest.fixture(name="upstream")
def _upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    with running_upstream() as upstream:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PINPOINT", upstream.url)
        yield upstream


def ago(seconds: int) -> Arrival:
    now = Arrival.now("request-1")
    return now._replace(timestamp=now.timestamp - 1000 * seconds)


def date(seconds_ago: int) -> str:
    moment = datetime.fromtimestamp(ago(seconds_ago).timestamp / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stored(seconds_ago: int) -> tuple[int, Any]:
    return 200, {"Id": "phone", "EffectiveDate": date(seconds_ago)}


def deliver(
    age: int,
    endpoint: PublicEndpoint | None = OPT_IN,
    *event_ids: str,
    time_left: TimeLeft = TimeLeft(),  # noqa: B008 # immutable
) -> dict[str, ItemResponse]:
    batch = ValidBatch(endpoint, dict.fromkeys(event_ids, EVENT))
    destination = PinpointDestination()
    return destination.deliver("a", {"phone": batch}, {"phone": ago(age)}, time_left)


def sent_endpoints(upstream: Upstream) -> list[Any]:
    return [request["BatchItem"]["phone"]["Endpoint"] for _, request in upstream.requests]


def test_yesterdays_opt_in_does_not_overwrite_todays_opt_out(upstream: Upstream) -> None:
    upstream.stored["phone"] = stored(3600)
    assert deliver(DAY)["phone"]["EndpointItemResponse"] == ACCEPTED
    assert upstream.requests == []
    assert upstream.asked == ["phone"]


def test_its_events_go_all_the_same(upstream: Upstream) -> None:
    upstream.stored["phone"] = stored(3600)
    answers = deliver(DAY, OPT_IN, "1", "2")
    assert answers["phone"]["EndpointItemResponse"] == ACCEPTED
    assert answers["phone"]["EventsItemResponse"] == {"1": ACCEPTED, "2": ACCEPTED}
    assert sent_endpoints(upstream) == [{}]


def test_a_late_update_that_is_the_newest_is_sent(upstream: Upstream) -> None:
    upstream.stored["phone"] = stored(2 * DAY)
    deliver(DAY)
    assert sent_endpoints(upstream) == [{"OptOut": "NONE"}]


@pytest.mark.parametrize(("sent", "has", "is_sent"), [(90, 60, False), (60, 90, True)])
def test_a_device_that_says_when_is_compared_by_its_own_clock(
    upstream: Upstream, sent: int, has: int, is_sent: bool
) -> None:
    # The device's clock is 30 days behind, so its last update looks older than the queued one.
    upstream.stored["phone"] = stored(30 * DAY + has)
    deliver(DAY, PublicEndpoint(OptOut="NONE", EffectiveDate=date(30 * DAY + sent)))
    assert len(upstream.requests) == is_sent


@pytest.mark.parametrize("age", [0, LATE_SECONDS - 2])
def test_what_is_not_late_costs_no_question(upstream: Upstream, age: int) -> None:
    upstream.stored["phone"] = stored(0)
    deliver(age)
    assert (upstream.asked, len(upstream.requests)) == ([], 1)


@pytest.mark.parametrize("endpoint", [PublicEndpoint(), None])
def test_an_update_that_says_nothing_overwrites_nothing(
    upstream: Upstream, endpoint: PublicEndpoint | None
) -> None:
    deliver(DAY, endpoint, "1")
    assert (upstream.asked, sent_endpoints(upstream)) == ([], [{}])


@pytest.mark.parametrize(
    "answer",
    [
        (404, {}), (403, {}), (405, b"x"), (501, {}), (500, {}), (429, {}), None, (200, b"<html>"),
        (200, {"EffectiveDate": "tomorrow"}), (200, {"EffectiveDate": 5}), (200, {}), (200, []),
        (200, {"EffectiveDate": "2026-01-01T25:00:00"}),
    ],
)  # fmt: skip
def test_a_server_that_does_not_tell_gets_the_update(upstream: Upstream, answer: Any) -> None:
    upstream.stored["phone"] = answer
    assert deliver(DAY)["phone"]["EndpointItemResponse"] == ACCEPTED
    assert sent_endpoints(upstream) == [{"OptOut": "NONE"}]


@pytest.mark.parametrize(("has", "is_sent"), [(DAY - 60, False), (DAY + 60, True)])
def test_a_date_without_a_zone_is_read_as_utc(upstream: Upstream, has: int, is_sent: bool) -> None:
    upstream.stored["phone"] = (200, {"Id": "phone", "EffectiveDate": date(has).removesuffix("Z")})
    deliver(DAY)
    assert len(upstream.requests) == is_sent


def test_a_server_that_is_down_is_asked_about_one_endpoint_only(upstream: Upstream) -> None:
    upstream.stored = {"a": (500, {}), "b": (500, {})}
    batch_item = {id_: ValidBatch(OPT_IN, {}) for id_ in ("a", "b")}
    PinpointDestination().deliver(
        "app", batch_item, dict.fromkeys(batch_item, ago(DAY)), TimeLeft()
    )
    assert set(upstream.asked) == {"a"}


def test_with_the_end_near_late_updates_wait(upstream: Upstream) -> None:
    assert deliver(DAY, OPT_IN, "1", time_left=nearly_over()) == {}
    assert (upstream.asked, upstream.requests) == ([], [])


def test_the_question_leaves_time_to_queue_what_it_was_about(upstream: Upstream) -> None:
    upstream.stored["phone"] = stored(2 * DAY)
    enough = DELIVERY_SECONDS + QUEUEING_SECONDS
    assert deliver(DAY, time_left=TimeLeft(monotonic() + enough + 0.001)) == {}
    assert upstream.requests == []


def test_a_gateway_that_orders_updates_itself_is_told_when_and_gets_them_all(
    upstream: Upstream,
) -> None:
    upstream.stored["phone"] = stored(3600)
    upstream.answer_headers[KEEPS_ARRIVALS] = "true"
    destination = PinpointDestination()
    for age in (2 * DAY, DAY):
        arrivals = {"phone": ago(age), "tablet": ago(age + 1)}
        batch_item = {id_: ValidBatch(OPT_IN, {}) for id_ in arrivals}
        destination.deliver("a", batch_item, arrivals, TimeLeft())
        header = upstream.headers[-1][ARRIVALS]
        assert header == ",".join(str(arrival.timestamp) for arrival in arrivals.values())
        assert ARRIVALS in upstream.headers[-1]["authorization"]  # it is signed
    assert upstream.asked == ["phone"]
    assert [len(request["BatchItem"]) for _, request in upstream.requests] == [2, 2]


def test_a_queued_message_goes_through_all_of_it(upstream: Upstream) -> None:
    upstream.stored["phone"] = stored(3600)
    batch = {"Endpoint": {"OptOut": "NONE"}, "Events": {"1": {
        "EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}}}  # fmt: skip
    body = {"ApplicationId": "my-app", "EventsRequest": {"BatchItem": {"phone": batch}}}
    doors = Doors(PinpointDestination(), FakeQueue())
    assert doors.stay(sqs_record(body, sent=ago(DAY).timestamp)) == []
    assert sent_endpoints(upstream) == [{}]
