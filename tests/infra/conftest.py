"""The stack, synthesised once for each set of deploy options that the tests ask for."""

import json
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

# The Node of make's environment, also when the tests were not started by make.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
os.environ["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"

from aws_cdk import App
from aws_cdk.assertions import Annotations, Template

from infra.settings import DeploySettings
from infra.stack import PutEventsStack

ROOT = Path(__file__).parents[2]
