"""`preflight` looks up what the settings name: a table, a bucket, a certificate, a secret."""

from pathlib import Path

import pytest

from tests.commands.aws_answers import (
    ACCOUNT,
    account,
    answer,
    bucket,
    certificate,
    error,
    stack,
    table,
)
from tests.commands.running_preflight import MEANT, mends, preflight
from tests.loopback import Response

TABLE_ARN = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/old-endpoints"
CERTIFICATE = f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/1234-abcd"
SECRET_ARN = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:putevents/next-AbCdEf"
FORWARDING = (
    "-c", "destination=pinpoint", "-c", "pinpointEndpointUrl=https://next.example.com",
    "-c", "pinpointAuth=api-key",
)  # fmt: skip
TABLES = ["aws dynamodb list-tables --region eu-west-1"]
BUCKETS = ["aws s3api list-buckets --bucket-region eu-west-1"]
CERTIFICATES = [
    "aws acm list-certificates --region eu-west-1",
    "aws acm request-certificate --domain-name events.example.com --validation-method DNS"
    " --region eu-west-1",
]
SECRETS = ["aws secretsmanager list-secrets --region eu-west-1"]


def named(table: str | None = None, arn: str = CERTIFICATE, secret: str = "") -> tuple[str, ...]:
    """The options that name one of them."""
    if table:
        return ("-c", f"existingEndpointTable={table}")
    if secret:
        return (*FORWARDING, "-c", f"pinpointApiKeySecret={secret}")
    return ("-c", "domainName=events.example.com", "-c", f"certificateArn={arn}")


BUCKET = ("-c", "existingLakeBucket=old-lake")


STREAM = f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/events"
STREAMS = ["aws kinesis list-streams --region eu-west-1"]
BUSES = ["aws events list-event-buses --region eu-west-1"]


def stream(arn: str = STREAM) -> tuple[str, ...]:
    return ("-c", "destination=lake,stream", "-c", f"existingEventStream={arn}")


def bus(name: str) -> tuple[str, ...]:
    return ("-c", "destination=lake,bus", "-c", "busEventTypes=*", "-c", f"existingEventBus={name}")


