"""The page of deploy settings and README's table, made of the model; as a module it writes both."""

import re
from collections.abc import Iterable
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from infra.deploy_settings import DeploySettings
from tests.infra.synthesis import CONTEXT, ROOT

DOCUMENT = ROOT / "docs/settings.md"
README = ROOT / "README.md"
# The lines of a document are longer than those of code.
_HEAD = (
    "# Deploy settings\n\n"
    "In the `context` of `cdk.json`, or on the command line: "
    '`make deploy CDK_OPTIONS="-c auth=api-key"`. A wrong value, or one that contradicts another, '
    "stops the\nsynthesis with a sentence that says what is allowed. What a change takes away, and "
    "what else to know: [operations.md](operations.md).\n"
)
_TABLE = re.compile(r"(?<=<!-- settings -->\n).*?(?=\n<!-- end -->)", re.DOTALL)


def table(fields: Iterable[FieldInfo]) -> str:
    """Each setting with its default and what it may be, as Markdown."""
    rows = ["| setting | default | what it may be |", "| --- | --- | --- |"]
    for field in fields:
        value = ",".join(field.default) if isinstance(field.default, tuple) else field.default
        default = "(must be set)" if value is PydanticUndefined else f"`{value}`"
        default = {"`None`": "nothing", "``": "none", "`False`": "`false`"}.get(default, default)
        rows.append(f"| `{field.alias}` | {default} | {field.description} |")
    return "\n".join(rows)


def readme_table() -> str:
    """The settings that stand in cdk.json, which a first deploy may need."""
    return table(f for f in DeploySettings.model_fields.values() if f.alias in CONTEXT)


def document() -> str:
    """Every setting, under its group."""
    parts = [_HEAD]
    for group in DeploySettings.groups():
        own = [group.model_fields[name] for name in group.__annotations__]
        parts.append(f"## {(group.__doc__ or '').rstrip('.')}\n\n{table(own)}\n")
    return "\n".join(parts)


def shown(readme: Path = README) -> str | None:
    """The table that README has, or None without its markers."""
    found = _TABLE.search(readme.read_text())
    return found[0] if found else None


def main() -> None:
    """Write both."""
    DOCUMENT.write_text(document())
    README.write_text(_TABLE.sub(lambda _: readme_table(), README.read_text()))


if __name__ == "__main__":
    main()
