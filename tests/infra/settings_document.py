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
    "All settings of a gateway, with their defaults and allowed values. You need `applicationIds` "
    "and should choose `auth`; leave the\nrest until you need it.\n\n"
    "Set them in the `context` of `cdk.json`, or on the command line: "
    '`make deploy CDK_OPTIONS="-c auth=api-key"`.\nA wrong value, or one that contradicts '
    "another setting, stops `make deploy` with a sentence that names the allowed ones.\nBefore "
    "you change a setting, read which of them [remove something]"
    "(deploying.md#settings-that-remove-something).\n\n"
    '"a,b or a JSON list" means that you write a list as `a,b` or as `["a", "b"]`. "Nothing" is '
    "an empty text.\n"
)
_PAGE = re.compile(r"docs/([\w-]+\.md)")
_TABLE = re.compile(r"(?<=<!-- settings -->\n).*?(?=\n<!-- end -->)", re.DOTALL)


def table(fields: Iterable[FieldInfo], folder: str = "") -> str:
    """Each setting as a row of Markdown; pages are linked from the folder's parent."""
    rows = ["| setting | default | effect | allowed values |", "| --- | --- | --- | --- |"]
    for field in fields:
        value = ",".join(field.default) if isinstance(field.default, tuple) else field.default
        default = "(must be set)" if value is PydanticUndefined else f"`{value}`"
        default = {"`None`": "nothing", "``": "none", "`False`": "`false`", "`True`": "`true`"}.get(
            default, default
        )
        texts = f"{field.title} | {field.description}"
        linked = _PAGE.sub(rf"[\1]({folder}\1)", texts)
        rows.append(f"| `{field.alias}` | {default} | {linked} |")
    return "\n".join(rows)


def readme_table() -> str:
    """The settings that stand in cdk.json, which a first deploy may need."""
    shown = [f for f in DeploySettings.model_fields.values() if f.alias in CONTEXT]
    return table(shown, "docs/")


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