@pytest.mark.parametrize(
    ("options", "operation", "response", "sentence", "commands"),
    [
        pytest.param(
            stream(),
            "DescribeStreamSummary",
            error("ResourceNotFoundException"),
            f"There is no stream {STREAM}.",
            STREAMS,
            id="no stream",
        ),
        pytest.param(
            stream(STREAM.replace("eu-west-1", "us-east-1")),
            "DescribeStreamSummary",
            answer(StreamDescriptionSummary={}),
            f"existingEventStream is in account {ACCOUNT}, us-east-1, and the stack in account"
            f" {ACCOUNT}, eu-west-1.",
            STREAMS,
            id="a stream elsewhere",
        ),
        pytest.param(
            bus("orders"),
            "DescribeEventBus",
            error("ResourceNotFoundException"),
            f"There is no event bus orders in account {ACCOUNT}, eu-west-1.",
            BUSES,
            id="no bus",
        ),
        pytest.param(
            named("old-endpoints"),
            "DescribeTable",
            error("ResourceNotFoundException"),
            f"There is no table old-endpoints in account {ACCOUNT}, eu-west-1.",
            TABLES,
            id="no table",
        ),
        pytest.param(
            named("old-endpoints"),
            "DescribeTable",
            table("id", "sort"),
            "The table old-endpoints is no gateway's endpoint table: it has not the keys"
            " endpoint_id and application_id.",
            TABLES,
            id="another table",
        ),
        pytest.param(
            named(TABLE_ARN),
            "DescribeTable",
            table(without="by_address"),
            "The table old-endpoints is no gateway's endpoint table: its index by_address is"
            " missing.",
            TABLES,
            id="a table without an index",
        ),
        pytest.param(
            named(TABLE_ARN.replace("eu-west-1", "us-east-1")),
            "DescribeTable",
            table(),
            f"existingEndpointTable is in account {ACCOUNT}, us-east-1, and the stack in account"
            f" {ACCOUNT}, eu-west-1.",
            TABLES,
            id="a table elsewhere",
        ),
        pytest.param(
            named(TABLE_ARN.replace(ACCOUNT, "210987654321")),
            "DescribeTable",
            table(),
            f"existingEndpointTable is in account 210987654321, eu-west-1, and the stack in account"
            f" {ACCOUNT}, eu-west-1.",
            TABLES,
            id="somebody else's table",
        ),
        pytest.param(
            BUCKET,
            "HeadBucket",
            Response(404),
            "There is no bucket old-lake.",
            BUCKETS,
            id="no bucket",
        ),
        pytest.param(
            BUCKET,
            "HeadBucket",
            bucket("us-east-1"),
            "The bucket old-lake is in us-east-1, and the stack in eu-west-1.",
            BUCKETS,
            id="a bucket elsewhere",
        ),
        pytest.param(
            named(),
            "DescribeCertificate",
            error("ResourceNotFoundException"),
            f"There is no certificate {CERTIFICATE}.",
            CERTIFICATES,
            id="no certificate",
        ),
        pytest.param(
            named(arn=CERTIFICATE.replace("eu-west-1", "us-east-1")),
            "DescribeCertificate",
            certificate("ISSUED", "events.example.com"),
            f"certificateArn is in account {ACCOUNT}, us-east-1, and the stack in account"
            f" {ACCOUNT}, eu-west-1.",
            CERTIFICATES,
            id="a certificate elsewhere",
        ),
        pytest.param(
            named(),
            "DescribeCertificate",
            certificate("PENDING_VALIDATION", "events.example.com"),
            f"The certificate {CERTIFICATE} is PENDING_VALIDATION, and must be ISSUED.",
            [f"aws acm describe-certificate --certificate-arn {CERTIFICATE} --region eu-west-1"],
            id="a certificate that nobody validated",
        ),
        pytest.param(
            named(),
            "DescribeCertificate",
            certificate("ISSUED", "example.com", "*.a.example.com"),
            f"The certificate {CERTIFICATE} is for *.a.example.com, example.com, not for"
            " events.example.com.",
            CERTIFICATES,
            id="a certificate for another name",
        ),
        pytest.param(
            named(secret="putevents/next"),
            "DescribeSecret",
            error("ResourceNotFoundException"),
            f"There is no secret putevents/next in account {ACCOUNT}, eu-west-1.",
            [
                *SECRETS,
                "aws secretsmanager create-secret --name putevents/next"
                " --secret-string file://key --region eu-west-1",
            ],
            id="no secret",
        ),
        pytest.param(
            named(secret=SECRET_ARN.replace("eu-west-1", "us-east-1")),
            "DescribeSecret",
            answer(Name="putevents/next"),
            f"pinpointApiKeySecret is in account {ACCOUNT}, us-east-1, and the stack in account"
            f" {ACCOUNT}, eu-west-1.",
            SECRETS,
            id="a secret elsewhere",
        ),
        pytest.param(
            named(secret="putevents/next"),
            "DescribeSecret",
            answer(Name="putevents/next", DeletedDate=1_700_000_000),
            "The secret putevents/next is being deleted.",
            ["aws secretsmanager restore-secret --secret-id putevents/next --region eu-west-1"],
            id="a secret that is being deleted",
        ),
        pytest.param(
            (),
            "DescribeStacks",
            stack("UPDATE_COMPLETE", "Our shop"),
            f"The stack PutEventsGateway in account {ACCOUNT}, eu-west-1 is not a gateway's.",
            [
                'make deploy CDK_OPTIONS="-c applicationIds=my-app -c stackName=ANOTHER-NAME"',
            ],
            id="another team's stack",
        ),
    ],
)
def test_what_is_named_but_cannot_be_used_is_told(
    options: tuple[str, ...],
    operation: str,
    response: Response,
    sentence: str,
    commands: list[str],
    tmp_path: Path,
) -> None:
    with account(None, **{operation: response}) as url:
        status, printed = preflight(url, *MEANT, *options, home=tmp_path)

    assert printed[1:-1] == [sentence, *mends(commands)]
    assert status == 3


