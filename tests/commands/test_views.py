"""`views` runs each view's statement in the lake's workgroup, and says why Athena did not."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from commands import views
from commands.exit_codes import StoppedError
from infra.queries import view_sql

HOME = {"workgroup": "Shop", "database": "shop"}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "LOOK_SECONDS", 0)


def create(*states: dict[str, Any]) -> None:
    client = boto3.client(
        "athena", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    with Stubber(client) as athena:
        started = {
            "QueryString": f"CREATE OR REPLACE VIEW events AS\n{view_sql('events')}",
            "WorkGroup": "Shop",
            "QueryExecutionContext": {"Database": "shop"},
        }
        athena.add_response("start_query_execution", {"QueryExecutionId": "q"}, started)
        for status in states:
            answer = {"QueryExecution": {"Status": status}}
            athena.add_response("get_query_execution", answer, {"QueryExecutionId": "q"})
        views.create(client, "events", **HOME)
        athena.assert_no_pending_responses()


def test_the_statement_is_waited_for() -> None:
    create({"State": "QUEUED"}, {"State": "RUNNING"}, {"State": "SUCCEEDED"})


def test_athenas_reason_is_told() -> None:
    failed = {"State": "FAILED", "StateChangeReason": "Insufficient Lake Formation permission(s)"}
    with pytest.raises(StoppedError) as caught:
        create({"State": "RUNNING"}, failed)

    assert caught.value.format_message() == (
        "Athena did not create events: Insufficient Lake Formation permission(s)"
    )


def test_a_statement_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "WAIT_SECONDS", -1.0)
    with pytest.raises(StoppedError, match="has not created events"):
        create({"State": "QUEUED"})
