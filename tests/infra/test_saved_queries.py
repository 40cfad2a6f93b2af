"""The saved queries read the logs of every step, and ask for what the functions write."""

import re

import pytest
from aws_cdk.aws_logs import QueryString

from infra import saved_queries
from infra.access_log import ACCESS_LOG
from putevents.ingest import submission
from tests.infra.synthesis import ROOT, Deployment, text

CODE = "\n".join(p.read_text() for p in sorted((ROOT / "lambda_src/putevents").rglob("*.py")))
DOORS = ("api", "queue")
# Of Logs Insights itself, but for `route`: API Gateway's, and what a sort names was named before.
WORDS = {
    "fields", "filter", "stats", "sort", "limit", "by", "asc", "desc", "like", "coalesce", "sum",
    "latest", "or", "count", "min", "max", "avg", "bin", "route", "parts", "messages", "first",
}  # fmt: skip
QUERIES = {
    "one request from end to end": ("access", "api", "queue"),
    "what happened to an event": ("api", "queue"),
    "which rule rejects most": ("api", "queue"),
    "slowest requests": ("api",),
    "cold starts": ("api", "queue"),
}
ALL = {
    name: query.to_string()
    for name, query in vars(saved_queries).items()
    if isinstance(query, QueryString)
}


def test_each_query_reads_the_logs_of_its_steps(default: Deployment) -> None:
    access_log = default.one("ApiGateway::Stage")["AccessLogSetting"]["DestinationArn"]
    logs = {door: default.function(door)["LoggingConfig"]["LogGroup"]["Ref"] for door in DOORS}
    logs["access"] = text(access_log).rpartition("<")[2].strip(">")

    found = {
        query["Name"]: {group["Ref"] for group in query["LogGroupNames"]}
        for query in default.all("Logs::QueryDefinition")
    }

    assert found == {
        f"PutEventsGateway/{name}": {logs[door] for door in doors}
        for name, doors in QUERIES.items()
    }


def test_the_trail_finds_lines_about_several_requests_too() -> None:
    assert f"filter @message like '{saved_queries.REQUEST_PLACEHOLDER}'" in ALL["TRAIL"]
    assert "sort @timestamp asc" in ALL["TRAIL"]
    assert re.search(r"limit \d+", ALL["TRAIL"])
    assert ACCESS_LOG["requestId"] == "$context.requestId"


def test_the_query_of_an_event_says_what_it_finds_and_what_it_does_not(
    default: Deployment,
) -> None:
    [query] = [
        found["QueryString"]
        for found in default.all("Logs::QueryDefinition")
        if found["Name"].endswith("what happened to an event")
    ]
    lines = query.splitlines()
    comments = [line for line in lines if line.startswith("#")]

    assert "\n".join(lines[len(comments) :]) == ALL["EVENT"]
    assert saved_queries.EVENT_PLACEHOLDER not in "".join(comments)  # it is put in at one place
    assert "SELECT request_id FROM events" in " ".join(comments)
    for name in ("undelivered", "delivered", "dead", "rejected_ids"):
        assert f'"{name}"' in CODE
        assert re.search(rf"\b{name}\b", comments[0])


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_query_names_lines_and_fields_that_are_written(name: str) -> None:
    query = ALL[name]
    for line in re.findall(r"message = '([^']+)'", query):
        assert f'"{line}"' in CODE
    commands = re.sub(r"'[^']*'|@\w+|\bas \w+|\|", " ", query)
    for field in set(re.findall(r"[a-z_]{2,}", commands)) - WORDS:
        assert re.search(rf"\b{field}=|\"{field}\"", CODE), field
    assert submission.MAX_LOGGED * 70 < 256 * 1024
