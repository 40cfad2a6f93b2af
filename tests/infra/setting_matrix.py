"""Variants of the deploy settings in which every pair of values that can stand together does."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations
from typing import Any

from covertable import make

from infra.deploy_settings import MAX_APPLICATIONS
from tests.infra.setting_values import FIELDS, completed, examples, is_valid

# As many as `make test` lints; `make lint-templates` takes all.
FIRST = 12
Variant = dict[str, Any]
Chosen = tuple[
    tuple[str, int], ...
]  # settings, each with the place of its value among the examples


@cache
def variants() -> list[Variant]:
    """The variants, those with the most new pairs first; each is valid."""
    places = {name: list(range(len(examples(name)))) for name in FIELDS}
    chosen: Iterable[Chosen] = (
        ((a, i), (b, j)) for a, b in combinations(FIELDS, 2) for i in places[a] for j in places[b]
    )
    excluded = [pair for pair in chosen if not _possible(pair)]
    while True:
        rows = make(places, constraints=[_never(together) for together in excluded])
        rejected = [row for row in rows if not is_valid(_values(row.items()))]
        if not rejected:
            return [_values((name, row[name]) for name in FIELDS) for row in rows]
        excluded += {_conflict(row) for row in rejected}


def largest() -> list[Variant]:
    """As many applications as are allowed, for each destination: long to synthesise and to lint."""
    ids = [f"app-{number}" for number in range(MAX_APPLICATIONS)]
    given = ({"applicationIds": ids, "destination": value} for value in examples("destination"))
    return [variant for some in given if (variant := completed(some))]


def pairs(variant: Variant) -> Iterator[str]:
    """Every pair of values in a variant, as text."""
    return (f"{one} {other}" for one, other in combinations(sorted(map(repr, variant.items())), 2))


def possible_pairs() -> set[str]:
    """Every pair of values that the settings' own checks allow."""
    values = [(name, value) for name in FIELDS for value in examples(name)]
    together = (dict(pair) for pair in combinations(values, 2) if pair[0][0] != pair[1][0])
    return {text for pair in together if completed(pair) for text in pairs(pair)}


def name(variant: Variant) -> str:
    """What differs from cdk.json, short enough for a line."""
    changed = {name: v for name, v in variant.items() if v != examples(name)[0]}
    words = (f"{name}={_short(value)}" for name, value in changed.items())
    return " ".join(words) or "as in cdk.json"


def _short(value: Any) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= 24 else f"{text[:20]}..."


def _conflict(row: dict[str, int]) -> Chosen:
    """The values of a row, three at most, that no others make valid."""
    found = (three for three in combinations(row.items(), 3) if not _possible(three))
    return next(found)  # more than three would be news: extend this then


def _possible(chosen: Chosen) -> bool:
    return completed(_values(chosen)) is not None


def _values(chosen: Iterable[tuple[str, int]]) -> Variant:
    return {name: examples(name)[place] for name, place in chosen}


def _never(together: Chosen) -> dict[str, Any]:
    """All of these at once, as what covertable leaves out."""
    others = [{"operator": "ne", "left": name, "value": place} for name, place in together]
    return {"operator": "or", "conditions": others}
