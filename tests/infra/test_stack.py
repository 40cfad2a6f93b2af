"""The queues, functions, logs and alarms of the template."""

import json
from typing import Any

import pytest

from tests.infra.conftest import Deploy
from tests.infra.synthesis import FORWARDING, Deployment, text

DAY = 24 * 60 * 60
AMAZONS = {"destination": "pinpoint", "pinpointEndpointUrl": "aws"}
SECRET = f"arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:{'x' * 64}-AbCdEf"


def test_both_queues_are_encrypted_and_keep_messages_for_14_days(default: Deployment) -> None:
    queues = default.all("SQS::Queue")

    assert len(queues) == 2
    assert all(queue["SqsManagedSseEnabled"] is True for queue in queues)
    assert all(queue["MessageRetentionPeriod"] == 14 * DAY for queue in queues)
    assert all(queue["MaximumMessageSize"] == 1024 * 1024 for queue in queues)


def test_both_queues_deny_who_comes_without_tls(default: Deployment) -> None:
    policies = default.all("SQS::QueuePolicy")

    assert len(policies) == 2
    for policy in policies:
        [deny] = policy["PolicyDocument"]["Statement"]
        assert deny["Effect"] == "Deny"
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_message_that_kills_the_function_is_a_dead_letter_at_last(
    default: Deployment,
) -> None:
    [queue] = [q for q in default.all("SQS::Queue") if "RedrivePolicy" in q]

    assert queue["RedrivePolicy"]["maxReceiveCount"] == 80
    dead = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert default.outputs["DeadLetterQueueUrl"] == {"Ref": dead}
    assert default.outputs["QueueUrl"] != {"Ref": dead}


def test_the_queue_feeds_its_function_with_capped_concurrency(deploy: Deploy) -> None:
    mapping = deploy(queueConcurrency=5).one("Lambda::EventSourceMapping")

    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 5}


@pytest.mark.parametrize("door", ["api", "queue"])
def test_a_function_logs_where_the_logs_end(default: Deployment, door: str) -> None:
    function = default.function(door)

    assert "LogGroup" in function["LoggingConfig"]
    assert function["Architectures"] == ["arm64"]


def test_the_functions_share_a_package_but_no_role(default: Deployment) -> None:
    api, queue = default.function("api"), default.function("queue")

    assert api["Code"] == queue["Code"]
    assert api["Role"] != queue["Role"]


@pytest.mark.parametrize("reads", [False, True])
def test_the_api_function_may_deliver_and_queue_and_nothing_else(
    deploy: Deploy, reads: bool
) -> None:
    apps = "arn:<AWS::Partition>:mobiletargeting:<AWS::Region>:<AWS::AccountId>:apps"
    read_calls = ["DeleteEndpoint", "GetUserEndpoints", "DeleteUserEndpoints"] if reads else []

    assert allowed(deploy(**AMAZONS, endpointReads=str(reads).lower()), "api") == {
        *(
            (f"mobiletargeting:{call}", f"{apps}/my-app/*")
            for call in ("PutEvents", "GetEndpoint", *read_calls)
        ),
        *((f"sqs:{call}", "queue") for call in
          ("SendMessage", "GetQueueAttributes", "GetQueueUrl")),
        ("logs:CreateLogStream", "log"),
        ("logs:PutLogEvents", "log"),
        ("xray:PutTraceSegments", "*"),
        ("xray:PutTelemetryRecords", "*"),
    }  # fmt: skip


