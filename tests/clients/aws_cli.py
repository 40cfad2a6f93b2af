"""Where the two versions of the AWS CLI are, and what the tests' fixtures for them look like."""

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

VERSION_1 = Path(sys.executable).with_name("aws")
VERSION_2 = Path("/usr/bin/aws")  # Debian's package
Aws = Callable[..., Any]
File = Callable[[Any], str]


@cache
def version_2() -> Path:
    """The AWS CLI v2; skips the test where there is none."""
    if VERSION_2.exists():
        said = subprocess.run([VERSION_2, "--version"], capture_output=True, text=True, check=True)
        if said.stdout.startswith("aws-cli/2."):
            return VERSION_2
    pytest.skip("AWS CLI v2 is not installed here: apt-get install awscli")
