"""With `auth=none` synth says what protects, and which ids can be guessed."""

from random import Random
from uuid import UUID

import pytest

from infra.application_ids import is_guessable, new_application_id
from tests.infra.conftest import Deploy

GUESSABLE = [
    "a", "my-app", "my-production-application-2026", "aaaaaaaaaaaaaaaaaaaaaaaa", "1234567890" * 3,
    "00000000000000000000000000000001", "com.example.my-app.events.production", "ios-app-v2-2026",
]  # fmt: skip


@pytest.mark.parametrize("id_", GUESSABLE)
def test_short_ids_and_words_are_guessable(id_: str) -> None:
    assert is_guessable(id_)


def test_pinpoints_ids_and_new_ones_are_not() -> None:
    new = {new_application_id() for _ in range(10)}
    drawn = Random(1)  # noqa: S311 - the same ids each time
    pinpoints = [f"{drawn.getrandbits(128):032x}" for _ in range(1000)]
    uuids = [str(UUID(id_)) for id_ in pinpoints]

    assert {len(id_) for id_ in new} == {32}
    assert len(new) == 10
    assert [id_ for id_ in (*pinpoints, *uuids) if is_guessable(id_)] == []


def test_synth_says_what_protects_an_open_door_and_what_does_not(deploy: Deploy) -> None:
    [told] = deploy(auth="none", applicationIds=["my-app", "b"], throttleRate=50).warnings()[:1]
    [fine] = deploy(
        auth="none", applicationIds=["9c1f5a1b2c3d4e5f8a7b6c5d4e3f2a1b"], waf="true"
    ).warnings()[:1]

    assert "my-app, b are guessable: `make new-application-id`" in told
    assert "throttleRate=50, throttleBurst=2000, waf (off), tableMaxWrites (off)" in told
    assert "Nothing checks that events are true" in told
    assert "guessable" not in fine
    assert "waf (on)" in fine
