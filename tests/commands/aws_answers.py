"""A stand-in for the AWS APIs that a preflight asks: an account that is ready, or is not."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

from tests.loopback import Request, Response, serving

ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:on-call"
_XML = {"Content-Type": "text/xml"}
_JSON = {"Content-Type": "application/x-amz-json-1.1"}
# The paths of the services that have no name for an operation in the request.
_PATHS = {
    "/2016-08-19/account-settings": "GetAccountSettings",
    "/2019-09-30/functions/door/concurrency": "GetFunctionConcurrency",
    "/account": "GetAccount",
    "/old-lake": "HeadBucket",
}


def query(action: str, result: str = "") -> Response:
    """An answer of the services that answer in XML."""
    body = f"<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"
    return Response(200, body.encode(), _XML)


def query_error(code: str, message: str, status: int = 400) -> Response:
    """An error of the same."""
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return Response(status, f"<ErrorResponse>{error}</ErrorResponse>".encode(), _XML)


def answer(**body: object) -> Response:
    """An answer in JSON."""
    return Response(200, json.dumps(body).encode(), _JSON)


def error(code: str, status: int = 400) -> Response:
    """An error in JSON."""
    body = json.dumps({"__type": code, "message": "A text."}).encode()
    return Response(status, body, _JSON | {"x-amzn-ErrorType": code})


def topic(**attributes: str) -> Response:
    """What SNS tells of a topic."""
    entries = "".join(
        f"<entry><key>{key}</key><value>{value}</value></entry>"
        for key, value in attributes.items()
    )
    return query("GetTopicAttributes", f"<Attributes>{entries}</Attributes>")


def stack(status: str, description: str = "PutEvents Gateway", more: str = "") -> Response:
    """What CloudFormation tells of a stack."""
    member = (
        "<StackName>PutEventsGateway</StackName><CreationTime>2026-11-25T00:00:00Z</CreationTime>"
        f"<StackStatus>{status}</StackStatus><Description>{description}</Description>{more}"
    )
    return query("DescribeStacks", f"<Stacks><member>{member}</member></Stacks>")


def functions(*names: str) -> Response:
    """What CloudFormation tells of a stack's resources, of which these are functions."""
    members = "".join(
        f"<member><PhysicalResourceId>{name}</PhysicalResourceId>"
        "<ResourceType>AWS::Lambda::Function</ResourceType>"
        "<ResourceStatus>UPDATE_COMPLETE</ResourceStatus></member>"
        for name in names
    )
    summaries = f"<StackResourceSummaries>{members}</StackResourceSummaries>"
    return query("ListStackResources", summaries)


def table(*keys: str, without: str = "") -> Response:
    """What DynamoDB tells of a gateway's table, with other keys or without an index."""
    hash_key, range_key = keys or ("endpoint_id", "application_id")
    indexes = {"by_user": "user_id", "by_address": "address"}
    names = {hash_key, range_key, *indexes.values()}
    described = {
        "KeySchema": _schema(hash_key, range_key),
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in names],
        "GlobalSecondaryIndexes": [
            {"IndexName": index, "KeySchema": _schema(key, range_key)}
            for index, key in indexes.items()
            if index != without
        ],
    }
    return answer(Table=described)


def _schema(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]


def bucket(region: str) -> Response:
    """What S3 tells of a bucket."""
    return Response(200, b"", {"x-amz-bucket-region": region})


def certificate(status: str, *names: str) -> Response:
    """What ACM tells of a certificate."""
    return answer(
        Certificate={
            "Status": status,
            "DomainName": names[0],
            "SubjectAlternativeNames": list(names),
        }
    )


def concurrency(free: int, limit: int = 1000) -> Response:
    """What Lambda tells of the account."""
    known = {"UnreservedConcurrentExecutions": free, "ConcurrentExecutions": limit}
    return answer(AccountLimit=known)


READY: dict[str, Response] = {
    "GetCallerIdentity": query("GetCallerIdentity", f"<Account>{ACCOUNT}</Account>"),
    "GetParameter": answer(Parameter={"Name": "version", "Value": "30"}),
    "GetAccountSettings": concurrency(1000),
    "GetAccount": answer(cloudwatchRoleArn="arn:aws:iam::123456789012:role/logs"),
    "DescribeStacks": query_error("ValidationError", "Stack does not exist"),
    "ListStackResources": query_error("ValidationError", "Stack does not exist"),
    "GetFunctionConcurrency": answer(),
    "DescribeTable": table(),
    "HeadBucket": bucket("eu-west-1"),
    "DescribeCertificate": certificate("ISSUED", "events.example.com"),
    "DescribeStreamSummary": answer(StreamDescriptionSummary={"StreamName": "events"}),
    "DescribeEventBus": answer(Name="orders"),
    "DescribeSecret": answer(Name="putevents/next"),
    "GetTopicAttributes": topic(),
    "DescribeUserPool": answer(UserPool={"Id": "eu-west-1_aB1"}),
}


def _operation(call: Request) -> str:
    if target := call.headers.get("x-amz-target"):
        return target.rpartition(".")[2]
    if call.target in _PATHS:
        return _PATHS[call.target]
    return parse_qs(call.body.decode())["Action"][0]


@contextmanager
def account(asked: list[str] | None = None, **differing: Response | None) -> Iterator[str]:
    """The URL of an account that is ready but for some operations; None hangs up on the caller."""
    answers: dict[str, Response | None] = {**READY, **differing}

    def respond(call: Request) -> Response | None:
        name = _operation(call)
        if asked is not None:
            asked.append(name)
        return answers[name]

    with serving(respond) as url:
        yield url
