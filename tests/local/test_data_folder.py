"""Which folder `DATA_DIR` names."""

from pathlib import Path

import pytest

from local.database import data_folder


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("", ".data"),
        ("events", "events"),
        ("~", "HOME"),
        ("~/events", "HOME/events"),  # as some shells hand it on
        ("~nobody-has-this-name/events", "~nobody-has-this-name/events"),
        ("here/~/events", "here/~/events"),
    ],
)
def test_a_tilde_at_the_start_is_the_home_folder(
    given: str, meant: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DATA_DIR", given)

    assert data_folder() == Path(meant.replace("HOME", str(tmp_path)))
