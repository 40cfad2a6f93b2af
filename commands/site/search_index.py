"""Let the site's search find the pages for users first, and those about reasons and history last."""

import json
from pathlib import Path
from typing import Any

# Of these only titles are found: their text names everything, and answers no user's question.
TITLES_ONLY = ("docs/decisions/", "CHANGELOG/", "CODE_OF_CONDUCT/", "tests/")
# These come after all others that match as well.
LAST = ("docs/decisions/", "docs/code/", "docs/fuzzing/", "CONTRIBUTING/", *TITLES_ONLY)


def order_search(index: Path) -> None:
    """Rewrite the index that Zensical wrote."""
    found = json.loads(index.read_text())
    found["items"] = ordered(found["items"])
    index.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":")))


def ordered(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the sections of all pages, each with the text that search may find.

    Zensical has no weights for pages: it ranks by field, and equal ones by their order here.
    """
    return sorted(map(_shortened, items), key=lambda item: item["location"].startswith(LAST))


def _shortened(item: dict[str, Any]) -> dict[str, Any]:
    location = item["location"]
    # The list of decisions is found by its text: it leads to the others.
    if location.startswith(TITLES_ONLY) and location.partition("#")[0] != "docs/decisions/":
        return item | {"text": ""}
    return item
