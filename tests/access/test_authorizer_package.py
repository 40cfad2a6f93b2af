"""The authorizer's package: it verifies a token by itself, and the gateway's has nothing of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundle import AUTHORIZER, bundle
from tests.access.issuer import AUDIENCE, running_issuer
from tests.infra.test_bundle import HERE, OWN, contents, zipped

MAX_ZIPPED = 6_500_000  # measured, and a little room
PROGRAM = """
import json, sys
sys.path[:0] = [sys.argv[1]]
from authorizer.jwt_handler import lambda_handler
print(json.dumps(lambda_handler(json.loads(sys.argv[2]), None)))
"""


def test_the_package_verifies_a_token_without_anything_beside_it() -> None:
    package = bundle(HERE, OWN, code=AUTHORIZER)
    with running_issuer() as issuer:
        event = {"authorizationToken": issuer.token(), "methodArn": "arn:aws:x:a:b:c/prod/POST/v1"}
        environ = {
            "PATH": os.defpath,
            "JWT_ISSUER": issuer.issuer,
            "JWT_AUDIENCE": json.dumps([AUDIENCE]),
            "JWT_JWKS_URL": "",
            "JWT_SKEW_SECONDS": "60",
        }
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", PROGRAM, package, json.dumps(event)],
            env=environ, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["policyDocument"]["Statement"][0]["Effect"] == "Allow"
    assert zipped(package) <= MAX_ZIPPED
    assert not (package / "requirements.txt").exists()
    assert list(package.rglob("__pycache__")) == [package / "authorizer/__pycache__"]


def test_it_is_the_same_bytes_wherever_the_interpreter_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # uv writes the path of `.venv/bin/python` of the clone into cffi's program.
    there = tmp_path / "a-clone-in-another-folder" / "bin"
    there.mkdir(parents=True)
    for name in ("python", "uv"):
        (there / name).symlink_to(Path(sys.executable).with_name(name))
    here = bundle(HERE, OWN, code=AUTHORIZER)

    monkeypatch.setattr(sys, "executable", str(there / "python"))
    again = bundle(HERE, OWN, code=AUTHORIZER, build=tmp_path / "build")

    assert contents(again) == contents(here)
    assert not [path for path in here.rglob("*") if path.name in ("RECORD", "INSTALLER", ".lock")]


def test_the_gateways_package_holds_no_jwt_library() -> None:
    package = bundle(HERE, OWN)

    names = {path.name.lower() for path in Path(package).iterdir()}
    assert not names & {"jwt", "cryptography", "cffi", "authorizer"}
