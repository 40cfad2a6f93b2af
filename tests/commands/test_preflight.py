"""`preflight`: what a first deploy would stumble over is told in a sentence, with what mends it."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from commands.deploy import cdk
from commands.deploy.account_checks import MIN_BOOTSTRAP_VERSION
from commands.deploy.deploy_options import DeployOptions
from infra import interpreter
from tests.commands.aws_answers import (
    TOPIC,
    account,
    answer,
    concurrency,
    error,
    functions,
    query_error,
    stack,
    topic,
)
from tests.commands.running_preflight import KEYS, MEANT, invoke, mends, preflight
from tests.deployed.synthesised import synthesise
from tests.loopback import Response


def test_an_account_that_is_ready_stops_nothing(tmp_path: Path) -> None:
    asked: list[str] = []
    with account(asked) as url:
        done = preflight(url, *MEANT, home=tmp_path)

    assert done == (0, ["Looking at account 123456789012 in eu-west-1 ..."])
    # The role, topic and pool are looked at only where the settings name them.
    assert sorted(asked) == [
        "DescribeStacks",
        "GetAccountSettings",
        "GetCallerIdentity",
        "GetParameter",
    ]


def test_a_machine_without_the_functions_python_is_told_before_anything_is_deployed(
    tmp_path: Path,
) -> None:
    runtime = "python3.12" if sys.version_info[:2] != (3, 12) else "python3.13"
    nowhere = {name: str(tmp_path) for name in ("PYENV_ROOT", "UV_PYTHON_INSTALL_DIR")}
    nowhere["PATH"] = str(Path(node).parent) if (node := shutil.which("node")) else ""
    interpreter.find.cache_clear()
    try:
        with account() as url:
            done = invoke(
                url, "preflight", *MEANT, "-c", f"runtime={runtime}", home=tmp_path, **nowhere
            )
    finally:
        interpreter.find.cache_clear()

    assert done.exit_code == 0
    assert f"will be without bytecode, for this machine has no {runtime}: " in done.stdout
    assert f"(`make lambda-python RUNTIME={runtime}`) and deploy again." in done.stdout


@pytest.mark.parametrize(
    ("options", "differing", "sentence", "commands"),
    [
        pytest.param(
            [],
            {"GetParameter": error("ParameterNotFound")},
            "Account 123456789012 in eu-west-1 is not bootstrapped for the CDK.",
            ["make bootstrap"],
            id="no bootstrap",
        ),
        pytest.param(
            ["--region", "eu-west-1"],
            {"GetParameter": answer(Parameter={"Value": "5"})},
            "Account 123456789012 in eu-west-1 is bootstrapped with version 5, and the CDK needs"
            " 6.",
            ['make bootstrap CDK_OPTIONS="--region eu-west-1"'],
            id="an old bootstrap",
        ),
        pytest.param(
            ["-c", "queueConcurrency=6"],
            {"GetAccountSettings": concurrency(10)},
            "Lambda runs 10 functions at once in this account and region, of which"
            " queueConcurrency=6 leaves the API less than half.",
            [
                "aws service-quotas request-service-quota-increase --service-code lambda"
                " --quota-code L-B99A9384 --desired-value 1000 --region eu-west-1",
                'make deploy CDK_OPTIONS="-c applicationIds=my-app -c queueConcurrency=6'
                ' -c queueConcurrency=5"',
            ],
            id="a new account's concurrency",
        ),
        pytest.param(
            ["-c", "apiLogRole=existing"],
            {"GetAccount": answer()},
            "API Gateway has no role to write logs with in this region, and apiLogRole=existing"
            " creates none.",
            [
                'make deploy CDK_OPTIONS="-c applicationIds=my-app -c apiLogRole=existing'
                ' -c apiLogRole=create"'
            ],
            id="no role for logs",
        ),
        pytest.param(
            [],
            {"DescribeStacks": stack("DELETE_FAILED")},
            "The stack PutEventsGateway is DELETE_FAILED, which no deploy can change.",
            ["make destroy"],
            id="a stuck stack",
        ),
        pytest.param(
            ["-c", f"alarmTopicArn={TOPIC}"],
            {"GetTopicAttributes": query_error("NotFound", "no such topic", 404)},
            f"There is no topic {TOPIC}.",
            ["aws sns list-topics --region eu-west-1"],
            id="no topic",
        ),
        pytest.param(
            ["-c", f"alarmTopicArn={TOPIC.replace('eu-west-1', 'us-east-1')}"],
            {},
            "alarmTopicArn is a topic in us-east-1, and alarms in eu-west-1 cannot publish to it.",
            ["aws sns list-topics --region eu-west-1"],
            id="a topic elsewhere",
        ),
        pytest.param(
            ["-c", f"alarmTopicArn={TOPIC}"],
            {"GetTopicAttributes": topic(KmsMasterKeyId="alias/aws/sns")},
            f"The topic {TOPIC} is encrypted with alias/aws/sns, which CloudWatch may not use.",
            [
                f"aws sns set-topic-attributes --topic-arn {TOPIC}"
                " --attribute-name KmsMasterKeyId --attribute-value YOUR_KEY"
            ],
            id="a topic that CloudWatch cannot use",
        ),
        pytest.param(
            ["-c", "auth=cognito", "-c", "userPoolId=eu-west-1_aB1"],
            {"DescribeUserPool": error("ResourceNotFoundException")},
            "There is no user pool eu-west-1_aB1 in account 123456789012, eu-west-1.",
            ["aws cognito-idp list-user-pools --max-results 60 --region eu-west-1"],
            id="no user pool",
        ),
    ],
)
def test_what_is_missing_is_a_sentence_and_what_mends_it(
    options: list[str],
    differing: dict[str, Response],
    sentence: str,
    commands: list[str],
    tmp_path: Path,
) -> None:
    with account(None, **differing) as url:
        status, printed = preflight(url, *MEANT, *options, home=tmp_path)

    assert status == 3
    assert printed[1:-1] == [sentence, *mends(commands)]
    assert printed[-1] == "Error: One thing is missing; nothing was deployed."


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "ROLLBACK_COMPLETE", "UPDATE_COMPLETE"])
def test_a_stack_that_the_cdk_can_change_stops_nothing(status: str, tmp_path: Path) -> None:
    with account(DescribeStacks=stack(status)) as url:
        assert preflight(url, *MEANT, home=tmp_path)[0] == 0


def test_half_of_a_small_quota_may_go_to_the_queue(tmp_path: Path) -> None:
    with account(GetAccountSettings=concurrency(10)) as url:
        assert preflight(url, *MEANT, "-c", "queueConcurrency=5", home=tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("limit", "asked", "status"), [(10, 1, 3), (1000, 901, 3), (1000, 900, 0), (150, 50, 0)]
)
def test_what_lambda_lets_nobody_reserve_is_told(
    limit: int, asked: int, status: int, tmp_path: Path
) -> None:
    # A stack that is there has its own share of what is no longer free.
    answers = {
        "GetAccountSettings": concurrency(limit - asked, limit),
        "ListStackResources": functions("door"),
        "GetFunctionConcurrency": answer(ReservedConcurrentExecutions=asked),
    }
    with account(None, **answers) as url:
        setting = ("-c", f"apiReservedConcurrency={asked}")
        done, printed = preflight(url, *MEANT, *setting, home=tmp_path)

    assert done == status
    assert any(f"{asked} cannot be reserved." in line for line in printed) == (status == 3)


def test_what_other_functions_have_reserved_is_not_free(tmp_path: Path) -> None:
    with account(GetAccountSettings=concurrency(150, 1000)) as url:
        status, printed = preflight(url, *MEANT, "-c", "apiReservedConcurrency=60", home=tmp_path)

    assert status == 3
    assert printed[1].endswith("keeps 100 for those without a reservation: 60 cannot be reserved.")


def test_all_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    with account(
        GetParameter=error("ParameterNotFound"), DescribeStacks=stack("DELETE_FAILED")
    ) as url:
        status, printed = preflight(url, home=tmp_path)

    assert status == 3
    assert printed[-1] == "Error: 3 things are missing; nothing was deployed."
    assert "    make bootstrap" in printed
    assert "    make destroy" in printed


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(error("AccessDeniedException", 400), id="not allowed"),
        pytest.param(error("InternalServerError", 500), id="out of order"),
        pytest.param(None, id="no answer"),
    ],
)
def test_what_cannot_be_looked_at_stops_nothing(failure: Response | None, tmp_path: Path) -> None:
    denied = query_error("AccessDenied", "You may not.", 403)
    with account(GetParameter=failure, GetAccountSettings=failure, DescribeStacks=denied) as url:
        status, printed = preflight(url, *MEANT, home=tmp_path)

    assert status == 0
    assert [line.partition(": ")[0] for line in printed[1:]] == [
        "Could not check the CDK's bootstrap",
        "Could not check the quota of concurrent functions",
        "Could not check the state of the stack",
    ]


def test_the_examples_application_id_is_not_deployed(tmp_path: Path) -> None:
    with account() as url:
        status, printed = preflight(url, home=tmp_path)
        chosen = preflight(url, "--context=applicationIds=shop", home=tmp_path)

    assert status == 3
    assert "applicationIds in cdk.json is still the example's my-app" in printed[1]
    assert chosen[0] == 0


def test_a_wrong_setting_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    asked: list[str] = []
    with account(asked) as url:
        status, printed = preflight(url, *MEANT, "-c", "destination=pinpoint", home=tmp_path)

    assert (status, asked) == (3, [])
    assert "pinpointEndpointUrl" in printed[0]


def test_without_credentials_or_region_the_first_step_is_told(tmp_path: Path) -> None:
    _, no_region = preflight(None, *MEANT, home=tmp_path)
    _, no_keys = preflight(None, *MEANT, home=tmp_path, AWS_REGION="eu-west-1")
    _, no_profile = preflight(
        None, *MEANT, "--profile", "work", home=tmp_path, AWS_REGION="eu-west-1"
    )

    assert no_region[:2] == ["No region is chosen.", "    export AWS_REGION=eu-west-1"]
    assert no_keys[:2] == ["There are no AWS credentials here.", "    aws configure sso"]
    assert no_profile[:2] == [
        "The config profile (work) could not be found.",
        "    aws configure list-profiles",
    ]


def test_credentials_that_have_expired_are_told(tmp_path: Path) -> None:
    expired = query_error("ExpiredToken", "The security token has expired", 403)
    with account(GetCallerIdentity=expired) as url:
        status, printed = preflight(url, *MEANT, home=tmp_path)

    assert status == 3
    assert printed[0].startswith("AWS does not accept the credentials: ")
    assert "The security token has expired" in printed[0]


def test_a_region_of_the_profile_is_taken_as_the_cdk_takes_it(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    keys = "".join(f"{name.lower()} = {value}\n" for name, value in KEYS.items())
    (tmp_path / ".aws/config").write_text(f"[profile work]\nregion = eu-north-1\n{keys}")
    options, region = (*MEANT, "--profile", "work"), {"AWS_REGION": "eu-west-1"}
    with account() as url:
        _, printed = preflight(None, *options, home=tmp_path, AWS_ENDPOINT_URL=url)
        _, overridden = preflight(None, *options, home=tmp_path, AWS_ENDPOINT_URL=url, **region)

    assert "in eu-north-1 ..." in printed[0]
    assert "in eu-west-1 ..." in overridden[0]


@pytest.mark.parametrize(
    "words",
    [
        ["-c", "auth=none", "--profile", "work"],
        ["-cauth=none", "--profile=work"],
        ["--context", "auth=none", "--hotswap", "--profile", "work", "PutEventsGateway"],
        ["--context=auth=none", "--require-approval", "never", "--profile=work"],
    ],
)
def test_options_are_read_in_each_spelling_of_the_cdk(words: list[str]) -> None:
    options = DeployOptions.parse(words)

    assert options.context == {"auth": "none"}
    assert options.profile == "work"
    assert options.environment == ' CDK_OPTIONS="--profile work"'


def test_a_command_line_that_was_not_installed_anew_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "aws-cdk/package.json"
    package.parent.mkdir()
    monkeypatch.setattr(cdk, "CDK", tmp_path / ".bin/cdk")
    missing = cdk.cdk_problem()
    package.write_text('{"version": "2.1.0"}')
    old = cdk.cdk_problem()

    assert missing
    assert missing.sentence.startswith("The CDK's command line cannot run: ")
    assert old
    assert old.sentence.startswith("The CDK's command line is 2.1.0, and 2.")
    assert old.commands == ("rm -rf infra/node_modules; make synth",)


def test_another_qualifier_is_looked_for() -> None:
    options = DeployOptions.parse(["-c", "@aws-cdk/core:bootstrapQualifier=team1"])

    assert DeployOptions.parse([]).qualifier == "hnb659fds"
    assert options.qualifier == "team1"
    assert options.settings().application_ids == ("my-app",)


def test_the_version_of_the_bootstrap_is_the_one_that_the_cdk_asks_for(tmp_path: Path) -> None:
    where = {"CDK_DEFAULT_ACCOUNT": "123456789012", "CDK_DEFAULT_REGION": "eu-west-1"}
    synthesise(tmp_path, {}, where)
    artifacts = json.loads((tmp_path / "manifest.json").read_text())["artifacts"]
    asked = {
        artifact["properties"]["requiresBootstrapStackVersion"]
        for artifact in artifacts.values()
        if "requiresBootstrapStackVersion" in artifact.get("properties", {})
    }

    assert asked == {MIN_BOOTSTRAP_VERSION}
