"""CI runs make's targets, and nothing of others that is not pinned."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
EXAMPLES = sorted((ROOT / ".github/workflows").glob("*.yml.example"))
MAKEFILE = (ROOT / "Makefile").read_text()


def steps(workflow: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(workflow.read_text())["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def targets(workflow: Path) -> list[str]:
    """What of make a workflow runs, in a step or as one of a matrix."""
    return re.findall(r"^ +(?:- |run: |- run: )make ([a-z-]+)", workflow.read_text(), re.MULTILINE)


@pytest.mark.parametrize("workflow", [*WORKFLOWS, *EXAMPLES], ids=lambda path: path.name)
def test_every_action_is_pinned_by_hash_and_says_its_version(workflow: Path) -> None:
    used = re.findall(r"uses: (.*)", workflow.read_text())

    assert used
    for action in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_only_ends_and_runs_targets_that_are_there(workflow: Path) -> None:
    found = yaml.safe_load(workflow.read_text())
    assert found["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] for job in found["jobs"].values())
    for target in targets(workflow):
        assert re.search(rf"^{target}:.*## ", MAKEFILE, re.MULTILINE), target


def test_the_example_of_a_deploy_has_a_token_of_github_and_nothing_else() -> None:
    [example] = EXAMPLES
    found = yaml.safe_load(example.read_text())

    assert found["permissions"] == {"contents": "read"}
    [(name, job)] = found["jobs"].items()
    assert (name, job["environment"]) == ("deploy", "production")
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert "secrets." not in example.read_text()
    *installing, credentials, deploying = job["steps"]
    # Whatever is installed runs before there are credentials.
    assert installing[-1]["run"] == "make .venv/dev infra/node_modules/.bin/cdk"
    assert credentials["uses"].startswith("aws-actions/configure-aws-credentials@")
    assert deploying["run"].startswith("make deploy ")


def test_the_example_may_look_up_what_a_deploy_looks_up() -> None:
    """The table of docs/deploying.md has each action of the checks before a deploy."""
    page = (ROOT / "docs/deploying.md").read_text()
    looked_up = set(
        re.findall(r"`((?:[a-z0-9-]+):[A-Z]\w+)`", page.split("| it checks |")[1].split("\n\n")[0])
    )
    [example] = EXAMPLES

    assert looked_up - {"sts:GetCallerIdentity"} <= set(
        re.findall(r'"([\w-]+:\w+)"', example.read_text())
    )


def test_ci_checks_and_tests() -> None:
    runs = [step.get("run") for workflow in WORKFLOWS for step in steps(workflow)]

    assert {"make check", "make test"} <= {*runs}


def test_whatever_runs_the_tests_has_the_programs_that_they_drive_and_skips_none() -> None:
    """As root on Debian, `make test` installs them; `make release` calls it."""
    testing = {
        workflow.name: job
        for workflow in WORKFLOWS
        for job in yaml.safe_load(workflow.read_text())["jobs"].values()
        if {"make test", "make release"} & {step.get("run") for step in job["steps"]}
    }

    assert set(testing) == {"ci.yml", "release.yml"}
    for job in testing.values():
        assert job["env"] == {"NO_SKIPS": "1"}
        assert job["container"]["image"].endswith("-bookworm")
        assert any("chown -R" in step.get("run", "") for step in job["steps"])
    [prerequisites] = re.findall(r"^test: (.*client-programs)$", MAKEFILE, re.MULTILINE)
    assert prerequisites
    packages = re.findall(r",,([a-z0-9 -]+)\)", MAKEFILE.split("PROGRAMS = ")[1].split(".PHONY")[0])
    image = (ROOT / ".devcontainer/Containerfile").read_text()
    assert packages
    assert all(package in image for package in packages)


def test_ci_tests_every_python_that_the_project_takes() -> None:
    ci = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    tested = ci["jobs"]["test"]["strategy"]["matrix"]["python"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    [least, above] = re.findall(r"3\.(\d+)", project["requires-python"])
    assert tested == [f"3.{minor}" for minor in range(int(least), int(above))]


def test_dependabot_and_the_devcontainer_are_readable_and_name_what_is_there() -> None:
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
    folders = [f for one in updates for f in one.get("directories", [one.get("directory")])]
    assert all((ROOT / folder.strip("/")).is_dir() for folder in folders)
    assert all(one["cooldown"]["default-days"] >= 7 for one in updates)
    # Of images dependabot reads a FROM without variables only.
    images = [*ROOT.glob("Containerfile"), *ROOT.glob("*/Containerfile")]
    [docker] = [one for one in updates if one["package-ecosystem"] == "docker"]
    assert {ROOT / folder.strip("/") for folder in docker["directories"]} == {
        path.parent for path in images
    }
    for path in images:
        assert re.findall(r"^FROM (\S+)$", path.read_text(), re.MULTILINE)
        assert "$" not in "".join(re.findall(r"^FROM .*", path.read_text(), re.MULTILINE))

    devcontainer = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    assert (ROOT / ".devcontainer" / devcontainer["build"]["dockerfile"]).is_file()
    assert devcontainer["postCreateCommand"] == "make .venv/dev"


def test_pre_commit_runs_the_pinned_ruff_and_fetches_nothing() -> None:
    found = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]

    assert [repository["repo"] for repository in found] == ["local"]
    entries = [hook["entry"] for repository in found for hook in repository["hooks"]]
    assert entries == [".venv/bin/ruff format --force-exclude", "make check"]


def test_make_hooks_installs_a_pinned_pre_commit() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["hooks"]
    lock = (ROOT / ".github/pre-commit/requirements.txt").read_text()

    assert [one.split("==")[0] for one in asked] == ["pre-commit"]
    assert f"\n{asked[0]} \\\n" in f"\n{lock}"
    assert "hooks: $(HOOKS)/ready $(VENV)/dev ##" in MAKEFILE
    assert "`make hooks`" in (ROOT / "CONTRIBUTING.md").read_text()
