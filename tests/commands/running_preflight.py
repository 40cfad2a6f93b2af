"""Runs `preflight` against an account that is stood in for."""

import os
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from commands.__main__ import main

MEANT = ("-c", "applicationIds=my-app")
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "made-up"}


def preflight(
    url: str | None, *options: str, home: Path, **environment: str
) -> tuple[int, list[str]]:
    """The exit status, and the lines that it printed."""
    return run(url, "preflight", *options, home=home, **environment)


def run(url: str | None, *words: str, home: Path, **environment: str) -> tuple[int, list[str]]:
    """The same for any command, of what it says on stderr."""
    done = invoke(url, *words, home=home, **environment)
    return done.exit_code, done.stderr.splitlines()


def invoke(url: str | None, *words: str, home: Path, **environment: str) -> Result:
    """The same, with all that it says."""
    here = {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "AWS_EC2_METADATA_DISABLED": "true",
        **(KEYS | {"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": url} if url else {}),
        **environment,
    }
    developers = dict.fromkeys(name for name in os.environ if name.startswith("AWS_"))
    done = CliRunner().invoke(main, words, env=developers | here)
    assert done.exc_info
    assert done.exc_info[0] is SystemExit
    return done


def mends(commands: list[str]) -> list[str]:
    """The lines in which commands are told, any of which mends it."""
    lines = [f"    {command}" for command in commands]
    return [line for command in lines for line in ("  or", command)][1:]
