"""docs/spec.md and the tree in README.md say what the code does."""

import re
from pathlib import Path

import pytest

from putevents.api_handler import ALLOW_HEADERS, EXPOSE_HEADERS, app
from putevents.ingest import submission as report
from putevents.observability import Metric
from putevents.wire import answers as responses
from putevents.wire import rules as rejection

ROOT = Path(__file__).parents[2]
SPEC = (ROOT / "docs/spec.md").read_text()
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", sorted({name for _, name, _ in responses.ERRORS.values()}))
def test_every_error_is_in_the_spec_with_its_status(name: str) -> None:
    [status] = {s.value for s, n, _ in responses.ERRORS.values() if n == name}
    assert re.search(rf"\| {status} \| .*{name}", SPEC)


@pytest.mark.parametrize(
    "text",
    [
        *rejection._RULES.values(),
        *(r.rule for r in vars(rejection).values() if isinstance(r, rejection.Rejection)),
        report.FAILED["Message"],
        report.ACCEPTED["Message"],
    ],
)
def test_every_text_is_in_the_spec(text: str) -> None:
    assert text in SPEC or text in {"Should be an object.", "Text should be valid Unicode."}


@pytest.mark.parametrize("metric", [*Metric])
def test_every_metric_is_in_the_spec(metric: Metric) -> None:
    assert f"`{metric}`" in SPEC


@pytest.mark.parametrize("header", [*ALLOW_HEADERS, *EXPOSE_HEADERS])
def test_every_header_for_browsers_is_in_the_spec(header: str) -> None:
    assert f"`{header}`" in SPEC


def test_every_route_is_in_the_spec() -> None:
    for route in app._dynamic_routes:
        path = route.path.replace("<application_id>", "{app}").replace("<endpoint_id>", "{id}")
        path = path.replace("<user_id>", "{user-id}")
        variants = [path, path.replace("{app}", "{application-id}"), ".../events/legacy"]
        assert any(variant in SPEC for variant in variants), path


def test_every_folder_and_module_of_the_package_is_in_the_readmes_tree() -> None:
    tree = README.partition("## What stands where")[2]
    minor = {"__init__.py", "settings.py", "observability.py", "gateway.py", "responses.py"}
    modules = {path.name for path in (ROOT / "lambda_src/putevents").glob("*.py")}
    assert [name for name in sorted(modules - minor) if name not in tree] == []
    for folder in ("infra", "lambda_src", "local", "commands", "clients", "tests", "docs"):
        assert f"{folder}/" in tree
