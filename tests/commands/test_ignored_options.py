"""An option that another one makes ineffective is an error; nothing is read or called before."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.__main__ import main

LAPTOP = "http://127.0.0.1:9"
HERE = str(Path(__file__).parent)
IGNORED = [
    # The laptop's store is named, and the deployed stack would be asked.
    ("replay-rejected --data-dir .data", "--data-dir has no effect without --url"),
    ("replay-rejected --url LAPTOP --stack S", "--stack has no effect with --url"),
    ("replay-rejected --url LAPTOP --region r", "--region has no effect with --url"),
    ("redrive --url LAPTOP --profile p", "--profile has no effect with --url"),
    ("dead-letters --url LAPTOP --region r", "--region has no effect with --url"),
    ("redrive --url LAPTOP --stack S", "--stack has no effect with --url"),
    ("dead-letters --url LAPTOP --stack S", "--stack has no effect with --url"),
    ("import-endpoints FOLDER --application-id a --data-dir FOLDER --stack S", "--stack has no"),
    ("import-endpoints FOLDER --application-id a --data-dir FOLDER --profile p", "--profile has"),
    ("import-endpoints FOLDER --application-id a --data-dir FOLDER --region r", "--region has no"),
    ("forget --user u --data-dir FOLDER --stack S", "--stack has no effect with --data-dir"),
    ("forget --user u --data-dir FOLDER --region r", "--region has no effect with --data-dir"),
    ("send --url LAPTOP --auth none --token t", "--token has no effect with --auth none"),
    ("send --url LAPTOP --auth iam --api-key k", "--api-key has no effect with --auth iam"),
    ("load --url LAPTOP --token t", "--token has no effect with --auth iam"),
    ("conformance --url LAPTOP --auth jwt --token t --region r", "--region has no effect with"),
    ("release --check-only --tag", "--tag has no effect with --check-only"),
]


@pytest.mark.parametrize(("typed", "sentence"), IGNORED)
def test_an_option_without_effect_is_an_error(typed: str, sentence: str) -> None:
    places = {"LAPTOP": LAPTOP, "FOLDER": HERE}

    done = CliRunner().invoke(main, [places.get(word, word) for word in typed.split()])

    assert done.exit_code == 2, done.output
    assert sentence in done.output


def test_a_variable_that_is_there_for_other_commands_is_no_error() -> None:
    typed = ["send", "--url", LAPTOP, "--auth", "none", "--events-request", "{"]

    done = CliRunner(env={"PUT_EVENTS_TOKEN": "t"}).invoke(main, typed)

    assert "has no effect" not in done.output
