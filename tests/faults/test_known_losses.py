"""What other collectors lost or doubled, tried here; docs/reliability.md says what each was."""

import gzip
import json
import subprocess
import sys
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.database import FILE, Database
from local.queue_message import DEAD_LETTERS, QUEUE
from local.sqlite_destination import LocalDestination
from putevents.queue.retry import MIN_ATTEMPTS
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.body import parse
from putevents.wire.rules import MAX_EVENT_BYTES
from putevents.wire.schemas import Event as EventShape
from putevents.wire.schemas import QueueMessage, ValidBatch
from tests.faults import edges
from tests.faults.edges import DESTINATION
from tests.faults.edges import QUEUE as QUEUE_FAULTS
from tests.faults.lab import Lab
from tests.unit.captured_log import captured_log
from tests.unit.doors import ENVIRONMENT, Context, http_event

ROOT = Path(__file__).parents[2]
EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
HOUR = 3600


def request(events: dict[str, Any], endpoint_id: str = "phone") -> Any:
    return {"BatchItem": {endpoint_id: {"Endpoint": {}, "Events": events}}}


def numbered(count: int) -> Any:
    return request({str(number): EVENT for number in range(count)})


def texts(lab: Lab, queue: str) -> list[str]:
    with lab.queues._database.transaction() as connection:
        rows = connection.execute("SELECT body FROM messages WHERE queue = ?", (queue,)).fetchall()
    return [body for (body,) in rows]


def test_f1_what_was_answered_while_the_destination_is_down_is_in_no_memory(lab: Lab) -> None:
    lab.world.destination = edges.refusing
    lab.put("my-app", numbered(50))
    lab.redeploy()
    balance = lab.balance()
    assert (balance.waiting, balance.kept, balance.lost) == (50, 0, 0)


@pytest.mark.parametrize("code", [429, 500, 503, None])
def test_f2_f3_f4_partial_failures_are_retried_alone(lab: Lab, code: int | None) -> None:
    lab.world.destination = edges.single(code)
    lab.put("my-app", numbered(100))
    failed = lab.balance().waiting
    assert 0 < failed < 100
    lab.recover()
    balance = lab.balance()
    assert (balance.stored, balance.twice) == (100, 0)


def test_f7_events_of_one_type_and_time_are_all_stored(lab: Lab) -> None:
    lab.put("my-app", numbered(100))
    assert lab.balance().stored == 100


def test_f8_f20_copies_are_stored_once_where_the_identity_is_a_key(tmp_path: Path) -> None:
    database = Database(tmp_path / FILE)
    batch = {"phone": ValidBatch(None, {"1": EventShape.model_validate(EVENT)})}
    days = [{"phone": Arrival(str(day), day * 86_400_000)} for day in range(50)]
    with ThreadPoolExecutor(10) as pool:
        for answer in pool.map(
            lambda day: LocalDestination(database).deliver("a", batch, day, TimeLeft()), days
        ):
            assert answer["phone"]["EventsItemResponse"] == {"1": edges.ACCEPTED}
    with database.transaction() as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (1,)
    database.close()


@pytest.mark.parametrize("fault", DESTINATION)
def test_f9_f40_every_id_is_answered_and_no_other(lab: Lab, fault: str) -> None:
    lab.world.destination = DESTINATION[fault]
    body = numbered(10)
    body["BatchItem"]["tablet"] = {"Endpoint": {"OptOut": "ALL"}, "Events": {}}
    results = lab.put("my-app", body)
    assert {e: set(item["EventsItemResponse"]) for e, item in results.items()} == {
        e: set(batch["Events"]) for e, batch in body["BatchItem"].items()
    }


@pytest.mark.parametrize("door", ["api", "queue"])
def test_f10_one_bad_event_stops_no_other_wherever_it_stands(lab: Lab, door: str) -> None:
    for place in range(100):
        events = {f"{place}-{n}": EVENT if n != place else {} for n in range(100)}
        if door == "api":
            lab.put("my-app", request(events, f"phone-{place}"))
        else:
            lab.produce("my-app", request(events, f"phone-{place}"))
    lab.recover()
    balance = lab.balance()
    assert (balance.stored, balance.rejected + balance.waiting) == (9900, 100)


