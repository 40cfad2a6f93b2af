"""The saved query reads the log of every step that a request takes."""

import re

from infra.access_log import ACCESS_LOG
from infra.request_trail import PLACEHOLDER
from tests.infra.synthesis import Deployment, text


def test_the_query_reads_the_log_of_every_step(default: Deployment) -> None:
    query = default.one("Logs::QueryDefinition")

    access_log = default.one("ApiGateway::Stage")["AccessLogSetting"]["DestinationArn"]
    functions = {
        default.function(door)["LoggingConfig"]["LogGroup"]["Ref"] for door in ("api", "queue")
    }
    read = {group["Ref"] for group in query["LogGroupNames"]}
    assert read == {*functions, text(access_log).rpartition("<")[2].strip(">")}
    assert query["Name"] == "PutEventsGateway/one request from end to end"


def test_the_query_finds_lines_about_several_requests_too(default: Deployment) -> None:
    query = default.one("Logs::QueryDefinition")["QueryString"]

    assert f"filter @message like '{PLACEHOLDER}'" in query
    assert "sort @timestamp asc" in query
    assert re.search(r"limit \d+", query)
    assert ACCESS_LOG["requestId"] == "$context.requestId"
