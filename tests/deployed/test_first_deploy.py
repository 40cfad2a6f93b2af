"""A bare account: `preflight` says what is missing, and `bootstrap` mends it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployed.emulator import ACCOUNT, REGION, ROOT, Emulator

MEANT = ("-c", "applicationIds=my-app")


@pytest.fixture(name="bare")
def _bare(tmp_path: Path) -> Emulator:
    """An account in which nothing was ever done."""
    emulator = Emulator(tmp_path)
    emulator.start(with_parent=True)
    return emulator


def test_a_bare_account_is_told_to_bootstrap_and_is_ready_then(bare: Emulator) -> None:
    try:
        before, said_before = _command(bare, "preflight", *MEANT)
        bootstrapped, said = _command(bare, "bootstrap")
        after, said_after = _command(bare, "preflight", *MEANT)
    finally:
        bare.stop()

    assert before == 3, said_before
    assert f"Account {ACCOUNT} in {REGION} is not bootstrapped for the CDK." in said_before
    assert "    make bootstrap\n" in said_before
    assert bootstrapped == 0, said
    # Nothing is synthesised for it.
    assert "Lambda package" not in said
    assert after == 0, said_after


def _command(emulator: Emulator, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "commands", *words],
        cwd=ROOT,
        env={
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            **emulator.environment(),
        },
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, done.stdout
