"""The sink for Android at its bounds: a full queue, a slow network, two of them, closed."""

from pathlib import Path
from threading import Event

from tests.clients.android.conftest import Start
from tests.clients.android.sink_program import SECONDS
from tests.clients.android.stand_in import Events, StandIn, results
from tests.loopback import Response

NOBODY = "http://127.0.0.1:1"


def test_beyond_its_bound_the_queue_keeps_what_it_has_and_says_so(
    start: Start, stand_in: StandIn, tmp_path: Path
) -> None:
    stand_in.always = lambda _: Response(503)
    sink = start(stand_in.url, maxQueueBytes=5_000)
    for number in range(20):
        sink.send(f"event-{number}", number)
    full = [event_id for (event_id,) in sink.told(r"dropped QUEUE_FULL (\S+) .*")]

    assert 0 < len(full) < 20
    assert sum(path.stat().st_size for path in (tmp_path / "queue").glob("*.events")) <= 5_000
    stand_in.always = results
    assert sink.flush()
    assert stand_in.table == {f"event-{n}": 1 for n in range(20) if f"event-{n}" not in full}
    sink.send("later")
    assert sink.flush()
    assert stand_in.table["later"] == 1


def test_send_does_not_wait_for_the_network(start: Start, stand_in: StandIn) -> None:
    healed = Event()

    def hang(events: Events) -> Response:
        healed.wait(SECONDS)
        return results(events)

    stand_in.always = hang
    sink = start(stand_in.url)
    sink.send("first")
    sink.tell("flush 0")
    stand_in.wait_for_requests(1)
    for number in range(50):
        sink.send(f"event-{number}", number)  # returns while the first request hangs
    assert len(stand_in.requests) == 1
    healed.set()

    assert sink.flush()
    assert stand_in.table.total() == 51


def test_two_sinks_do_not_share_a_directory(start: Start, stand_in: StandIn) -> None:
    first = start(NOBODY)
    first.send("first")
    second = start(stand_in.url)
    second.send("second")

    assert len(second.told("dropped STORAGE_FAILED second .*Another process uses .*")) == 1
    first.kill()
    second.send("third")
    assert second.flush()
    assert stand_in.table == {"first": 1, "third": 1}


def test_after_close_nothing_is_taken_and_what_waits_stays(start: Start, stand_in: StandIn) -> None:
    sink = start(NOBODY)
    sink.send("before")
    sink.ask("close", "closed")
    sink.send("after")

    assert len(sink.told("dropped CLOSED after .*")) == 1
    assert start(stand_in.url).flush()
    assert stand_in.table == {"before": 1}


def test_an_address_that_is_none_is_said_when_the_sink_is_made(start: Start) -> None:
    sink = start(NOBODY)

    for url in ("", "gateway.example", "ftp://gateway.example", "http:///", f"{NOBODY}?x=1"):
        assert sink.ask(f"make {url}", "made gatewayUrl should be .*")[0].endswith(f'"{url}".')
    for url in (NOBODY, f"{NOBODY}//", "HTTPS://gateway.example:8443/prod/"):
        assert sink.ask(f"make {url}", "made (.*)")[1] == "kotlin.Unit"
