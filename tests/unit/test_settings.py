"""A function starts with complete settings or says which are wrong."""

import pytest

from putevents.errors import SettingsError
from putevents.settings import Settings
from tests.unit.doors import ENVIRONMENT


def test_settings_are_read_from_the_environment() -> None:
    settings = Settings.load({**ENVIRONMENT, "APPLICATION_IDS": " a, b ,", "OTHER": "x"})
    assert settings.application_ids == ("a", "b")
    assert settings.retry_delay_seconds == 30
    assert settings.serves("a")
    assert not settings.serves("c")
    assert not settings.serves("*")


def test_a_star_serves_any_application() -> None:
    assert Settings.load({**ENVIRONMENT, "APPLICATION_IDS": "*"}).serves("anything")


def test_endpoints_are_not_read_unless_it_is_said() -> None:
    environ = {name: value for name, value in ENVIRONMENT.items() if name != "ENDPOINT_READS"}
    assert not Settings.load(environ).endpoint_reads


def test_the_first_delay_can_be_set() -> None:
    assert Settings.load({**ENVIRONMENT, "RETRY_DELAY_SECONDS": "0"}).retry_delay_seconds == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DESTINATION", None), ("DESTINATION", "nowhere"), ("APPLICATION_IDS", None),
        ("APPLICATION_IDS", " , "), ("RETRY_QUEUE_URL", None), ("RETRY_QUEUE_URL", "queue"),
        ("DEAD_LETTER_QUEUE_URL", None), ("CORS_ORIGINS", None), ("RETRY_DELAY_SECONDS", "901"),
    ],
)  # fmt: skip
def test_a_missing_or_wrong_variable_is_named(name: str, value: str | None) -> None:
    environ = {k: v for k, v in ENVIRONMENT.items() if k != name}
    if value is not None:
        environ[name] = value
    with pytest.raises(SettingsError, match=name):
        Settings.load(environ)
