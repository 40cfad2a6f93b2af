"""A variable on make's command line that the target does not take is an error, not a no-op."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from commands.program import typed
from putevents.settings import LakeSettings, Settings

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
CALL = re.compile(r"""make (?:-s )?([a-z-]+)((?: +[A-Z_]+=(?:"[^"]*"|[^\s"]*))+)""")
NAME = re.compile(r"\b([A-Z_]+)=")


def _written() -> set[tuple[str, str]]:
    """Each `make target A=... B=...` of the pages, and each `A=` that `make help` names."""
    calls = [call for page in PAGES for call in CALL.findall(page.read_text())]
    helps = re.findall(r"^([a-z-]+):.*## (.*)$", MAKEFILE, re.MULTILINE)
    # What stands inside of quotation marks is a value.
    plain = [(target, re.sub(r'"[^"]*"', "", text)) for target, text in [*calls, *helps]]
    return {(target, name) for target, text in plain for name in NAME.findall(text)}


WRITTEN = _written()
TAKEN = sorted(
    (target, name.replace("%", "X"))
    for target, names in re.findall(r"^TAKES_([a-z-]+) +:= ((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)
    for name in names.replace("\\", "").split()
)
NOT_OURS = {"retry_queue_url", "dead_letter_queue_url"}  # `make run` sets them itself


def made(*words: str) -> subprocess.CompletedProcess[str]:
    """What make would do; this make is nobody's child."""
    environment = {n: v for n, v in os.environ.items() if not n.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", "-n", *words], cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_what_a_target_does_not_take_is_told(target: str) -> None:
    done = made(target, "XYZ=--help")

    assert done.returncode == 2
    assert done.stdout == ""
    assert f"make {target} does not take XYZ=; it takes " in done.stderr


@pytest.mark.parametrize(
    ("target", "given", "meant"),
    [
        ("run", "PRT=1", "PORT="),
        ("run", "port=1", "PORT="),
        ("views", "OPTOINS=--help", "OPTIONS="),
    ],
)
def test_a_name_that_is_nearly_right_is_told_alone(target: str, given: str, meant: str) -> None:
    name, _, _ = given.partition("=")
    told = f"*** make {target} does not take {name}=. Did you mean {meant}?.  Stop."

    assert told in made(target, given).stderr


@pytest.mark.parametrize(("target", "name"), sorted(WRITTEN))
def test_what_the_pages_and_the_help_write_is_taken(target: str, name: str) -> None:
    done = made(target, f"{name}=1")

    assert done.returncode == 0, done.stderr


def test_the_pages_write_some() -> None:
    assert {("deploy", "CDK_OPTIONS"), ("sql", "NAME"), ("synth", "CDK_OPTIONS")} <= WRITTEN


def test_make_run_takes_every_setting_of_the_functions() -> None:
    names = {*Settings.model_fields, *LakeSettings.model_fields} - NOT_OURS

    assert made("run", *(f"{name.upper()}=1" for name in sorted(names))).returncode == 0


def test_what_a_target_takes_gets_there() -> None:
    options = "CDK_OPTIONS=-c auth=none"
    for target in ("synth", "diff", "deploy", "destroy", "bootstrap", "deploy-emulated"):
        for line in made(target, options).stdout.splitlines():
            if ".bin/cdk" in line or "-m commands" in line:
                assert line.endswith(" -c auth=none"), line
    assert "-m commands flood --rate '7'" in made("flood", "RATE=7").stdout
    assert made("outages", "SCALE=0.1").stdout.endswith("outage_table '0.1'\n")


def test_with_several_targets_one_must_take_it() -> None:
    assert made("check", "sql", "QUERY=1").returncode == 0
    assert made("check", "views", "QUERY=1").returncode == 2


def test_a_variable_of_the_environment_is_no_option() -> None:
    done = subprocess.run(
        ["make", "-n", "check"], cwd=ROOT, capture_output=True, timeout=60, check=False,
        env={"PATH": os.environ["PATH"], "NAME": "machine", "SECONDS": "5"},
    )  # fmt: skip

    assert done.returncode == 0


def _of(text: str) -> list[str]:
    found = re.search(rf"^{text} +:= (.*)", MAKEFILE, re.MULTILINE)
    assert found
    return found[1].split()


# What make itself or its programs read from either place: settings, and the tools of this machine.
SETTINGS = {"DATA_DIR", "EMULATED_DIR", "CHROMIUM", "PYTEST_ADDOPTS"}
GUARDED = {
    *re.findall(r"call (?:OPTION|NUMBER),([A-Z_]+)", MAKEFILE),
    *re.findall(r"filter command,\$\(origin ([A-Z]+)\)", MAKEFILE),
}


def test_every_option_is_taken_from_the_command_line_only() -> None:
    taken = {name for target, name in TAKEN if target != "run" and not name.endswith("_X")}
    # `run` takes its settings from the environment, but for HOST, which some shells export.
    # PORT is one of these settings: `demo` finds the same gateway by it.
    taken = taken - {"PORT"} | {"HOST"}

    assert taken - SETTINGS == GUARDED | {*_of("OPTIONS_ONLY")}


@pytest.mark.parametrize(("target", "name"), [t for t in TAKEN if t[1] in _of("OPTIONS_ONLY")])
def test_an_option_in_the_environment_is_not_taken(target: str, name: str) -> None:
    environment = {n: v for n, v in os.environ.items() if not n.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "-n", target],
        cwd=ROOT, env=environment | {name: "from-outside"}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "from-outside" not in done.stdout


def test_what_is_taken_from_the_environment_is_not_handed_on() -> None:
    code = "import os; print([n for n in ('QUERY', 'SEED', 'OPTIONS') if n in os.environ])"
    probe = f'probe: ; @python3 -c "{code}"'
    done = subprocess.run(
        ["make", "-s", "--eval", probe, "probe"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": os.environ["PATH"], "QUERY": "1", "SEED": "2", "OPTIONS": "3"},
    )  # fmt: skip

    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


@pytest.mark.parametrize(
    ("target", "name"),
    [(target, name) for target, name in TAKEN if target in ("test", "faults", "fuzz-contract")
     and name in ("SEED", "SECONDS", "EVENTS", "EMULATED_EVENTS", "SEQUENCES")],
)  # fmt: skip
def test_what_is_no_whole_number_is_told(target: str, name: str) -> None:
    for value in ("x", "1 2", "0.5"):
        done = made(target, f"{name}={value}")
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{name}= should be a whole number, not {value}." in done.stderr
    assert made(target, f"{name}=2026").returncode == made(target, f"{name}=").returncode == 0


@pytest.mark.parametrize("scale", ["x", "0", "-1", "nan", "inf", "11"])
def test_what_is_no_scale_is_told(scale: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.outage_table", scale],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    told = f"SCALE should be a number above 0, at most 10, such as 0.1, not '{scale}'.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_a_query_that_is_missing_is_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "commands", "emulated", "sql"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert 'Error: A query is missing: make sql-emulated QUERY="SELECT ..."' in done.stderr


@pytest.mark.parametrize(
    ("target", "name"),
    [("import-endpoints", "FILE"), ("doctor", "PROJECT"), ("template-emulated", "NAME"),
     ("sql-emulated", "QUERY")],
)  # fmt: skip
def test_a_value_that_begins_as_an_option_does_is_a_value(target: str, name: str) -> None:
    words = [f"{name}=-x"] + (["OPTIONS=--an-option"] if "sql" not in target else [])
    recipe = made(target, *words).stdout

    assert recipe.rstrip().endswith(f'-- "${name}"')
    assert ("--an-option -- " in recipe) == (len(words) == 2)


@pytest.mark.parametrize("option", ["-o there", "--output there", "--output=there", "-c auth=none"])
def test_synth_names_the_template_that_it_wrote(tmp_path: Path, option: str) -> None:
    folder = tmp_path / ("there" if "there" in option else "cdk.out")
    folder.mkdir()
    (folder / "another-stack.template.json").touch()
    recipe = made("synth", f"CDK_OPTIONS={option}").stdout
    told = subprocess.run(
        ["sh", "-c", recipe[recipe.index("folder=cdk.out") :]], cwd=tmp_path, capture_output=True,
        text=True, timeout=20, check=True,
    )  # fmt: skip
    assert told.stdout == f"Template: {folder.name}/another-stack.template.json\n"


@pytest.mark.parametrize(("target", "name"), TAKEN)
def test_a_dollar_sign_that_make_would_expand_is_told(target: str, name: str) -> None:
    done = made(target, f"{name}=k$xuser")

    assert (done.returncode, done.stdout) == (2, "")
    assert f"{name}= holds a $, " in done.stderr


def test_the_targets_take_some() -> None:
    assert {("forget", "USER"), ("sql", "QUERY"), ("run", "REJECTED_STREAM")} <= {*TAKEN}


def test_what_an_error_says_to_type_works_where_the_person_stands(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "-C", ROOT, "forget", "USER=$$x"], cwd=tmp_path, capture_output=True, text=True,
        timeout=60, check=False, env={"PATH": os.environ["PATH"], "PWD": str(tmp_path)},
    )  # fmt: skip
    [command] = re.findall(r"this instead: +(.*) forget --user", done.stderr)

    assert command == f"cd '{ROOT}' && .venv/bin/python -m commands"
    helped = subprocess.run(
        ["sh", "-c", f"{command} --help"], cwd=tmp_path, capture_output=True, text=True,
        timeout=60, check=False, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert (helped.returncode, helped.stderr) == (0, "")


def test_what_a_command_says_to_type_works_where_the_person_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, typed_in in ((ROOT, ""), (tmp_path, str(ROOT))):
        monkeypatch.chdir(folder)
        monkeypatch.setenv("TYPED_IN", typed_in)
        assert typed("verify") == ".venv/bin/python -m commands verify"
    monkeypatch.setenv("TYPED_IN", str(tmp_path))
    assert typed("verify") == f"cd {ROOT} && .venv/bin/python -m commands verify"


@pytest.mark.parametrize(
    ("word", "option"),
    [
        ("USER=k$$xuser", "--user '...'"),
        ("OPTIONS=--user k$$xuser", "--user '...'"),
        ("ENDPOINT=$$(id)", "--endpoint '...' --application '...'"),
        ("APPLICATION_ID=$$(id)", "--endpoint '...' --application '...'"),
    ],
)
def test_whom_to_forget_has_no_dollar_sign_at_all(word: str, option: str) -> None:
    done = made("forget", word)

    assert (done.returncode, done.stdout) == (2, "")
    assert f".venv/bin/python -m commands forget {option}.  Stop." in done.stderr


@pytest.mark.parametrize(
    ("target", "name"),
    [("sql", "QUERY"), ("load", "URL"), ("import-endpoints", "FILE"), ("doctor", "PROJECT")],
)
def test_a_text_reaches_a_command_as_it_was_typed(target: str, name: str) -> None:
    """It is no part of the shell's line, which would take it for its own."""
    done = made(target, f"{name}=\"`id`'$$(id) \\")

    assert f'"${name}"' in done.stdout
    assert "`id`" not in done.stdout
