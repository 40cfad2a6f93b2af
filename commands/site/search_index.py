"""Let the site's search find pages for users first, those about reasons and history last."""

import json
from pathlib import Path
from typing import Any

# Of these only the title is found: their text names everything, and answers no user's question.
TITLE_ONLY = ("docs/decisions/", "CHANGELOG/", "CODE_OF_CONDUCT/", "tests/")
LIST = "docs/decisions/"  # of all decisions: found by its text, it leads to the others
# These come after all others that match as well.
LAST = ("docs/code/", "docs/fuzzing/", "CONTRIBUTING/", *TITLE_ONLY)


def order_search(index: Path) -> None:
    """Rewrite the index that Zensical wrote."""
    found = json.loads(index.read_text())
    found["items"] = ordered(found["items"])
    index.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":")))


def ordered(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the sections of all pages, each with the text that search may find.

    Zensical has no weights for pages: it ranks by field, and equal ones by their order here.
    """
    found = [item for item in items if not _is_inside(item["location"])]
    return sorted(map(_shortened, found), key=lambda item: item["location"].startswith(LAST))


def _is_inside(location: str) -> bool:
    page, _, section = location.partition("#")
    return bool(section) and page.startswith(TITLE_ONLY) and page != LIST


def _shortened(item: dict[str, Any]) -> dict[str, Any]:
    location = item["location"].partition("#")[0]
    if location.startswith(TITLE_ONLY) and location != LIST:
        return item | {"text": ""}
    return item
