"""The command of docs/endpoint-table.md that shows whether an existing table has the right keys."""

import json
import re
from importlib import import_module
from typing import Any

from tests.deployed.emulator import Emulator
from tests.lake.conftest import PAGE

jmespath: Any = import_module("jmespath")  # botocore's own part, without types


def test_the_documented_query_shows_the_documented_keys_of_our_table(
    aws: Emulator, table: str
) -> None:
    query = re.search(r"describe-table .*--query '(Table\.\{keys: .+)'\n", PAGE)
    shown = re.search(r'```json\n(\{"keys": .+\})\n```', PAGE)
    assert query
    assert shown

    described = aws.client("dynamodb").describe_table(TableName=table)

    assert jmespath.search(query[1], described) == json.loads(shown[1])
