"""One request costs bounded work: parts, memory, the answer, and what is kept of what is bad."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from putevents.wire.answers import LARGE_ANSWER
from putevents.wire.rules import MAX_EVENT_BYTES, MAX_PARTS, TOO_MANY_PARTS
from tests.unit.doors import (
    ACCEPTED,
    Context,
    Doors,
    FakeDestination,
    FakeQueue,
    http_event,
    sqs_record,
)
from tests.unit.worst_bodies import WORST, body

ROOT = Path(__file__).parents[2]
LAMBDA_BYTES, LAMBDA_REQUEST = 6_291_556, 6_291_456
MB = 1024 * 1024
EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
GOOD = json.dumps(EVENT)


def answered_bytes(doors: Doors, text: str) -> tuple[int, Any, int]:
    """Status and body of an answer, and its bytes as Lambda's runtime writes it."""
    response = doors.api(http_event(text), Context())
    return response["statusCode"], json.loads(response["body"]), len(json.dumps(response))


@pytest.mark.parametrize("value", ["{}", GOOD, "1"])
def test_more_parts_than_a_request_may_have_are_rejected_before_anything_is_delivered(
    doors: Doors, destination: FakeDestination, value: str
) -> None:
    exactly = body(f'"{n:x}":{value}' for n in range(MAX_PARTS - 1))
    assert answered_bytes(doors, exactly)[0] == 202
    calls, over = len(destination.calls), body(f'"{n:x}":{value}' for n in range(MAX_PARTS))
    status, answer, _ = answered_bytes(doors, over)
    assert (status, answer["Message"]) == (413, TOO_MANY_PARTS)
    assert len(destination.calls) == calls


def test_a_message_of_too_many_parts_is_a_dead_letter(doors: Doors, queue: FakeQueue) -> None:
    request = body(f'"{n:x}":1' for n in range(MAX_PARTS))
    assert doors.stay(sqs_record(f'{{"ApplicationId":"my-app","EventsRequest":{request}}}')) == []
    assert [reason for _, reason, _ in queue.dead_whole] == [TOO_MANY_PARTS]


