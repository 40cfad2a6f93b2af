"""Variants of the deploy settings in which every pair of values that can stand together does."""

from collections.abc import Iterable, Iterator, Mapping
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
    """Every pair of values, those with the most new pairs first; each variant is valid."""
    return covering({name: examples(name) for name in FIELDS}, 2)


def covering(values: Mapping[str, list[Any]], strength: int) -> list[Variant]:
    """Valid variants in which every value stands, or with strength 2 every pair of values."""
    places = {name: list(range(len(found))) for name, found in values.items()}

    def named(row: Iterable[tuple[str, int]]) -> Variant:
        return {name: values[name][place] for name, place in row}

    def excludes(chosen: Chosen) -> bool:
        return completed(named(chosen)) is None

    excluded: list[Chosen] = [
        ((a, i), (b, j))
        for a, b in combinations(places, 2)
        for i in places[a]
        for j in places[b]
        if excludes(((a, i), (b, j)))
    ]
    while True:
        constraints = [_never(together) for together in excluded]
        rows = make(places, strength=strength, constraints=constraints)
        rejected = [row for row in rows if not is_valid(named(row.items()))]
        if not rejected:
            return [named((name, row[name]) for name in places) for row in rows]
        # Three that exclude each other; more would be news, and end here.
        excluded += {next(filter(excludes, combinations(row.items(), 3))) for row in rejected}


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


def _never(together: Chosen) -> dict[str, Any]:
    """All of these at once, as what covertable leaves out."""
    others = [{"operator": "ne", "left": name, "value": place} for name, place in together]
    return {"operator": "or", "conditions": others}
