"""How many units a request takes of the table, and that no application has a partition."""

import re

import pytest

from commands.costs.item_size import item_size
from putevents.endpoints.item import USER_ID, Member
from tests.endpoints.billed_table import TABLE, BilledTable
from tests.endpoints.counted_table import items_of
from tests.endpoints.table_units import CASES, lines, measure
from tests.lake.conftest import PAGE

SHARED = {
    "one placeholder is the address of all": "by_address",
    "it is new, and one user is that of all": "by_user",
}


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.mark.parametrize("case", CASES)
def test_requests_of_one_application_share_no_partition_but_of_a_user_or_address(case: str) -> None:
    assert measure(CASES[case]).shared_place == SHARED.get(case, "")


def test_docs_show_what_is_counted() -> None:
    shown = re.search(r"<!-- table units -->\n(.*?)\n<!-- end -->", PAGE, re.DOTALL)
    assert shown
    assert shown[1].splitlines() == lines()


def test_an_item_is_as_large_as_aws_says() -> None:
    text = {"S": "é"}  # two bytes
    item = {"ab": text, "n": {"N": "-12.50"}, "l": {"L": [text, text]}, "m": {"M": {"v": text}}}
    # Names and values; a number of three digits; 3 for a list or map, and 1 for each element.
    assert item_size(item) == (2 + 2) + (1 + 3) + (1 + 3 + 2 * (1 + 2)) + (1 + 3 + 1 + (1 + 2))
    assert item_size({"n": {"N": "-12.5678"}}) == 1 + 4
    assert item_size({"b": {"B": bytes(10)}}) == 1 + 10  # as a call has it; in JSON it is base64


def test_a_write_is_billed_by_the_larger_item_and_by_each_entry_that_changes() -> None:
    table = BilledTable()
    items = items_of(table)

    def write(stamp: str, **members: str) -> dict[str, int]:
        table.writes.clear()
        said = {name: Member(value, stamp) for name, value in members.items()}
        items.write("my-app", "phone", said, 7)
        return {place: units for (place, _), units in sorted(table.writes.items())}

    assert write("1", **{USER_ID: "u", "long": "x" * 2000}) == {TABLE: 3, "by_user": 1}
    assert write("2", long="") == {TABLE: 3}
    assert write("3", **{USER_ID: "u"}) == {TABLE: 1}
    assert write("4", **{USER_ID: ""}) == {TABLE: 1, "by_user": 1}
    write("5", **{USER_ID: "u"})
    write("6", **{USER_ID: "v"})
    assert {key for key in table.writes if key[0] != TABLE} == {("by_user", "u"), ("by_user", "v")}
    # The first try of a late update fails on its condition, and is billed too.
    assert write("1", late="x") == {TABLE: 2}
