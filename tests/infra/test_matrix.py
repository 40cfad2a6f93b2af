"""Every deploy setting has example values, and the variants hold every pair of them."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from tests.infra.setting_matrix import every_value, pairs, possible_pairs, variants
from tests.infra.setting_values import FIELDS, FREE, changes, completed, examples, is_valid, of_type


@pytest.mark.parametrize("setting", FIELDS)
def test_a_setting_has_a_value_to_change_to(setting: str) -> None:
    assert len(examples(setting)) > 1, (
        f"Give {setting} example values in FREE of tests/infra/setting_values.py."
    )


def test_examples_are_for_settings_that_exist() -> None:
    assert FREE.keys() - FIELDS.keys() == set()


def test_every_example_is_valid_beside_something() -> None:
    assert [change for change in changes() if completed(dict([change])) is None] == []


def test_what_a_value_needs_is_found_by_the_settings_own_checks() -> None:
    found = completed({"auth": "cognito"})

    assert found
    assert found["userPoolId"]
    assert completed({"auth": "none", "trustArrival": True}) is None


def test_every_variant_is_valid() -> None:
    assert [variant for variant in variants() if not is_valid(variant)] == []


def test_every_pair_of_values_that_can_stand_together_does() -> None:
    covered = {text for variant in variants() for text in pairs(variant)}

    assert possible_pairs() - covered == set()


def test_a_few_variants_hold_every_value() -> None:
    held = [{name: variant[name] for name in FIELDS} for variant in every_value()]

    assert [variant for variant in every_value() if not is_valid(variant)] == []
    assert [(n, v) for n, v in changes() if v not in [values[n] for values in held]] == []
    assert len(held) < 10 < len(variants())


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Literal["a", "b"] | None, ["a", "b"]),
        (Annotated[int | None, Field(ge=1, le=5)], [1, 5]),
        (Annotated[int, Field(ge=1, le=5)] | None, [1, 5]),
        (tuple[Literal["x", "y"], ...], [["x"], ["y"]]),
        (bool, [False, True]),
        (str, []),
    ],
)
def test_choices_and_bounds_come_from_the_type(kind: Any, told: list[Any]) -> None:
    assert list(of_type(kind)) == told
