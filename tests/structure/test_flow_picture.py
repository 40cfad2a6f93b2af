"""The picture of an event's way can be read on a phone, and has every destination."""

import re
from typing import get_args
from xml.etree import ElementTree

import pytest

from infra.settings.gateway_settings import DestinationName
from tests.structure.source_files import ROOT

PICTURE = (ROOT / "docs/images/flow.svg").read_text()
PHONE = 400  # pixels
SMALLEST = 11  # pixels


def test_its_letters_are_large_enough_on_a_phone() -> None:
    width = float(ElementTree.fromstring(PICTURE).attrib["viewBox"].split()[2])  # noqa: S314 - ours
    sizes = [float(size) for size in re.findall(r"font(?:-size)?: (\d+)px", PICTURE)]

    assert min(sizes) * min(1, PHONE / width) >= SMALLEST


@pytest.mark.parametrize("destination", get_args(DestinationName))
def test_it_has_every_destination(destination: str) -> None:
    titles = " ".join(re.findall(r'<text class="bold"[^>]*>([^<]+)<', PICTURE))

    assert re.search(rf"\b{destination}\b", titles)