def test_the_queue_function_may_also_consume_and_bury(deploy: Deploy) -> None:
    apps = "arn:<AWS::Partition>:mobiletargeting:<AWS::Region>:<AWS::AccountId>:apps"

    assert allowed(deploy(**AMAZONS), "queue") == {
        ("mobiletargeting:PutEvents", f"{apps}/my-app/*"),
        ("mobiletargeting:GetEndpoint", f"{apps}/my-app/*"),
        *((f"sqs:{call}", where) for where in ("queue", "dead letters") for call in
          ("SendMessage", "GetQueueAttributes", "GetQueueUrl")),
        *((f"sqs:{call}", "queue") for call in
          ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility")),
        ("logs:CreateLogStream", "log"),
        ("logs:PutLogEvents", "log"),
        ("xray:PutTraceSegments", "*"),
        ("xray:PutTelemetryRecords", "*"),
    }  # fmt: skip


def allowed(deployment: Deployment, door: str) -> set[tuple[str, str]]:
    known = {
        f"<{deployment.outputs['QueueUrl']['Ref']}.Arn>": "queue",
        f"<{deployment.outputs['DeadLetterQueueUrl']['Ref']}.Arn>": "dead letters",
        f"<{deployment.function(door)['LoggingConfig']['LogGroup']['Ref']}.Arn>": "log",
    }
    return {(action, known.get(on, on)) for action, on in deployment.allowed(door)}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"pinpointAuth": "api-key", "pinpointApiKeySecret": SECRET},
        {
            "pinpointAuth": "iam",
            "pinpointApiArn": "arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abcdefghij",
        },
    ],
)
def test_a_long_allow_list_fits_into_what_iam_and_lambda_hold(
    deploy: Deploy, more: dict[str, str]
) -> None:
    # A secret's name shares the space of the ids.
    ids = [f"{number:032x}" for number in range(75 - 5 * ("pinpointApiKeySecret" in more))]
    origins = ",".join(f"https://{number:041}.com" for number in range(9))
    url = f"https://{'a' * 192}"
    headers = ",".join("x" * 9 for _ in range(20))
    deployment = deploy(
        destination="pinpoint",
        applicationIds=ids,
        corsOrigins=origins,
        corsHeaders=headers,
        pinpointEndpointUrl=url,
        **more,
    )

    assert max(_size(policy) for policy in deployment.all("IAM::Policy")) <= 10_240
    variables = deployment.function("api")["Environment"]["Variables"]
    urls = 2 * 120  # of the queues
    assert urls + sum(len(n) + len(text(v)) for n, v in variables.items()) <= 4096


def _size(policy: dict[str, Any]) -> int:
    """The characters that IAM counts: of the document as it is in an account, without spaces."""

    def resolve(value: Any) -> Any:
        match value:
            case {"Fn::Join": _} | {"Ref": _} | {"Fn::GetAtt": _}:
                long = {
                    "Partition": "aws-us-gov",
                    "Region": "ap-southeast-1",
                    "AccountId": "1" * 12,
                }
                flat = text(value)
                for name, example in long.items():
                    flat = flat.replace(f"<AWS::{name}>", example)
                return flat
            case dict():
                return {key: resolve(part) for key, part in value.items()}
            case list():
                return [resolve(part) for part in value]
        return value

    return len(json.dumps(resolve(policy["PolicyDocument"]), separators=(",", ":")))


@pytest.mark.parametrize(("option", "policy"), [("destroy", "Delete"), ("retain", "Retain")])
def test_queues_and_logs_stay_or_go_with_the_stack_as_asked(
    deploy: Deploy, option: str, policy: str
) -> None:
    resources = deploy(removalPolicy=option).template["Resources"].values()

    kept = [r for r in resources if r["Type"] in ("AWS::SQS::Queue", "AWS::Logs::LogGroup")]
    assert len(kept) == 7
    assert {r["DeletionPolicy"] for r in kept} == {policy}


def test_every_log_has_an_end(deploy: Deploy) -> None:
    logs = deploy(logRetentionDays="7").all("Logs::LogGroup")

    assert {log["RetentionInDays"] for log in logs} == {7}
    named = [text(log["LogGroupName"]) for log in logs if "LogGroupName" in log]
    assert len(logs) == 5
    assert [name.split("_")[0] for name in named] == ["API-Gateway-Execution-Logs"]


@pytest.mark.parametrize("kind", ["Function", "Queue", "Role", "Policy", "Alarm", "LogGroup"])
def test_no_name_is_fixed_over_which_a_second_stack_would_stumble(
    default: Deployment, kind: str
) -> None:
    resources = default.template["Resources"].items()
    names = {id: r["Properties"].get(f"{kind}Name") for id, r in resources}

    # A policy's is its id; the others are references.
    assert [name for id, name in names.items() if isinstance(name, str) and name != id] == []


