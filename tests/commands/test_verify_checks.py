"""Each check of `verify` fails over what it is there to find, and says what was seen."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from commands.verify import batch_check, http_checks, lake_checks, service_checks
from commands.verify.endings import CheckFailedError, NotRunError
from commands.verify.verify_command import CHECKS, Check, Ending, make_checks
from tests.commands.verified_subject import Answers, athena, subject
from tests.loopback import Request, Response, serving

CHECKLIST = Path(__file__).parents[2] / "docs/aws-checklist.md"
ROW = {"event_id": "e", "key_0": "upper", "key_1": "lower"}
ALARM, STREAM, FUNCTION = (
    "AWS::CloudWatch::Alarm", "AWS::KinesisFirehose::DeliveryStream", "AWS::Lambda::Function",
)  # fmt: skip
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
CONFIRMED = f"{TOPIC}:0001"


def failure(check: Check, answers: Answers, **resources: str) -> str:
    named = {"ALARM": ALARM, "STREAM": STREAM, "FUNCTION": FUNCTION}
    found = {named[kind]: [name] for kind, name in resources.items()}
    with pytest.raises(CheckFailedError) as caught:
        check(subject(answers, resources=found))
    return str(caught.value)


def alarm(state: str = "OK", *actions: str) -> tuple[str, dict[str, Any]]:
    found = {"AlarmName": "late", "StateValue": state, "AlarmActions": list(actions)}
    return "describe_alarms", {"MetricAlarms": [found]}


def subscribed(arn: str) -> tuple[str, dict[str, Any]]:
    return "list_subscriptions_by_topic", {"Subscriptions": [{"SubscriptionArn": arn}]}


def configuration(**members: Any) -> tuple[str, dict[str, Any]]:
    handler = {"FunctionName": "api", "Handler": "putevents.api_handler.lambda_handler"}
    return "get_function_configuration", {**handler, **members}


def test_a_view_with_the_event_twice_fails() -> None:
    assert failure(lake_checks.views, {"athena": athena([ROW, ROW])}) == (
        "events has the event 2 times"
    )


def test_a_view_that_athena_does_not_take_fails_with_its_reason() -> None:
    status = {"State": "FAILED", "StateChangeReason": "View is stale"}
    answers: list[tuple[str, dict[str, Any]]] = [
        ("start_query_execution", {"QueryExecutionId": "q"}),
        ("get_query_execution", {"QueryExecution": {"Status": status}}),
    ]

    assert failure(lake_checks.views, {"athena": answers}) == "Athena: View is stale"


def test_keys_in_lower_case_fail() -> None:
    row = {"event_id": "e", "key_0": "lower", "key_1": "lower"}

    told = failure(lake_checks.case_of_keys, {"athena": athena([row])})
    assert told.endswith("read {'Case': 'lower', 'case': 'lower'}")


@pytest.mark.parametrize(("within", "before"), [([], []), ([ROW], [ROW])])
def test_days_that_are_not_told_apart_fail(within: Any, before: Any) -> None:
    assert failure(lake_checks.partitions, {"athena": athena(within, before)})


def test_a_stream_that_was_not_made_fails() -> None:
    description = {
        "DeliveryStreamName": "s", "DeliveryStreamARN": "arn:s", "DeliveryStreamType": "DirectPut",
        "DeliveryStreamStatus": "CREATING_FAILED", "VersionId": "1", "Destinations": [],
        "HasMoreDestinations": False,
    }  # fmt: skip
    answers: list[Any] = [("describe_delivery_stream", {"DeliveryStreamDescription": description})]

    told = failure(service_checks.streams, {"firehose": answers}, STREAM="s")
    assert told == "{'s': 'CREATING_FAILED'}"


def test_no_metric_fails() -> None:
    answers: list[Any] = [("get_metric_statistics", {"Datapoints": []})]

    assert "no EventsAccepted of my-app" in failure(service_checks.metrics, {"cloudwatch": answers})


def test_an_alarm_that_rings_fails() -> None:
    told = failure(service_checks.alarms, {"cloudwatch": [alarm("ALARM")]}, ALARM="late")
    assert told == "in alarm: late"


def test_an_alarm_that_is_gone_fails() -> None:
    answers: Answers = {"cloudwatch": [("describe_alarms", {"MetricAlarms": []})]}

    assert failure(service_checks.alarms, answers, ALARM="late") == "0 of 1 alarms are there"


def test_mail_that_nobody_confirmed_fails() -> None:
    answers: Answers = {
        "cloudwatch": [alarm("OK", TOPIC)],
        "sns": [subscribed("PendingConfirmation")],
    }

    assert "nobody has confirmed" in failure(service_checks.alarm_mail, answers, ALARM="late")


def test_mail_that_somebody_confirmed_passes() -> None:
    answers: Answers = {"cloudwatch": [alarm("OK", TOPIC)], "sns": [subscribed(CONFIRMED)]}

    assert service_checks.alarm_mail(subject(answers, resources={ALARM: ["late"]}))


@pytest.mark.parametrize("state", ["On", "Off"])
def test_snap_start_is_on_for_the_latest_version(state: str) -> None:
    started = {"SnapStart": {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}}
    latest = {"SnapStart": {"ApplyOn": "PublishedVersions", "OptimizationStatus": state}}
    versions = {"Versions": [started, latest]}
    answers: Answers = {
        "lambda": [configuration(**started), ("list_versions_by_function", versions)]
    }

    if state == "On":
        assert service_checks.snap_start(subject(answers, resources={FUNCTION: ["api"]})) == "On"
    else:
        assert failure(service_checks.snap_start, answers, FUNCTION="api")


@pytest.mark.parametrize(
    "line",
    [
        "REPORT RequestId: 1 Duration: 3 ms Init Duration: 812.34 ms",
        '{"type":"platform.report","record":{"metrics":{"initDurationMs":812.34}}}',
    ],
)
def test_cold_starts_are_read_from_either_form_of_lambdas_own_line(line: str) -> None:
    logging = {"LoggingConfig": {"LogGroup": "group"}}
    answers: Answers = {
        "lambda": [configuration(**logging)],
        "logs": [("filter_log_events", {"events": [{"message": line}]})],
    }

    told = service_checks.cold_start(subject(answers, resources={FUNCTION: ["api"]}))
    assert told == "1 in 3 hours, the slowest 812.34 ms"


def test_cold_starts_that_are_not_logged_are_not_looked_for() -> None:
    logging = {"LoggingConfig": {"LogGroup": "group", "SystemLogLevel": "WARN"}}

    with pytest.raises(NotRunError, match="platformLogLevel=INFO"):
        service_checks.cold_start(
            subject({"lambda": [configuration(**logging)]}, resources={FUNCTION: ["api"]})
        )


@pytest.mark.parametrize("status", [202, 403])
def test_what_follows_the_event_is_made_only_if_it_was_accepted(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    for name in CHECKS.keys() - {"event"}:
        monkeypatch.setitem(CHECKS, name, lambda _: "seen")
    with serving(_accepting if status == 202 else lambda _: Response(status)) as url:
        endings = make_checks(subject(url=url, auth="none"))

    follows = {"latency", "metrics", "views", "case of keys", "partitions"}
    told = Ending("not run", "the event was not accepted")
    assert {n for n, end in endings.items() if end == told} == (follows if status == 403 else set())
    others = CHECKS.keys() - {"event"} - (follows if status == 403 else set())
    assert {name for name, ending in endings.items() if ending.seen == "seen"} == others


def _accepting(request: Request) -> Response:
    told = {"StatusCode": 202, "Message": "Accepted"}
    results = {
        id_: {
            "EndpointItemResponse": told,
            "EventsItemResponse": dict.fromkeys(batch["Events"], told),
        }
        for id_, batch in json.loads(request.body)["BatchItem"].items()
    }
    return Response(202, json.dumps({"Results": results}).encode())


@pytest.mark.parametrize(
    ("outputs", "resources", "deployed"),
    [
        ({"ClientPolicy": "{}"}, {}, "iam"),
        ({"ApiKeyId": "id"}, {}, "api-key"),
        ({}, {"AWS::ApiGateway::Authorizer": ["a"]}, "cognito"),
        ({"JwtIssuer": "https://i"}, {"AWS::ApiGateway::Authorizer": ["a"]}, "jwt"),
        ({}, {}, "none"),
    ],
)
def test_an_auth_that_is_not_the_stacks_is_told_with_the_event(
    outputs: dict[str, str], resources: dict[str, list[str]], deployed: str
) -> None:
    given = "none" if deployed == "api-key" else "api-key"
    with (
        serving(lambda _: Response(403, b'{"Message": "no"}')) as url,
        pytest.raises(CheckFailedError, match=f"403 .*auth={deployed}, and this is --auth {given}"),
    ):
        http_checks.event_is_accepted(
            subject(url=url, outputs=outputs, resources=resources, auth=given)
        )


def test_large_messages_that_do_not_arrive_fail() -> None:
    attributes = {"Attributes": {"ApproximateNumberOfMessages": "0"}}
    dead = {"Attributes": {"ApproximateNumberOfMessages": "4"}}
    sent = {"MessageId": "m", "MD5OfMessageBody": "0"}
    stored = [{"stored": "6"}]
    answers: Answers = {
        "sqs": [
            ("get_queue_attributes", attributes),
            *[("send_message", sent)] * 10,
            *[("get_queue_attributes", dead)] * 2,
        ],
        "athena": athena(stored, stored),
    }
    with pytest.raises(CheckFailedError, match="6 of 10 stored, 4 dead letters"):
        batch_check.large_batch(subject(answers, large=True))


@pytest.mark.parametrize(
    ("check", "status", "body", "error_type"),
    [
        (http_checks.event_is_accepted, 500, {"Message": "no", "RequestID": "r"}, ""),
        (http_checks.event_is_accepted, 202, {"Results": {}}, ""),
        (http_checks.latency, 202, {"Results": {}}, ""),
        (http_checks.unknown_path, 403, {"message": "Missing Authentication Token"}, ""),
        (http_checks.unknown_path, 404, {"Message": "a", "RequestID": "r"}, "Other"),
        (http_checks.forbidden, 403, {"message": "Forbidden"}, "ForbiddenException"),
        (http_checks.forbidden, 202, {"Results": {}}, ""),
        (http_checks.error_type_once, 403, {}, "ForbiddenException, InvalidSignatureException"),
        (http_checks.error_type_once, 403, {}, ""),
    ],
)
def test_an_answer_that_is_not_ours_fails(
    check: Check, status: int, body: Any, error_type: str
) -> None:
    headers: Mapping[str, str] = {"x-amzn-ErrorType": error_type} if error_type else {}
    answer = Response(status, json.dumps(body).encode(), headers)
    with serving(lambda _: answer) as url, pytest.raises(CheckFailedError):
        check(subject(url=url))


@pytest.mark.parametrize("name", ["403", "error type"])
def test_nobody_is_kept_out_without_auth(name: str) -> None:
    with pytest.raises(NotRunError, match="auth=none"):
        CHECKS[name](subject(auth="none"))


@pytest.mark.parametrize("name", ["views", "case of keys", "partitions", "streams"])
def test_without_a_lake_its_checks_are_not_run(name: str) -> None:
    with pytest.raises(NotRunError, match="no lake"):
        CHECKS[name](subject(outputs={}))


def test_the_checklist_names_every_check_and_no_other() -> None:
    table = re.findall(r"^\| \d+ \|[^|]+\|([^|]+)\|", CHECKLIST.read_text(), re.MULTILINE)
    named = [name for cell in table for name in re.findall("`(.+?)`", cell)]

    assert len(table) == 12
    assert sorted(named) == sorted(CHECKS.keys() - {"event"})
