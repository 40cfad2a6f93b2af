"""A release is of a clean commit, is the same bytes twice, and its templates are AWS's own kind."""

import hashlib
import json
import os
import re
from itertools import product
from pathlib import Path
from typing import Any

import hcl2
import pytest
from click.testing import CliRunner

from authorizer.issuer_settings import IssuerSettings
from commands.release.archives import write_archive
from commands.release.plain_template import PlainTemplateError, plain_template
from commands.release.release_bill import release_bill
from commands.release.release_files import AUTHS, BILLS, DESTINATIONS, checksums, template_name
from commands.release.release_state import project_version
from commands.release.template_command import template as make_template
from tests.infra.hostile_parameters import COMMON, problems
from tests.infra.resolved_template import Resolved, takes
from tests.infra.template_lint import findings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/without-cdk.md").read_text()
VERSION = "9.8.7"
PAIRS = (("lake,stream", "jwt"), ("pinpoint", "cognito"))


@pytest.fixture(name="templates", scope="module")
def _templates() -> dict[str, dict[str, Any]]:
    """Two templates, which between them have every parameter."""
    return {
        template_name(destination, auth): plain_template(
            VERSION, "python3.13", destination=destination, auth=auth
        )
        for destination, auth in PAIRS
    }


def test_a_released_template_is_one_that_cloudformation_takes_in_every_region(
    templates: dict[str, dict[str, Any]],
) -> None:
    # `make lint-templates` lints them all.
    assert findings(templates["lake-stream-jwt.template.json"]) == []


def test_a_released_template_needs_no_bootstrap_and_names_its_packages(
    templates: dict[str, dict[str, Any]],
) -> None:
    for template in templates.values():
        text = json.dumps(template)
        assert "cdk" not in text.replace("without-cdk", "")
        assert len(text) < 1_000_000  # CloudFormation's limit
        assert template["Conditions"]["HasAlarmTopic"]
        functions = [
            resource["Properties"]
            for resource in template["Resources"].values()
            if resource["Type"] == "AWS::Lambda::Function"
        ]
        for function in functions:
            code = function["Handler"].split(".")[0]
            assert function["Architectures"] == [{"Ref": "Architecture"}]
            assert function["Code"]["S3Key"]["Fn::Join"][1] == [
                {"Ref": "CodePrefix"},
                f"{code}-{VERSION}-",
                {"Ref": "Architecture"},
                "-python3.13.zip",
            ]


def test_no_value_that_a_parameter_takes_breaks_what_it_is_put_into(
    templates: dict[str, dict[str, Any]],
) -> None:
    # `make lint-templates` tries them in all templates.
    for (destination, auth), template in zip(PAIRS, templates.values(), strict=True):
        assert problems(template, {"destination": destination, "auth": auth}) == []


@pytest.mark.parametrize(
    ("given", "audiences"),
    [
        ("shop", ["shop"]),
        ("shop,admin", ["shop", "admin"]),
        ("urn:a?b=c,'d'", ["urn:a?b=c", "'d'"]),
    ],
)
def test_the_authorizer_reads_each_audience_of_the_parameter(
    templates: dict[str, dict[str, Any]], given: str, audiences: list[str]
) -> None:
    template = templates["lake-stream-jwt.template.json"]
    assert takes(template["Parameters"]["JwtAudience"], given)
    resources = Resolved(template, {**COMMON, "JwtAudience": given}).resources.values()
    [environment] = [
        resource["Properties"]["Environment"]["Variables"]
        for resource in resources
        if resource["Properties"].get("Handler", "").startswith("authorizer.")
    ]

    settings = IssuerSettings.load(environment)
    assert (settings.audiences, settings.issuer) == (audiences, COMMON["JwtIssuer"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JwtAudience", 'shop","admin'),
        ("JwtAudience", "shop\\"),
        ("JwtAudience", "shop,"),
        ("JwtAudience", "shop, admin"),
        ("JwtAudience", ",".join(["a"] * 11)),
        ("CodePrefix", "putevents"),
        ("CodePrefix", "/putevents/"),
        ("Database", "default"),
        ("ApplicationId", "a" * 41),
    ],
)
def test_a_value_that_would_break_something_is_not_taken(
    templates: dict[str, dict[str, Any]], name: str, value: str
) -> None:
    parameters = templates["lake-stream-jwt.template.json"]["Parameters"]

    assert not takes(parameters[name], value)


@pytest.mark.parametrize(("given", "made"), [({}, True), ({"ApiLogRole": "existing"}, False)])
def test_the_accounts_role_for_logs_is_left_alone_if_you_say_so(
    templates: dict[str, dict[str, Any]], given: dict[str, str], made: bool
) -> None:
    resolved = Resolved(
        templates["pinpoint-cognito.template.json"], {**COMMON, "ApiLogRole": "create", **given}
    )
    types = [resource["Type"] for resource in resolved.resources.values()]

    assert ("AWS::ApiGateway::Account" in types) is made
    [stage] = [one for one in resolved.resources.values() if one["Type"].endswith("::Stage")]
    assert bool(stage["Metadata"]) is made  # a reference to the account: the stage comes after it
    # Of both functions, and of API Gateway.
    assert types.count("AWS::IAM::Role") == (3 if made else 2)


def test_the_pages_update_keeps_every_parameter() -> None:
    [command] = re.findall(
        r"^aws cloudformation create-change-set(?s:.*?[^\\])$", PAGE, re.MULTILINE
    )
    template = plain_template(VERSION, "python3.13", destination="lake", auth="iam")
    kept = re.findall(r"ParameterKey=(\w+),UsePreviousValue=true", command)

    assert {"CodePrefix", *kept} == set(template["Parameters"])
    assert "--capabilities CAPABILITY_IAM" in command