def test_every_way_to_lose_time_or_events_has_an_alarm(deploy: Deploy) -> None:
    alarms = deploy(applicationIds="a,b").all("CloudWatch::Alarm")

    assert sorted(alarm.get("MetricName", "(computed)") for alarm in alarms) == [
        "(computed)",
        "5XXError",
        "ApproximateAgeOfOldestMessage",
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesVisible",
        *["DeliveryToS3.DataFreshness"] * 3,
        "Errors",
        "Errors",
        *["FailedConversion.Records"] * 3,
        "LongestWait",
        "LongestWait",
        "LongestWait",
        "NumberOfMessagesSent",
        "Throttles",
        "Throttles",
    ]
    assert {alarm["TreatMissingData"] for alarm in alarms} == {"notBreaching"}
    assert not any("AlarmActions" in alarm for alarm in alarms)


def test_an_alarm_email_is_told_through_an_encrypted_topic(deploy: Deploy) -> None:
    deployment = deploy(alarmEmail="ops@example.com")

    assert deployment.one("SNS::Subscription")["Endpoint"] == "ops@example.com"
    assert "KmsMasterKeyId" in deployment.one("SNS::Topic")
    assert deployment.one("KMS::Key")["EnableKeyRotation"] is True
    assert all(len(a["AlarmActions"]) == 1 for a in deployment.all("CloudWatch::Alarm"))
    statements = deployment.one("SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    assert {s["Effect"] for s in statements} == {"Allow", "Deny"}


def test_an_existing_topic_is_told_and_nothing_is_created_beside_it(deploy: Deploy) -> None:
    arn = "arn:aws:sns:eu-west-1:123456789012:on-call"
    deployment = deploy(alarmTopicArn=arn)

    alarms = deployment.all("CloudWatch::Alarm")
    assert alarms
    assert all(a["AlarmActions"] == a["OKActions"] == [arn] for a in alarms)
    for type_ in ("SNS::Topic", "SNS::Subscription", "KMS::Key"):
        assert deployment.all(type_) == []
    assert deployment.warnings() == []


def test_without_anybody_to_tell_synth_warns(deploy: Deploy) -> None:
    [warning] = deploy().warnings()

    assert warning.startswith("Nobody is notified of alarms")
    assert "alarmEmail" in warning
    assert "alarmTopicArn" in warning


def test_cloudwatch_may_use_the_key_of_the_topic(deploy: Deploy) -> None:
    key = deploy(alarmEmail="ops@example.com").one("KMS::Key")

    [statement] = [
        s
        for s in key["KeyPolicy"]["Statement"]
        if s["Principal"].get("Service") == "cloudwatch.amazonaws.com"
    ]
    assert {"kms:Decrypt", "kms:GenerateDataKey*"} <= set(statement["Action"])


def test_whoever_insists_on_amazons_own_is_warned_that_it_has_ended(deploy: Deploy) -> None:
    told = {"alarmEmail": "ops@example.com"}
    amazon = deploy(destination="pinpoint", pinpointEndpointUrl="aws", **told)

    [warning] = amazon.warnings()

    assert "AWS ended on 2026-10-30" in warning
    assert "pinpointEndpointUrl" in warning
    assert deploy(**FORWARDING, **told).warnings() == deploy(**told).warnings() == []


def test_without_authentication_synth_warns(deploy: Deploy) -> None:
    warnings = deploy(auth="none", alarmEmail="ops@example.com").warnings()

    assert [w.partition(" ")[0] for w in warnings] == ["auth=none"]


def test_the_url_is_the_endpoint_that_a_client_is_given(default: Deployment) -> None:
    url = text(default.outputs["ApiUrl"])

    assert url.startswith("https://<")
    assert url.endswith(".execute-api.<AWS::Region>.<AWS::URLSuffix>/prod")
