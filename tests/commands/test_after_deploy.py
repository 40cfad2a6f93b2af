"""A deploy ends with a command to try, for the auth that was chosen, and with links."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from commands.__main__ import main
from commands.deploy.preflight import LETS_IN
from tests.commands.running_preflight import KEYS
from tests.commands.test_dead_letters import stack_of
from tests.loopback import Response

API = "https://abc123.execute-api.eu-west-1.amazonaws.com/prod"
DASHBOARD = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home"
OUTPUTS = {"ApiUrl": f"{API}/", "ApiKeyId": "k1", "DashboardUrl": DASHBOARD}
MORE = {
    "jwt": ["jwtIssuer=https://tenant.eu.auth0.com/", "jwtAudience=https://events.example.com"],
    "cognito": ["userPoolId=eu-west-1_abcdefghi"],
}


def ending(
    home: Path, *words: str, outputs: dict[str, str] = OUTPUTS, **environment: str
) -> tuple[int, str, str]:
    with stack_of(outputs, lambda _: Response(500)) as url:
        here = {**KEYS, "HOME": str(home), "AWS_ENDPOINT_URL": url, **environment}
        done = CliRunner().invoke(main, ["after-deploy", *words], env=here)
    return done.exit_code, done.stdout, done.stderr


def context(auth: str) -> list[str]:
    settings = [f"auth={auth}", "applicationIds=shop,game", *MORE.get(auth, [])]
    return [word for setting in settings for word in ("-c", setting)]


@pytest.mark.parametrize(
    ("auth", "how"),
    [
        ("none", f"curl {API}/v1/apps/shop/events -d"),
        ("api-key", f'curl {API}/v1/apps/shop/events -H "x-api-key: $KEY" -d'),
        ("cognito", f"curl {API}/v1/apps/shop/events -H 'Authorization: ID_TOKEN' -d"),
        ("jwt", f"curl {API}/v1/apps/shop/events -H 'Authorization: Bearer TOKEN' -d"),
        ("iam", f".venv/bin/python -m commands send --url {API} --application-id shop"),
    ],
)
def test_the_command_is_for_the_auth_that_was_chosen(auth: str, how: str, tmp_path: Path) -> None:
    status, said, errors = ending(tmp_path, *context(auth), AWS_REGION="eu-west-1")

    assert (status, errors) == (0, "")
    [command] = [line.strip() for line in said.splitlines() if "BatchItem" in line]
    assert command.startswith(how)
    body: Any = json.loads(shlex.split(command)[-1])
    assert list(body["BatchItem"]["my-device"]["Events"]) == ["1"]
    assert f"    {DASHBOARD}" in said.splitlines()
    assert ("aws apigateway get-api-key --include-value" in said) == (auth == "api-key")
    assert "commands verify --stack PutEventsGateway --url" in said


def test_every_auth_has_words() -> None:
    assert set(LETS_IN) == {"iam", "cognito", "jwt", "api-key", "none"}


def test_profile_and_region_ride_along(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(
        "[profile shop]\nregion = eu-west-1\naws_access_key_id = a\naws_secret_access_key = b\n"
    )
    found = str(tmp_path / ".aws/config")
    words = (*context("api-key"), "--profile", "shop")
    status, said, _ = ending(tmp_path, *words, AWS_CONFIG_FILE=found)

    assert status == 0
    assert "aws apigateway get-api-key --profile shop --include-value" in said


def test_without_a_dashboard_there_is_no_link(tmp_path: Path) -> None:
    _, said, _ = ending(tmp_path, *context("none"), outputs={"ApiUrl": API}, AWS_REGION="eu-west-1")

    assert "Look at it" not in said
    assert "curl" in said


def test_a_stack_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    status, said, errors = ending(tmp_path, *context("none"), outputs={}, AWS_REGION="eu-west-1")

    assert (status, said) == (3, "")
    assert errors.startswith("Error: The stack has no output ApiUrl")