@pytest.mark.parametrize(
    "options",
    [
        named("old-endpoints"), named(TABLE_ARN), BUCKET, named(), named(secret=SECRET_ARN),
        stream(), bus("default"), bus(f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/orders"),
        # Of another account nothing can be looked up; its policy decides.
        stream(STREAM.replace(ACCOUNT, "210987654321")),
        bus("arn:aws:events:eu-west-1:210987654321:event-bus/theirs"),
    ],
)  # fmt: skip
def test_what_is_as_it_should_be_stops_nothing(options: tuple[str, ...], tmp_path: Path) -> None:
    wildcard = certificate("ISSUED", "example.com", "*.example.com")
    with account(DescribeCertificate=wildcard) as url:
        done = preflight(url, *MEANT, *options, home=tmp_path)

    assert done == (0, [f"Looking at account {ACCOUNT} in eu-west-1 ..."])


@pytest.mark.parametrize(
    ("options", "operation", "what"),
    [
        (named("old-endpoints"), "DescribeTable", "the existing endpoint table"),
        (BUCKET, "HeadBucket", "the existing bucket"),
        (named(), "DescribeCertificate", "the certificate"),
        (named(secret=SECRET_ARN), "DescribeSecret", "the secret with the key"),
    ],
)
def test_what_may_not_be_looked_up_stops_nothing(
    options: tuple[str, ...], operation: str, what: str, tmp_path: Path
) -> None:
    with account(None, **{operation: error("AccessDeniedException", 403)}) as url:
        status, printed = preflight(url, *MEANT, *options, home=tmp_path)

    assert status == 0
    assert [line.partition(": ")[0] for line in printed[1:]] == [f"Could not check {what}"]


TAGGED = "<Tags><member><Key>putevents-gateway</Key><Value>Shop</Value></member></Tags>"


@pytest.mark.parametrize(
    "found",
    [
        stack("UPDATE_COMPLETE", "Another text", TAGGED),
        stack("REVIEW_IN_PROGRESS", ""),
    ],
)
def test_a_tagged_or_an_empty_stack_may_be_a_gateways(found: Response, tmp_path: Path) -> None:
    with account(DescribeStacks=found) as url:
        assert preflight(url, *MEANT, home=tmp_path)[0] == 0


PROTECTED = "<EnableTerminationProtection>true</EnableTerminationProtection>"


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        pytest.param(stack("ROLLBACK_FAILED"), 0, "Looking at account", id="free"),
        pytest.param(
            stack("ROLLBACK_COMPLETE", more=PROTECTED),
            3,
            "    aws cloudformation update-termination-protection"
            " --no-enable-termination-protection --stack-name PutEventsGateway --region eu-west-1",
            id="protected",
        ),
        pytest.param(stack("UPDATE_COMPLETE", "Our shop"), 3, "not a gateway's", id="another's"),
    ],
)
def test_a_destroy_looks_first_too(found: Response, status: int, said: str, tmp_path: Path) -> None:
    with account(DescribeStacks=found) as url:
        done, printed = preflight(url, "--before", "destroy", home=tmp_path)

    assert done == status
    assert said in "\n".join(printed)


def test_a_stuck_stack_of_another_name_is_mended_under_that_name(tmp_path: Path) -> None:
    with account(DescribeStacks=stack("DELETE_FAILED")) as url:
        _, printed = preflight(url, *MEANT, "-c", "stackName=Shop", home=tmp_path)

    assert printed[2] == '    make destroy CDK_OPTIONS="-c stackName=Shop"'


def test_a_first_creation_that_failed_under_protection_is_told(tmp_path: Path) -> None:
    with account(DescribeStacks=stack("ROLLBACK_COMPLETE", more=PROTECTED)) as url:
        status, printed = preflight(url, *MEANT, home=tmp_path)

    assert status == 3
    assert printed[1] == (
        "The stack PutEventsGateway is ROLLBACK_COMPLETE: its first creation failed, and it cannot"
        " be created anew while it is protected from being deleted (terminationProtection)."
    )
    assert printed[2].startswith("    aws cloudformation update-termination-protection")
