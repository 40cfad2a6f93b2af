"""The README's table of deploy settings is the model's own."""

import re
from pathlib import Path

from pydantic_core import PydanticUndefined

from infra.deploy_settings import DeploySettings

README = Path(__file__).parents[2] / "README.md"


def settings_table() -> str:
    """Each option with its default and what it may be, as Markdown."""
    rows = ["| setting | default | what it may be |", "| --- | --- | --- |"]
    for field in DeploySettings.model_fields.values():
        default = "(must be set)" if field.default is PydanticUndefined else f"`{field.default}`"
        default = {"`None`": "nothing", "`()`": "none", "`False`": "`false`"}.get(default, default)
        rows.append(f"| `{field.alias}` | {default} | {field.description} |")
    return "\n".join(rows)


def test_the_settings_table_is_the_models() -> None:
    shown = re.search(r"<!-- settings -->\n(.*?)\n<!-- end -->", README.read_text(), re.DOTALL)
    assert shown, "the README has lost its markers"
    assert shown[1].strip() == settings_table()
