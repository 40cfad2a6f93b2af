"""`make bench` times what is there: each place of its picture is a function."""

from importlib import import_module
from operator import attrgetter

import pytest

from tests.benchmarks.bench_page import COLOURS
from tests.benchmarks.time_shares import PLACES


@pytest.mark.parametrize("place", [place for places in PLACES.values() for place in places])
def test_a_place_is_a_function(place: str) -> None:
    module, _, path = place.partition(":")

    assert callable(attrgetter(path)(import_module(module)))


def test_each_share_has_a_colour_of_its_own() -> None:
    assert len(PLACES) == len(set(COLOURS))
