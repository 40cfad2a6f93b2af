"""Variants of the deploy settings in which every pair of values that can stand together does."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, product
from typing import Any
from zlib import crc32

from infra.names import MAX_APPLICATIONS
from tests.infra.setting_values import FIELDS, completed, examples, is_valid

Variant = dict[str, Any]


@cache
def variants() -> list[Variant]:
    """Every pair of values, those with the most new pairs first; each variant is valid."""
    return covering({name: examples(name) for name in FIELDS}, 2)


@cache
def every_value() -> list[Variant]:
    """Every value, in as few variants as that takes: `make test` lints these.

    `make lint-templates` takes `variants`.
    """
    return covering({name: examples(name) for name in FIELDS}, 1)


def covering(values: Mapping[str, list[Any]], strength: int) -> list[Variant]:
    """Valid variants in which every value stands, or with strength 2 every pair of values.

    A setting with a single value has it in every variant. A pair that needs a value beside those
    given is left out.

    Each takes as many as go together, by the settings' own checks. A library would have to be told
    what excludes what, and does not find its way around that much of it.
    """
    always = {name: found[0] for name, found in values.items() if len(found) == 1}
    wanted = [
        (pair, need)
        for names in combinations(values, strength)
        for chosen in product(*(values[name] for name in names))
        for pair in [dict(zip(names, chosen, strict=True))]
        if (need := completed({**always, **pair})) is not None
        and all(value in values[name] for name, value in need.items())
    ]
    # What needs most comes first; the rest mixed, always in the same way, so that rows fill up.
    wanted.sort(key=lambda pair: (-len(pair[1]), crc32(repr(pair[0]).encode())))
    first = {name: found[0] for name, found in values.items()}
    found: list[Variant] = []
    while wanted:
        fixed: Variant = {}
        for _, need in wanted:
            if _agree(fixed, need) and is_valid({**first, **fixed, **need}):
                fixed |= need
        row = {**first, **fixed}
        left = [pair for pair in wanted if not _agree(row, pair[0])]
        assert len(left) < len(wanted), f"no variant has {wanted[0][0]}"
        found.append(row)
        wanted = left
    return found


def _agree(one: Variant, other: Variant) -> bool:
    """Whether no setting has two values."""
    return all(one[name] == value for name, value in other.items() if name in one)


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