@pytest.mark.parametrize(
    ("session_id", "code"), [(None, 202), ("s" * 1000, 202), ("s" * MAX_EVENT_BYTES, 400)]
)
def test_the_id_of_a_session_counts_for_the_size_of_its_event(
    doors: Doors, session_id: str | None, code: int
) -> None:
    session = {"Id": session_id, "StartTimestamp": EVENT["Timestamp"]}
    event = EVENT if session_id is None else {**EVENT, "Session": session}
    filler = {**EVENT, "AppTitle": "x" * (MAX_EVENT_BYTES // 2)}  # so that sizes are looked at

    events = {"e": event, "filler": filler}
    answer = doors.put_events({"BatchItem": {"p": {"Endpoint": {}, "Events": events}}})

    answers = answer["p"]["EventsItemResponse"]
    assert {id_: told["StatusCode"] for id_, told in answers.items()} == {"e": code, "filler": 202}


# Each takes more bytes in the answer than the one before; a key is told of each.
FILLS = ["i", "\\n", "\u00e9", "\U0001f600", "\\ud83d\\ude00", "\\ud83d"]


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("value", [GOOD, f'{{"Attributes":{{"{"k" * 60}":"v"}}}}'])
def test_an_answer_that_lambda_cannot_return_is_rejected_before_anything_is_delivered(
    doors: Doors, destination: FakeDestination, fill: str, value: str
) -> None:
    took = False
    for length in (30, 200, 1_600):
        text = body(f'"{n:04}{fill * length}":{value}' for n in range(1_000))
        if len(text.encode()) > 4 * MB:
            break
        delivered = len(destination.delivered)
        status, answer, size = answered_bytes(doors, text)
        if status == 202:
            took = True
            assert size <= LAMBDA_BYTES
            assert len(answer["Results"]["phone"]["EventsItemResponse"]) == 1_000
        else:
            assert (status, answer["Message"]) == (413, LARGE_ANSWER)
            assert len(destination.delivered) == delivered
    assert took


def test_the_largest_ids_cannot_be_answered(doors: Doors, destination: FakeDestination) -> None:
    long = "\u00e9" * 1_900_000
    text = body([f'"{long}":{GOOD}'])
    status, answer, _ = answered_bytes(doors, text)
    assert (status, answer["Message"]) == (413, LARGE_ANSWER)
    assert destination.calls == []
    assert "6283364 bytes" in LARGE_ANSWER


@pytest.mark.parametrize("message", ["m" * 5_000, "\U0001f600" * 3_000, "\\" * 9_000])
def test_long_texts_of_a_destination_are_shortened_rather_than_lost(
    doors: Doors, destination: FakeDestination, message: str
) -> None:
    destination._answer = lambda code: {"StatusCode": code, "Message": message}  # type: ignore[method-assign]
    destination.codes = {f"{n:04}": 400 for n in range(2_000)}
    status, answer, size = answered_bytes(
        doors, body([f'"0000":{GOOD}', *(f'"{n:04}":{GOOD}' for n in range(1, 2_000))])
    )
    assert status == 202
    assert size <= LAMBDA_BYTES
    texts = [a["Message"] for a in answer["Results"]["phone"]["EventsItemResponse"].values()]
    assert texts[0] == message
    assert texts[-1] == "Rejected by the destination."


def test_of_rejected_parts_the_first_100_are_kept_and_the_rest_counted(
    doors: Doors, destination: FakeDestination
) -> None:
    destination.keeps_rejected = True
    bad = {str(n): {"EventType": "a"} if n % 2 else 5 for n in range(250)}
    request = {"BatchItem": {"phone": {"Endpoint": {}, "Events": {**bad, "good": EVENT}}}}
    answers = doors.put_events(request)["phone"]["EventsItemResponse"]
    assert answers.pop("good") == ACCEPTED
    assert {answer["StatusCode"] for answer in answers.values()} == {400}
    parts = [part for _, part in destination.rejected]
    assert [part.event_id for part in parts[:100]] == [str(n) for n in range(100)]
    [more] = parts[100:]
    assert more.event_id is None
    assert more.message == "150 more were rejected."
    assert more.raw == {"Should be an object.": 75, "Missing Timestamp": 75}

    destination.rejected.clear()
    assert doors.stay(sqs_record({"ApplicationId": "my-app", "EventsRequest": request})) == []
    assert len(destination.rejected) == 250  # nobody else holds what a message brought


def lambda_request(text: str) -> int:
    """Bytes of what Lambda gets, with as many headers as API Gateway takes."""
    headers = {"x-filler": "h" * 10_240}
    return len(json.dumps(http_event(text, headers=headers)))


def test_a_body_of_4_mb_reaches_the_function_and_one_of_4_8_mb_does_not() -> None:
    assert lambda_request("x" * 4 * MB) < lambda_request("x" * 4_600_000) < LAMBDA_REQUEST
    assert lambda_request("x" * 4_800_000) > LAMBDA_REQUEST


def test_a_message_of_exactly_1_mib_is_delivered(doors: Doors, queue: FakeQueue) -> None:
    def message(event: str) -> str:
        request = body([f'"1":{event}'])
        text = f'{{"ApplicationId":"my-app","EventsRequest":{request},"Padding":""}}'
        return text.replace('""}', '"' + "x" * (MB - len(text)) + '"}')

    assert len(message(GOOD)) == MB
    assert doors.stay(sqs_record(message(GOOD))) == []
    assert doors.stay(sqs_record(message("{}"))) == []
    assert doors.stay(sqs_record("x" * MB)) == []
    assert [len(text) for text, _, _ in queue.dead_whole] == [MB]
    assert len(queue.dead_letters) == 1


@pytest.mark.parametrize("name", WORST)
def test_the_worst_body_takes_less_than_400_mb(name: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.unit.worst_bodies", name],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=120,
    )
    assert int(ran.stdout.splitlines()[-1]) < 400 * 1024  # KB
