"""The quota table is reckoned from what our code writes, and docs/quotas.md shows it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from commands.costs.flood import FLOODS
from commands.quotas import quota_limits as quotas
from commands.quotas.quota_limits import (
    API,
    FIREHOSE,
    LAMBDA,
    RATES,
    RECORD_BYTES,
    REGIONS,
    TABLE,
    WRITE_UNITS,
    demand,
    to_raise,
)  # fmt: skip
from commands.quotas.quota_tables import markdown, plain
from commands.quotas.quotas_command import quotas as command
from tests.endpoints.table_units import CASES, measure
from tests.endpoints.whole_gateway import WholeGateway

PAGE = Path(__file__).parents[2] / "docs/quotas.md"
TABLE_PAGE, COSTS_PAGE = PAGE.with_name("endpoint-table.md"), PAGE.with_name("costs.md")
ENDPOINT: dict[str, Any] = {
    "Address": "a1b2c3d4" * 8,
    "ChannelType": "APNS",
    "Attributes": {"interests": ["music", "sports"], "plan": ["premium"], "newsletter": ["weekly"]},
    "Demographic": {
        "AppVersion": "2.14.0", "Locale": "en_GB", "Make": "Apple", "Model": "iPhone",
        "ModelVersion": "iPhone15,2", "Platform": "iOS", "PlatformVersion": "18.5",
        "Timezone": "Europe/London",
    },
    "Location": {"Country": "GB", "City": "London"},
    "OptOut": "NONE",
    "User": {"UserId": "5f0c6f0e-8a35-4b4b-9d55-1f2f7f7f9a10"},
}  # fmt: skip
EVENT: dict[str, Any] = {
    "EventType": "item.viewed",
    "Timestamp": "2026-06-14T10:00:00.000Z",
    "AppPackageName": "com.example.shop",
    "AppTitle": "Example Shop",
    "AppVersionCode": "2140",
    "SdkName": "amplify-swift",
    "ClientSdkVersion": "2.46.1",
    "Attributes": {"item": "sku-4711-blue", "list": "summer-sale", "source": "push-notification"},
    "Metrics": {"price": 49.9},
    "Session": {
        "Id": "7f7f9a10-20260614-100000000",
        "StartTimestamp": "2026-06-14T09:58:00.000Z",
    },
}


def test_the_size_of_a_record_is_what_the_lake_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ENDPOINT_TABLE", "EVENT_STREAM_PREFIX", "REJECTED_STREAM"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    gateway = WholeGateway("lake", tmp_path)
    id_ = "8C0A7F1E-52B1-4E7D-9C07-2F0B9D1B6A55"
    gateway.put(**{id_: {"Endpoint": ENDPOINT, "Events": {f"e{'0' * 34}1": EVENT}}})

    [record] = gateway.records()
    size = len(json.dumps(record, separators=(",", ":")))
    assert abs(size - RECORD_BYTES) < 50, size


def test_what_is_asked_is_reckoned_from_the_rate() -> None:
    asked = demand(1_000)

    assert asked[API] == 100
    assert asked[FIREHOSE] == pytest.approx(1_000 * (RECORD_BYTES + 1) / 2**20)
    assert asked[LAMBDA] == 5
    assert asked[TABLE] == 200


@pytest.mark.parametrize("rate", quotas.RATES)
@pytest.mark.parametrize("region", quotas.REGIONS)
def test_a_quota_is_to_be_raised_exactly_where_it_is_four_fifths_full(
    rate: int, region: str
) -> None:
    full = [q.name for q, value in demand(rate).items() if value > 0.8 * q.default(region)]

    told = [line.rpartition(": ")[0] for line in to_raise(rate, region)]
    ours = ("`throttleRate`", "`tableWarmWrites`", "a new account's 10 functions")
    assert [name for name in told if name not in ours] == full
    assert ("`throttleRate`" in told) is (demand(rate)[API] > 800)


def test_what_is_new_takes_less_than_its_quota() -> None:
    assert [line for line in to_raise(100_000, "fast") if "tableWarmWrites" in line] == [
        "`tableWarmWrites`: 25,000"
    ]
    for rate, functions in ((1_000, []), (10_000, ["63"]), (100_000, ["625"])):
        told = [x.rpartition(": ")[2] for x in to_raise(rate, "other") if "a new account" in x]
        assert told == functions


def test_three_figures_of_a_requests_writes_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    known = measure(CASES["all that it said before"])
    new = measure(CASES["it is new, and so is its user"])

    assert (known.items, known.indexes) == (WRITE_UNITS, 0)
    page = " ".join(TABLE_PAGE.read_text().split())
    told = re.search(
        r"`make costs` counts (\d) .*? `make quotas` and this table count (\d) .*? "
        r"new endpoint and user takes (\d) and (\d) of the indexes",
        page,
    )
    assert told
    [cheap] = re.findall(r"\| write units \| (\d) \|", COSTS_PAGE.read_text())
    assert [int(x) for x in told.groups()] == [int(cheap), WRITE_UNITS, new.items, new.indexes]
    assert FLOODS["`lake`, one event, new endpoint and user"].writes == new.items + new.indexes


def test_a_terminal_gets_no_markdown_and_one_region_or_rate_if_asked() -> None:
    shown = CliRunner().invoke(command, ["--region", "eu-central-1", "--rate", "20000"])

    assert shown.exit_code == 0
    assert not re.search("<br>|---:|`|us-east-1|100,000", shown.output)
    rows = [[cell.strip() for cell in x.split("|")] for x in shown.output.splitlines()]
    assert ["20,000", "eu-central-1", "throttleRate", "2,500"] in rows
    assert ["20,000", "eu-central-1", FIREHOSE.name, "36"] in rows
    narrow = max(map(len, plain(RATES, REGIONS).split("\n\n")[0].splitlines()))
    assert narrow <= 100


@pytest.mark.parametrize("options", [["--region", "eu-centrl-1"], ["--rate", "0"]])
def test_an_option_that_cannot_be_meant_is_told(options: list[str]) -> None:
    shown = CliRunner().invoke(command, options)

    assert shown.exit_code == 2
    assert "Invalid value for" in shown.output


def test_a_thousand_events_a_second_are_too_many_for_a_stream_of_most_regions() -> None:
    assert [line.partition(":")[0] for line in to_raise(1_000, "other")] == [FIREHOSE.name]
    assert to_raise(1_000, "fast") == []


def test_every_quota_says_how_it_is_raised() -> None:
    for quota in quotas.QUOTAS:
        line = next(
            line
            for line in markdown(RATES, REGIONS).splitlines()
            if line.startswith(f"| [{quota.name}]")
        )
        assert quota.source in line
        assert ("--quota-code L-" in line) is bool(quota.code)
        assert re.fullmatch(r"(L-[0-9A-F]{8})?", quota.code)


def test_the_page_shows_what_the_command_prints() -> None:
    printed = CliRunner().invoke(command, ["--markdown"]).output.strip()
    shown = re.search(r"<!-- quotas -->\n(.*?)\n<!-- end -->", PAGE.read_text(), re.DOTALL)

    assert shown, "docs/quotas.md has lost its markers"
    assert shown[1].strip() == printed