@pytest.mark.parametrize(("over", "stored"), [(-1, 1), (0, 1), (1, 0)])
@pytest.mark.parametrize("is_down", [False, True])
def test_f11_an_event_at_the_limit_is_stored_one_over_it_is_refused(
    lab: Lab, over: int, stored: int, is_down: bool
) -> None:
    wire = EventShape.model_validate({**EVENT, "AppTitle": ""}).wire
    title = "x" * (MAX_EVENT_BYTES + over - len("1") - len(wire))
    if is_down:
        lab.world.destination = edges.refusing
    lab.put("my-app", request({"1": {**EVENT, "AppTitle": title}}))
    lab.recover()
    balance = lab.balance()
    assert (balance.stored, balance.rejected) == (stored, 1 - stored)


def test_f12_a_gzip_bomb_is_refused_without_being_inflated(lab: Lab) -> None:
    bomb = gzip.compress(bytes(100 * 1024 * 1024), 9)
    event = http_event(bomb)
    tracemalloc.start()
    status = lab.api(event, Context())["statusCode"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert status == 413
    assert peak < 16 * 1024 * 1024


@pytest.mark.parametrize("is_down", [False, True])
def test_f14_a_nul_in_any_text_goes_through(lab: Lab, is_down: bool) -> None:
    nul = "\0"
    session = {"Id": nul, "StartTimestamp": EVENT["Timestamp"]}
    slots = ("EventType", "AppTitle", "AppPackageName", "ClientSdkVersion", "SdkName")
    event: Any = EVENT | dict.fromkeys(slots, nul)
    event |= {"Attributes": {nul: nul}, "Metrics": {nul: 1.0}, "Session": session}
    if is_down:
        lab.world.destination = edges.refusing
    lab.put("my-app", request({nul: event}, nul))
    lab.recover()
    assert lab.world.stored == {("my-app", nul, nul): 1}


@pytest.mark.parametrize("door", ["api", "queue"])
def test_f15_f16_what_parsers_disagree_on_is_refused_alone(lab: Lab, door: str) -> None:
    odd = ["1e999", "NaN", "-Infinity", "9" * 5000, '"\\ud800"']
    good = ["-0", "1e-999", "1"]
    events = ",".join(
        f'"{number}":{{"EventType":"a","Timestamp":"2026-11-24T10:00:00Z","Metrics":{{"m":{it}}}}}'
        for number, it in enumerate([*odd, *good])
    )
    text = f'{{"BatchItem":{{"phone":{{"Endpoint":{{}},"Events":{{{events}}}}}}}}}'
    if door == "api":
        answer = lab.api(http_event(text), Context())
        items = json.loads(answer["body"])["Results"]["phone"]["EventsItemResponse"]
        assert [items[str(n)]["StatusCode"] for n in range(8)] == [400] * 5 + [202] * 3
    else:
        lab.produce_text(f'{{"ApplicationId":"my-app","EventsRequest":{text}}}')
        lab.recover()
        [body] = texts(lab, DEAD_LETTERS)
        kept = json.loads(body)["EventsRequest"]["BatchItem"]["phone"]["Events"]
        assert list(kept) == ["0", "1", "2", "3", "4"]
    assert {event_id for _, _, event_id in lab.world.stored} == {"5", "6", "7"}


def test_f17_a_destination_that_hangs_holds_up_few_requests_and_no_other_application(
    lab: Lab,
) -> None:
    lab.world.destination = edges.hanging
    began = lab.world.now
    for number in range(100):
        lab.put("my-app", request({str(number): EVENT}))
    # Five seconds, a moment, and what the deadline leaves for a second try.
    assert lab.world.now - began <= 5 * 12
    assert lab.world.calls <= 5 * 2 + 100
    lab.world.destination = edges.well
    lab.put("other-app", numbered(1))
    balance = lab.balance()
    assert (balance.stored, balance.waiting) == (1, 100)


@pytest.mark.parametrize("moment", range(4))
def test_f18_a_crash_between_storing_and_answering_leaves_the_event_with_its_client(
    lab: Lab, moment: int
) -> None:
    lab.world.destination = edges.single(500)
    lab.world.die_after(moment)
    lab.put("my-app", numbered(3))
    assert lab.balance().lost == 0
    assert len(lab.ledger.kept()) == 3
    lab.recover()
    assert lab.balance().stored == 3


@pytest.mark.parametrize("bad", [{}, 5, None, {"EventType": "\ud800é"}, {"Attributes": {"k": 1}}])
def test_f22_every_dead_letter_is_a_message_and_can_be_sent_again(lab: Lab, bad: Any) -> None:
    body = request({"good": EVENT, "bad": bad})
    lab.produce_text(json.dumps({"ApplicationId": "my-app", "EventsRequest": body}))
    lab.recover()
    [dead] = texts(lab, DEAD_LETTERS)
    assert parse(dead, QueueMessage).events_request.event_count == 1
    lab.redrive()
    lab.recover()
    assert texts(lab, DEAD_LETTERS) == [dead]


def test_f24_a_cold_start_asks_nobody() -> None:
    program = (
        "import socket; socket.socket.connect = None; import putevents.{} as door; door._handler()"
    )
    for module in ("api_handler", "queue_handler"):
        environment = ENVIRONMENT | {"PYTHONPATH": str(ROOT / "lambda_src")}
        subprocess.run([sys.executable, "-c", program.format(module)], env=environment, check=True)


def test_f26_after_a_long_outage_all_is_a_dead_letter_and_a_redrive_stores_it_once(
    lab: Lab,
) -> None:
    lab.world.destination = edges.whole(503)
    for number in range(20):
        lab.put("my-app", request({str(number): EVENT}, f"phone-{number}"))
    began = lab.world.now
    while texts(lab, QUEUE):
        lab.world.now += 600
        lab.work()
    assert lab.world.now - began < 100 * HOUR
    assert (lab.balance().waiting, lab.balance().lost) == (20, 0)
    lab.world.destination = edges.well
    while texts(lab, DEAD_LETTERS):
        lab.redrive()
    lab.recover()
    balance = lab.balance()
    assert (balance.stored, balance.twice) == (20, 0)


def test_f27_a_poison_message_stops_nobody(lab: Lab) -> None:
    for number in range(9):
        lab.produce("my-app", request({str(number): EVENT}, f"phone-{number}"))
    lab.produce_text("{")
    lab.work()
    assert texts(lab, QUEUE) == []
    assert texts(lab, DEAD_LETTERS) == ["{"]
    assert lab.balance().stored == 9


def test_f28_an_outage_of_three_days_and_a_half_ends_without_anybodys_doing(lab: Lab) -> None:
    lab.world.destination = edges.whole(503)
    lab.put("my-app", numbered(50))
    began = lab.world.now
    while lab.world.now - began < 84 * HOUR:
        lab.world.now += 300
        lab.work()
    assert texts(lab, DEAD_LETTERS) == []
    lab.recover()
    balance = lab.balance()
    assert (balance.stored, balance.twice) == (50, 0)


@pytest.mark.parametrize("fault", [name for name in QUEUE_FAULTS if name != "well"])
def test_f29_nothing_is_accepted_before_something_durable_has_said_so(lab: Lab, fault: str) -> None:
    lab.world.destination, lab.world.queue = edges.refusing, QUEUE_FAULTS[fault]
    lab.put("my-app", numbered(10))
    assert len(lab.ledger.kept()) == 10


def test_f30_nothing_goes_on_after_the_answer(lab: Lab) -> None:
    before = threading.enumerate()
    lab.world.destination = edges.single(500)
    lab.put("my-app", numbered(10))
    lab.work()
    assert threading.enumerate() == before
    sources = (ROOT / "lambda_src/putevents").rglob("*.py")
    code = "".join(source.read_text() for source in sources)
    assert not {"threading", "asyncio", "concurrent", "atexit"} & set(code.split())


def test_f32_f36_a_page_that_closes_may_send_plain_text_of_any_year(lab: Lab) -> None:
    text = json.dumps(request({"1": EVENT | {"Timestamp": "2099-01-01T00:00:00Z"}}))
    event = http_event(
        text, "/v1/apps/my-app/events/legacy", headers={"Content-Type": "text/plain"}
    )
    assert lab.api(event, Context())["statusCode"] == 202
    assert list(lab.world.stored) == [("my-app", "phone", "1")]


def test_f33_what_is_counted_is_what_was_answered(
    lab: Lab,
) -> None:
    lab.world.destination = edges.single(500)
    with captured_log() as log:
        lab.put("my-app", request({str(n): EVENT if n % 3 else {} for n in range(90)}))
    balance = lab.balance()
    [line] = [line for line in log.lines if line["message"] == "put_events"]
    counted = (line["accepted"], line["queued"], line["rejected"], line["failed"])
    assert counted == (balance.stored, balance.waiting, balance.rejected, 0)


def test_after_four_days_it_is_given_up(lab: Lab) -> None:
    lab.world.destination = edges.whole(503)
    lab.put("my-app", numbered(1))
    began = lab.world.now
    while texts(lab, QUEUE):
        lab.world.now += HOUR
        lab.work()
    assert 96 * HOUR <= lab.world.now - began <= 100 * HOUR
    [letter] = lab.queues.receive(DEAD_LETTERS, 10)
    assert int(letter.attributes["Attempt"]["StringValue"]) >= MIN_ATTEMPTS
    assert letter.attributes["RequestId"]["StringValue"] == "request-1"
