"""The quota table is reckoned from what our code writes, and docs/operations.md shows it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from commands import quotas
from commands.quotas import API, FIREHOSE, LAMBDA, RECORD_BYTES, TABLE, demand, tables, to_raise
from tests.endpoints.whole_gateway import WholeGateway

PAGE = Path(__file__).parents[2] / "docs/operations.md"
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
    assert [name for name in told if name != "`throttleRate`"] == full
    assert ("`throttleRate`" in told) is (demand(rate)[API] > 800)


def test_a_thousand_events_a_second_are_too_many_for_a_stream_of_most_regions() -> None:
    assert [line.partition(":")[0] for line in to_raise(1_000, "other")] == [FIREHOSE.name]
    assert to_raise(1_000, "fast") == []


def test_every_quota_says_how_it_is_raised() -> None:
    for quota in quotas.QUOTAS:
        line = next(line for line in tables().splitlines() if line.startswith(f"| [{quota.name}]"))
        assert quota.source in line
        assert ("--quota-code L-" in line) is bool(quota.code)
        assert re.fullmatch(r"(L-[0-9A-F]{8})?", quota.code)


def test_the_page_shows_what_the_command_prints() -> None:
    shown = re.search(r"<!-- quotas -->\n(.*?)\n<!-- end -->", PAGE.read_text(), re.DOTALL)

    assert shown, "docs/operations.md has lost its markers"
    assert shown[1].strip() == tables()
