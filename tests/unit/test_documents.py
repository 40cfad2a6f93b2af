"""docs/spec.md says what the code does."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from putevents import errors
from putevents.cross_origin import CLIENT_HEADERS, EXPOSE_HEADERS, TRACING_HEADERS
from putevents.observability import Metric
from putevents.wire import rules as wire_rules
from putevents.wire import schemas
from putevents.wire.answers import ACCEPTED, FAILED
from putevents.wire.rules import Rejection, Rule
from tests.unit.doors import Doors

ROOT = Path(__file__).parents[2]
SPEC = (ROOT / "docs/spec.md").read_text()
README = (ROOT / "README.md").read_text()


ERRORS = [
    error
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, errors.RequestError) and hasattr(error, "name")
]


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_is_in_the_spec_with_its_status(error: type[errors.RequestError]) -> None:
    assert re.search(rf"\| {error.status.value} \| .*{error.name}", SPEC)


def rules(annotation: Any) -> Iterator[str]:
    """The text of each Rule in an annotation."""
    for metadata in getattr(annotation, "__metadata__", ()):
        if isinstance(metadata, Rule):
            yield metadata.text
    for part in get_args(annotation):
        yield from rules(part)


def texts() -> set[str]:
    """Every text that the schemas, the rules and the answers can say."""
    shapes = [
        s for s in vars(schemas).values() if isinstance(s, type) and issubclass(s, schemas.Shape)
    ]
    found = {
        text
        for shape in shapes
        for hint in get_type_hints(shape, include_extras=True).values()
        for text in rules(hint)
    }
    source = (ROOT / "lambda_src/putevents/wire/schemas.py").read_text()
    found |= {
        "".join(re.findall(r'"([^"]*)"', call))
        for call in re.findall(r'broken\(\s*((?:"[^"]*"\s*)+)', source)
    }
    return found | {r.rule for r in vars(wire_rules).values() if isinstance(r, Rejection)}


@pytest.mark.parametrize("text", sorted({*texts(), FAILED["Message"], ACCEPTED["Message"]}))
def test_every_text_is_in_the_spec(text: str) -> None:
    assert text in SPEC


@pytest.mark.parametrize("metric", [*Metric])
def test_every_metric_is_in_the_spec(metric: Metric) -> None:
    assert f"`{metric}`" in SPEC


@pytest.mark.parametrize("header", [*CLIENT_HEADERS, *TRACING_HEADERS, *EXPOSE_HEADERS])
def test_every_header_for_browsers_is_in_the_spec(header: str) -> None:
    assert f"`{header}`" in SPEC


def test_every_route_is_in_the_spec(doors: Doors) -> None:
    for route in doors.api.app._dynamic_routes:
        path = route.path.replace("<application_id>", "{app}").replace("<endpoint_id>", "{id}")
        path = path.replace("<user_id>", "{user-id}")
        variants = [path, path.replace("{app}", "{application-id}"), ".../events/legacy"]
        assert any(variant in SPEC for variant in variants), path
