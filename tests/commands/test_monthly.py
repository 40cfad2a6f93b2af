"""What a stack costs whatever is sent is counted in its template."""

import pytest

from commands.costs.monthly import EMAIL, ONE, OTHER, SECRET, STREAM, TWO, count
from tests.infra.synthesis import CONTEXT
from tests.local.running_gateway import ROOT


def test_the_default_stack_has_as_many_alarms_as_its_template() -> None:
    monthly = count(CONTEXT)

    assert monthly.alarms == 16
    assert monthly.alarm_metrics == 17  # TurnedAway has two
    assert monthly.metrics == 6 + 1 + 1
    assert monthly.dollars == pytest.approx(
        {"alarms": 1.70, "metrics": 2.40, "KMS keys": 0, "secrets": 0, "event stream": 0}
    )


def test_an_application_more_is_three_alarms_and_six_metrics_more() -> None:
    one, two = count(ONE), count(ONE | TWO)
    page = (ROOT / "docs/lake.md").read_text()

    assert (two.alarms - one.alarms, two.metrics - one.metrics) == (3, 6)
    least, both = (sum(case.dollars.values()) for case in (one, two))
    told = f"${least:.2f} a month for a lake with one application, ${both - least:.2f} more"
    assert f"| alarms and metrics | {told}" in page


def test_an_address_for_alarms_brings_a_key() -> None:
    assert count(ONE | EMAIL).dollars["KMS keys"] == 1.00


def test_an_api_key_of_another_gateway_is_a_secret() -> None:
    assert count(ONE | OTHER).secrets == 0
    assert count(ONE | OTHER | SECRET).dollars["secrets"] == pytest.approx(0.40)


def test_the_page_tells_the_default_stacks_alarms() -> None:
    page = (ROOT / "docs/costs.md").read_text()

    assert "| number of alarms | 16 | 3 |" in page
    assert "Idle, nothing else is billed" not in page


def test_an_event_stream_is_billed_by_the_hour() -> None:
    assert count(ONE | STREAM).dollars["event stream"] == pytest.approx(0.04 * 730)
    kept = {"existingEventStream": "arn:aws:kinesis:eu-west-1:123456789012:stream/kept"}
    assert count(ONE | STREAM | kept).streams == 0
