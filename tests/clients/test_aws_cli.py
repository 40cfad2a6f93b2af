"""`aws pinpoint put-events` with each way to name its events, in both versions of the AWS CLI."""

import json

from tests.clients.aws_cli import Aws, File
from tests.clients.payload import ALL_ACCEPTED, BATCH_ITEM, EVENT, STORED
from tests.local.running_gateway import RunningGateway


def test_events_as_json(aws: Aws, app: str, gateway: RunningGateway) -> None:
    request = json.dumps({"BatchItem": BATCH_ITEM})

    answer = aws("put-events", "--application-id", app, "--events-request", request)

    assert answer == {"EventsResponse": ALL_ACCEPTED}
    assert sorted(gateway.stored(app)) == STORED


def test_events_from_a_file(aws: Aws, app: str, gateway: RunningGateway, file: File) -> None:
    request = file({"BatchItem": BATCH_ITEM})

    answer = aws("put-events", "--application-id", app, "--events-request", request)

    assert answer == {"EventsResponse": ALL_ACCEPTED}
    assert sorted(gateway.stored(app)) == STORED
    [(stored,)] = gateway.rows(
        "SELECT event FROM events WHERE application_id = ? AND endpoint_id = 'endpoint-2'", app
    )
    assert json.loads(stored) == EVENT


def test_events_as_shorthand(aws: Aws, app: str, gateway: RunningGateway) -> None:
    request = (
        "BatchItem={phone={Endpoint={Address=a@example.com,ChannelType=EMAIL},"
        "Events={one={EventType=tap,Timestamp=2026-01-02T03:04:05Z,Attributes={page=home}},"
        "two={EventType=tap,Timestamp=2026-01-02T03:04:06Z,Metrics={price=1.5}}}}}"
    )

    aws("put-events", "--application-id", app, "--events-request", request)

    assert gateway.stored(app) == [("phone", "one", "tap"), ("phone", "two", "tap")]


def test_the_whole_call_from_cli_input_json(
    aws: Aws, app: str, gateway: RunningGateway, file: File
) -> None:
    call = file({"ApplicationId": app, "EventsRequest": {"BatchItem": BATCH_ITEM}})

    assert aws("put-events", "--cli-input-json", call) == {"EventsResponse": ALL_ACCEPTED}
    assert sorted(gateway.stored(app)) == STORED


def test_an_option_beside_cli_input_json_wins(
    aws: Aws, app: str, gateway: RunningGateway, file: File
) -> None:
    call = file({"ApplicationId": "another", "EventsRequest": {"BatchItem": BATCH_ITEM}})

    aws("put-events", "--application-id", app, "--cli-input-json", call)

    assert sorted(gateway.stored(app)) == STORED
    assert gateway.stored("another") == []


def test_a_refused_event_is_shown_beside_the_others(
    aws: Aws, app: str, gateway: RunningGateway
) -> None:
    events = {
        "good": {"EventType": "tap", "Timestamp": EVENT["Timestamp"]},
        "bad": {"EventType": "tap", "Timestamp": "not-a-date"},
    }
    request = json.dumps({"BatchItem": {"phone": {"Endpoint": {}, "Events": events}}})

    answer = aws("put-events", "--application-id", app, "--events-request", request)

    items = answer["EventsResponse"]["Results"]["phone"]["EventsItemResponse"]
    assert {i: item["StatusCode"] for i, item in items.items()} == {"good": 202, "bad": 400}
    assert gateway.stored(app) == [("phone", "good", "tap")]
