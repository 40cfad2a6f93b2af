"""The put-events command before a doorkeeper: every `auth` of a deployment."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.doorkeeper import (
    API_KEY,
    ID_TOKEN,
    has_api_key,
    has_bearer_token,
    has_id_token,
    is_signed_for_execute_api,
    standing_before,
)
from tests.clients.payload import ALL_ACCEPTED, BATCH_ITEM, STORED
from tests.clients.programs import ENVIRONMENT, Program
from tests.commands.running_send import Command, events
from tests.local.running_gateway import RunningGateway
from tests.loopback import Request
from tests.upstream import running_upstream

REQUEST = json.dumps({"BatchItem": BATCH_ITEM})
AUTHS: dict[str, tuple[Callable[[Request], bool], str, str]] = {
    "cognito": (has_id_token, "--token", ID_TOKEN),
    "jwt": (has_bearer_token, "--token", ID_TOKEN),
    "api-key": (has_api_key, "--api-key", API_KEY),
}
# What API Gateway says to whoever has no token or key.
REJECTED = {
    "cognito": "UnauthorizedException: Unauthorized",
    "jwt": "UnauthorizedException: Unauthorized",
    "api-key": "ForbiddenException: Forbidden",
}
NO_CREDENTIALS = dict.fromkeys(
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), ""
)


def test_iam_is_a_signature_for_execute_api(
    run: Program, app: str, gateway: RunningGateway
) -> None:
    """Over path, body and session token; the path has what has to be escaped."""
    calls: list[Request] = []

    def admits(call: Request) -> bool:
        calls.append(call)
        return is_signed_for_execute_api(call)

    options = "--auth", "iam", "--events-request", REQUEST
    with standing_before(gateway.url, admits) as url:
        answer = Command(run, url).send("--application-id", app, *options)
        # Let in, it is answered 404: no deploy has such an id, but other servers may.
        _, _, escaped = Command(run, url)("--application-id", f"{app} ü", *options)

    assert answer == ALL_ACCEPTED
    assert sorted(gateway.stored(app)) == STORED
    assert "HTTP 404 NotFoundException: Application not found." in escaped
    call, other = calls
    assert f"/v1/apps/{app}%20%C3%BC/" in other.target
    assert call.headers["x-amz-security-token"] == ENVIRONMENT["AWS_SESSION_TOKEN"]
    assert "x-amz-content-sha256" not in call.headers  # so the doorkeeper hashed the body itself


def test_iam_is_what_is_taken_for_granted(run: Program, app: str, gateway: RunningGateway) -> None:
    with standing_before(gateway.url, is_signed_for_execute_api) as url:
        Command(run, url).send(
            "--application-id", app, "--events-request", REQUEST, PUT_EVENTS_AUTH=""
        )

    assert sorted(gateway.stored(app)) == STORED


def test_a_signature_for_another_region_is_refused(
    run: Program, app: str, gateway: RunningGateway
) -> None:
    options = ["--application-id", app, "--events-request", REQUEST, "--auth", "iam"]
    with standing_before(gateway.url, is_signed_for_execute_api) as url:
        status, output, errors = Command(run, url)(*options, "--region", "eu-west-1")

    assert (status, output) == (3, "")
    assert (
        errors == "Error: HTTP 403 InvalidSignatureException: The signature does not match."
        " (request id made-up)\n"
    )
    assert gateway.stored(app) == []


def test_the_url_of_an_api_tells_its_region(run: Program) -> None:
    """Such a host is reached here through the user's proxy."""
    with running_upstream() as proxy:
        command = Command(run, "http://abc.execute-api.eu-south-2.amazonaws.com/prod")
        options = ["--auth", "iam", "--application-id", "a"]

        command.send(
            *options, "--events-request", json.dumps(events(e="tap")), http_proxy=proxy.url
        )

    assert "/eu-south-2/execute-api/aws4_request" in proxy.headers[0]["authorization"]
    assert proxy.requests[0][0].endswith(".amazonaws.com/prod/v1/apps/a/events")


def test_credentials_may_be_those_of_a_profile(
    run: Program, app: str, gateway: RunningGateway, tmp_path: Path
) -> None:
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    lines = [f"{name.lower()} = {ENVIRONMENT[name]}" for name in names]
    file = tmp_path / "credentials"
    file.write_text("\n".join(["[deployer]", *lines]))
    options = ["--auth", "iam", "--profile", "deployer", "--application-id", app]
    with standing_before(gateway.url, is_signed_for_execute_api) as url:
        Command(run, url).send(
            *options,
            "--events-request",
            REQUEST,
            AWS_SHARED_CREDENTIALS_FILE=str(file),
            AWS_SECRET_ACCESS_KEY="another",
        )

    assert sorted(gateway.stored(app)) == STORED


def test_for_make_run_the_option_that_helps_is_named(run: Program) -> None:
    no_region = {"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "PUT_EVENTS_AUTH": "iam"}
    put_events = Command(run, "http://localhost:9")

    status, _, errors = put_events("--application-id", "a", **no_region)

    assert status == 2
    assert "The URL does not tell the region: --auth iam needs --region. A gateway on" in errors
    assert errors.endswith('--auth none, with make OPTIONS="--auth none".\n')


def test_without_credentials_nothing_is_sent(run: Program) -> None:
    with running_upstream() as upstream:
        status, output, errors = Command(run, upstream.url)(
            "--auth", "iam", "--application-id", "a", "--events-request", "{}", **NO_CREDENTIALS
        )

    assert (status, output) == (2, "")
    assert (
        "Error: Unable to locate credentials. A gateway on this machine asks for none: " in errors
    )
    assert errors.endswith('--auth none, with make OPTIONS="--auth none".\n')
    assert upstream.requests == []


@pytest.mark.parametrize("auth", AUTHS)
def test_a_token_or_key_opens_the_door(
    run: Program, app: str, gateway: RunningGateway, auth: str
) -> None:
    admits, option, secret = AUTHS[auth]
    options = ["--application-id", app, "--events-request", REQUEST]
    with standing_before(gateway.url, admits) as url:
        put_events = Command(run, url)

        status, _, errors = put_events(*options)
        answer = put_events.send(*options, "--auth", auth, option, secret)

    assert status == 3
    assert errors == f"Error: HTTP 403 {REJECTED[auth]} (request id made-up)\n"
    assert answer == ALL_ACCEPTED
    assert sorted(gateway.stored(app)) == STORED


@pytest.mark.parametrize("auth", AUTHS)
def test_a_secret_need_not_stand_in_the_command_line(
    run: Program, app: str, gateway: RunningGateway, auth: str
) -> None:
    admits, option, secret = AUTHS[auth]
    variable = "PUT_EVENTS_" + option.removeprefix("--").replace("-", "_").upper()
    options = ["--application-id", app, "--events-request", REQUEST, "--auth", auth]
    with standing_before(gateway.url, admits) as url:
        Command(run, url).send(*options, **{variable: f"{secret}\n"})

    assert sorted(gateway.stored(app)) == STORED
