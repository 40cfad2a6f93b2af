"""Chaos: what an app would live through, and that one call ends it with nothing lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.local.conftest import StartGateway
from tests.local.live_client import LiveClient, Stream
from tests.local.running_gateway import EVENT, SECONDS, RunningGateway, put_events_body

OFF = {"destination": "none", "queue": "none"}


@pytest.fixture(name="shared", scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    folder = tmp_path_factory.mktemp("chaos") / "data"
    gateway = RunningGateway(folder, VISIBILITY_TIMEOUT_SECONDS="30")  # nothing comes back early
    yield gateway
    assert gateway.end() == (0, "")


@pytest.fixture(name="page")
def _page(shared: RunningGateway) -> Iterator[LiveClient]:
    page = LiveClient(shared)
    yield page
    page.post("chaos", OFF)


def send(page: LiveClient, application: str, *event_ids: str) -> Any:
    body = put_events_body(dict.fromkeys(event_ids, EVENT), {"OptOut": "NONE"})
    answer = page.gateway.put_events(body, application)
    return answer["Results"]["device"]["EventsItemResponse"]


def wait_for(stream: Stream, application: str, verdicts: dict[str, str]) -> None:
    found: dict[str, str] = {}
    while not verdicts.items() <= found.items():
        row = stream.row(application, "row", "change")
        found[row["event"]] = row["verdict"]


def test_it_is_off_at_the_start_and_says_what_it_can(page: LiveClient) -> None:
    shown = page.get("chaos")

    assert {name: shown[name] for name in OFF} == OFF
    assert [mode["name"] for mode in shown["modes"]["destination"]] == [
        "none", "reject", "hang", "drip", "half",
    ]  # fmt: skip
    assert all(mode["sentence"] for modes in shown["modes"].values() for mode in modes)


@pytest.mark.parametrize("mode", ["reject", "half"])
def test_what_waits_is_delivered_when_one_call_ends_it(page: LiveClient, mode: str) -> None:
    with page.stream() as stream:
        page.post("chaos", {"destination": mode})
        assert {one["StatusCode"] for one in send(page, mode, "1", "2").values()} == {202}
        wait_for(stream, mode, {"1": "queued"})
        assert len(page.gateway.stored(mode)) == (1 if mode == "half" else 0)
        page.post("chaos", {"destination": "none"})
        wait_for(stream, mode, {"1": "accepted"})

    assert sorted(event for _, event, _ in page.gateway.stored(mode)) == ["1", "2"]
    opened = page.open(mode, [event for _, event, _ in page.rows(mode)].index("1"))
    assert [step["verdict"] for step in opened["history"]][-2:] == ["queued", "accepted"]


def test_half_leaves_out_events_and_no_endpoint(page: LiveClient) -> None:
    page.post("chaos", {"destination": "half"})
    for number in range(2):  # one of both leaves its event out
        page.gateway.put_events(
            put_events_body({"1": EVENT}, {"Attributes": {"n": [str(number)]}}), "halved"
        )
        [endpoint] = page.gateway.endpoints("halved")

        assert endpoint["Attributes"] == {"n": [str(number)]}
    assert len(page.gateway.stored("halved")) == 1


def test_the_breaker_is_the_real_one_and_does_not_hold_up_the_end(page: LiveClient) -> None:
    numbers = [str(number) for number in range(6)]
    with page.stream() as stream:
        page.post("chaos", {"destination": "reject"})
        for number in numbers:
            send(page, "breaker", number)
        logged = (page.gateway.data_dir / "gateway.log").read_text()
        page.post("chaos", OFF)
        wait_for(stream, "breaker", dict.fromkeys(numbers, "accepted"))

    assert "destination is left alone" in logged
    assert len(page.gateway.stored("breaker")) == 6


def test_a_destination_that_keeps_its_callers_waiting_meets_the_real_deadlines(
    page: LiveClient,
) -> None:
    with page.stream() as stream, ThreadPoolExecutor() as clients:
        asked = []
        for mode in ("hang", "drip"):
            page.post("chaos", {"destination": mode})
            asked.append(clients.submit(send, page, "slow", mode))
        answers = [client.result(2 * SECONDS) for client in asked]
        wait_for(stream, "slow", {"hang": "queued", "drip": "queued"})

    assert [answer["StatusCode"] for one in answers for answer in one.values()] == [202, 202]
    assert "put_events failed" in (page.gateway.data_dir / "gateway.log").read_text()


def test_without_destination_and_queue_the_client_is_told_to_try_again(page: LiveClient) -> None:
    page.post("chaos", {"destination": "reject", "queue": "fail"})

    answers = send(page, "told", "1")

    assert answers["1"]["StatusCode"] == 500
    assert page.rows("told") == [("device", "1", "failed")]


def test_a_failing_queue_hands_nothing_out_until_it_works_again(page: LiveClient) -> None:
    with page.stream() as stream:
        page.post("chaos", {"destination": "reject"})
        send(page, "held", "1")
        wait_for(stream, "held", {"1": "queued"})
        page.post("chaos", {"destination": "none", "queue": "fail"})
        assert page.gateway.stored("held") == []
        assert page.get("summary")["counts"]["queued"] >= 1
        page.post("chaos", OFF)
        wait_for(stream, "held", {"1": "accepted"})

    assert len(page.gateway.stored("held")) == 1


@pytest.mark.parametrize(
    ("waited", "after", "users"),
    [
        ([None, "alice", None], "carol", ["zoe", "alice", "alice"]),
        (["alice", None, "bob", None], "bob", ["alice", "alice", "bob", "bob"]),
        (["alice", None, "bob", None], "carol", ["alice", "alice", "bob", "bob"]),
    ],
)
def test_an_event_that_waited_has_the_user_of_its_moment(
    page: LiveClient, waited: list[str | None], after: str, users: list[str]
) -> None:
    application = f"{len(waited)}-{after}"

    def name(event: str, user_id: str | None) -> None:
        endpoint = {} if user_id is None else {"User": {"UserId": user_id}}
        answer = page.gateway.put_events(put_events_body({event: EVENT}, endpoint), application)
        assert answer["Results"]["device"]["EventsItemResponse"][event]["StatusCode"] == 202

    name("before", "zoe")
    with page.stream() as stream:
        page.post("chaos", {"destination": "reject"})
        for number, user_id in enumerate(waited):
            name(str(number), user_id)
        page.post("chaos", {"destination": "none", "queue": "fail"})
        name("after", after)  # it is stored before what came before it
        page.post("chaos", OFF)
        wait_for(stream, application, {str(n): "accepted" for n in range(len(waited))})

    sql = (
        "SELECT event_id, record ->> '$.endpoint.user.userid' FROM events WHERE application_id = ?"
    )
    told = dict(page.gateway.rows(sql, application))
    assert [told[str(n)] for n in range(len(waited))] == users


def test_it_ends_with_the_run(start_gateway: StartGateway) -> None:
    first = LiveClient(start_gateway())
    first.post("chaos", {"destination": "hang"})
    first.gateway.end()

    assert LiveClient(start_gateway()).get("chaos")["destination"] == "none"


def test_every_page_is_told_of_chaos(page: LiveClient) -> None:
    with page.stream() as stream:
        assert stream.next("chaos")["destination"] == "none"
        page.post("chaos", {"destination": "reject"})
        assert stream.next("chaos")["destination"] == "reject"
        page.post("chaos", OFF)
        assert stream.next("chaos")["destination"] == "none"