def test_the_page_has_every_parameter(templates: dict[str, dict[str, Any]]) -> None:
    parameters = {name for template in templates.values() for name in template["Parameters"]}
    [table] = re.findall(r"\| parameter .*?\n\n", PAGE, re.DOTALL)
    told = {
        name
        for row in table.strip().splitlines()
        for name in re.findall("`(\\w+)`", row.split("|")[1])
    }

    assert told == parameters


def test_a_value_of_its_making_that_stays_in_a_template_is_an_error() -> None:
    with pytest.raises(PlainTemplateError, match="bucket-stand-in"):
        plain_template(VERSION, "python3.13", existingLakeBucket="bucket-stand-in")


def test_make_template_has_settings_of_your_own_and_no_parameter_for_them(tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    own = ("applicationIds=shop,news", "corsOrigins=https://shop.example.com", "auth=none")
    words = [word for setting in own for word in ("-c", setting)]
    done = CliRunner().invoke(make_template, [*words, "--output", str(file)])

    assert done.exit_code == 0, done.output
    made = json.loads(file.read_text())
    assert "ApplicationId" not in made["Parameters"]
    assert "shop.example.com" in file.read_text().replace("[.]", ".")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-c", "auth=oauth"], 3, "The deploy setting auth is 'oauth', but must be iam, "),
        (["-c", "auth"], 2, "write NAME=VALUE"),
        (["-c", "stackName=a"], 2, "give it when you deploy"),
    ],
)
def test_a_wrong_setting_of_a_template_is_a_sentence(
    tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    file = tmp_path / "own.json"
    done = CliRunner().invoke(make_template, [*words, "--output", str(file)])

    assert (done.exit_code, said in done.output, file.exists()) == (code, True, False), done.output


@pytest.mark.parametrize("output", ["nowhere/own.json", "."])
def test_a_path_that_cannot_be_written_is_told_before_anything_is_made(
    tmp_path: Path, output: str
) -> None:
    done = CliRunner().invoke(make_template, ["--output", str(tmp_path / output)])

    assert (done.exit_code, list(tmp_path.iterdir())) == (2, []), done.output
    assert "--output" in done.output


def test_an_archive_is_the_same_whenever_and_wherever_its_files_were_written(
    tmp_path: Path,
) -> None:
    archives = []
    for number, names in enumerate((["b/c.py", "a.py"], ["a.py", "b/c.py"])):
        folder = tmp_path / str(number)
        for name in names:
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(name)
            file.chmod((0o600, 0o644)[number])
            os.utime(file, (number * 10**9, number * 10**9))
        archives.append(tmp_path / f"{number}.zip")
        write_archive(folder, archives[-1])

    assert archives[0].read_bytes() == archives[1].read_bytes()


def test_the_checksums_are_of_every_file(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"a")
    (tmp_path / "SHA256SUMS").write_text("an earlier one")

    assert checksums(tmp_path) == f"{hashlib.sha256(b'a').hexdigest()}  a.zip\n"


@pytest.mark.parametrize(("code", "file"), BILLS.items())
def test_a_bill_names_the_version_and_the_archives_that_it_is_of(
    tmp_path: Path, code: str, file: str
) -> None:
    parts = json.loads((ROOT / "lambda_src" / file).read_text())
    archive = tmp_path / f"{code}-{VERSION}-arm64-python3.13.zip"
    archive.write_bytes(b"a")
    made = release_bill(parts, code, VERSION, [archive])
    again = release_bill(parts, code, VERSION, [archive])
    archive.write_bytes(b"b")
    other = json.loads(release_bill(parts, code, VERSION, [archive]))

    bill = json.loads(made)
    described = bill["metadata"]["component"]
    assert (made == again, described["version"]) == (True, VERSION)
    [told] = described["externalReferences"]
    assert told["url"] == archive.name
    assert told["hashes"][0]["content"] == hashlib.sha256(b"a").hexdigest()
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    assert bill["serialNumber"] != other["serialNumber"]


def test_the_changelog_has_the_version_of_the_project() -> None:
    headings = re.findall(
        r"^## (\S+) - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )

    assert headings[0] == project_version()


def test_terraforms_example_gives_the_template_what_it_needs(
    templates: dict[str, dict[str, Any]],
) -> None:
    text = (ROOT / "examples/terraform/main.tf").read_text()
    parsed = hcl2.loads(text)

    *bucket, files, stack = parsed["resource"]
    assert [name for one in bucket for name in one] == [
        '"aws_s3_bucket"',
        '"aws_s3_bucket_public_access_block"',
        '"aws_s3_bucket_versioning"',
    ]
    # CloudFormation needs the former packages if an update fails.
    [kept] = files['"aws_s3_object"']['"files"']["lifecycle"]
    assert kept["create_before_destroy"] is True
    given = set(
        re.findall(r"(\w+) = ", stack['"aws_cloudformation_stack"']['"gateway"']["parameters"])
    )
    template = plain_template(VERSION, "python3.13", destination="lake", auth="iam")
    needed = {name for name, told in template["Parameters"].items() if "Default" not in told}
    assert needed <= given <= set(template["Parameters"])
    outputs = set(re.findall(r'outputs\["(\w+)"\]', text))
    assert outputs <= set(template["Outputs"])


def test_the_page_names_the_kinds_of_templates_and_bills_there_are() -> None:
    for destination, auth in product(DESTINATIONS, AUTHS):
        assert f"`{destination.replace(',', '-')}`" in PAGE
        assert f"`{auth}`" in PAGE
    for code in BILLS:
        assert f"`{code}-VERSION.cdx.json`" in PAGE
