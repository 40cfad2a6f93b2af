"""`conformance` gets in with whatever `--auth` says, and sees that nobody does without."""

import pytest
from click.testing import CliRunner

from commands.conformance.conformance_command import conformance
from tests.clients.doorkeeper import (
    API_KEY,
    ID_TOKEN,
    has_api_key,
    has_id_token,
    is_signed_for_execute_api,
    standing_before,
)
from tests.clients.programs import ENVIRONMENT
from tests.conformance.conftest import ORIGIN
from tests.local.running_gateway import RunningGateway

FEW = "^(shapes|errors|endpoint-calls|browsers)/"
AUTHS = {
    "iam": (is_signed_for_execute_api, ["--region", "us-east-1"]),
    "cognito": (has_id_token, ["--token", ID_TOKEN]),
    "api-key": (has_api_key, ["--api-key", API_KEY]),
}


@pytest.mark.parametrize("auth", AUTHS)
def test_each_auth_gets_in_and_nobody_else_does(gateway: RunningGateway, auth: str) -> None:
    admits, options = AUTHS[auth]
    with standing_before(gateway.url, admits) as url:
        given = ["--url", url, "--auth", auth, "--origin", ORIGIN, "--only", FEW, *options]
        done = CliRunner(env=ENVIRONMENT).invoke(conformance, given)

    assert done.exit_code == 0, done.output
    assert "0 failed, 0 skipped." in done.output


def test_a_server_that_lets_everybody_in_fails(gateway: RunningGateway) -> None:
    given = ["--url", gateway.url, "--auth", "api-key", "--api-key", "x", "--only", "errors"]
    done = CliRunner().invoke(conformance, given)

    assert done.exit_code == 1
    assert "errors/not-authenticated" in done.output
