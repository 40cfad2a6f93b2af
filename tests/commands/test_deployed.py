"""Commands for a deployed stack say what is missing as `make deploy` does, and name the stack."""

from pathlib import Path

import pytest

from tests.commands.aws_answers import account, query, query_error
from tests.commands.running_preflight import KEYS, run

COMMANDS = {
    "views": ["views"],
    "redrive": ["redrive"],
    "dead-letters": ["dead-letters"],
    "replay-rejected": ["replay-rejected"],
    "forget": ["forget", "--user", "ann", "--yes"],
    "verify": ["verify"],
    "import-endpoints": ["import-endpoints", "EXPORT", "--application-id", "shop"],
    "diff": ["preflight", "--before", "diff"],
    "destroy": ["preflight", "--before", "destroy"],
    "bootstrap": ["bootstrap"],
}
OF_A_STACK = [
    "views", "redrive", "dead-letters", "replay-rejected", "forget", "verify", "import-endpoints",
]  # fmt: skip


@pytest.fixture(name="words")
def _words(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    export = tmp_path / "export.csv"
    export.write_text("Id\n1\n")
    return [str(export) if word == "EXPORT" else word for word in COMMANDS[request.param]]


@pytest.mark.parametrize("words", COMMANDS, indirect=True)
def test_without_region_or_credentials_the_first_step_is_told(
    words: list[str], tmp_path: Path
) -> None:
    _, no_region = run(None, *words, home=tmp_path, **KEYS)
    status, no_keys = run(None, *words, home=tmp_path, AWS_REGION="eu-west-1")

    assert no_region[0].removeprefix("Error: ") == "No region is chosen."
    assert no_region[1] == "    export AWS_REGION=eu-west-1"
    assert no_keys[0].removeprefix("Error: ") == "There are no AWS credentials here."
    assert no_keys[1:4] == ["    aws configure sso", "  or", "    aws configure"]
    assert status == 3


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("redrive", "--url http://127.0.0.1:8080"),
        ("dead-letters", "--url http://127.0.0.1:8080"),
        ("replay-rejected", "--url http://127.0.0.1:8080"),
        ("forget", "--data-dir .data"),
        ("import-endpoints", "--data-dir .data"),
    ],
    indirect=["words"],
)
def test_without_an_account_the_option_for_a_laptop_is_told(
    words: list[str], option: str, tmp_path: Path
) -> None:
    for region in ({}, {"AWS_REGION": "eu-west-1"}):
        _, told = run(None, *words, home=tmp_path, **region)

        assert told[-2:] == ["Of `make run`:", f'    OPTIONS="{option}"']


@pytest.mark.parametrize("words", OF_A_STACK, indirect=True)
def test_a_stack_that_is_not_there_is_told_with_the_option_that_names_another(
    words: list[str], tmp_path: Path
) -> None:
    with account() as url:
        status, printed = run(url, *words, home=tmp_path)

    assert status == 3
    assert printed == [
        "Error: There is no stack PutEventsGateway in eu-west-1."
        ' Name another with OPTIONS="--stack NAME".'
    ]


@pytest.mark.parametrize("words", ["views", "redrive", "dead-letters"], indirect=True)
def test_a_stack_that_is_no_gateways_is_told_with_the_same(
    words: list[str], tmp_path: Path
) -> None:
    member = (
        "<StackName>Shop</StackName><CreationTime>2026-11-25T00:00:00Z</CreationTime>"
        "<StackStatus>CREATE_COMPLETE</StackStatus>"
    )
    found = query("DescribeStacks", f"<Stacks><member>{member}</member></Stacks>")
    with account(DescribeStacks=found) as url:
        status, printed = run(url, *words, home=tmp_path)

    assert status == 3
    assert printed[0].endswith('is it a gateway\'s? Name another with OPTIONS="--stack NAME".')


@pytest.mark.parametrize("words", OF_A_STACK, indirect=True)
def test_credentials_that_have_expired_are_told(words: list[str], tmp_path: Path) -> None:
    expired = query_error("ExpiredToken", "The security token has expired", 403)
    with account(DescribeStacks=expired) as url:
        status, printed = run(url, *words, home=tmp_path)

    assert status == 3
    assert printed[0].startswith("Error: AWS does not accept the credentials: ")
    assert printed[1] == "    aws sts get-caller-identity"


@pytest.mark.parametrize("words", OF_A_STACK, indirect=True)
def test_a_profile_and_a_region_are_options_too(words: list[str], tmp_path: Path) -> None:
    _, nobody = run(None, *words, "--profile", "nobody", home=tmp_path, AWS_REGION="eu-west-1")
    with account() as url:
        _, elsewhere = run(url, *words, "--region", "eu-west-3", home=tmp_path)

    assert nobody[0] == "Error: The config profile (nobody) could not be found."
    assert elsewhere[0].startswith("Error: There is no stack PutEventsGateway in eu-west-3.")
