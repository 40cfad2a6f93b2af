"""What the functions of a deployment wrote to their logs."""

import json
from typing import Any

from tests.deployed.deployment import Deployment

PLATFORM = ("START RequestId:", "END RequestId:", "REPORT RequestId:")


def lines(deployment: Deployment) -> list[str]:
    """Every line of every function, without those that Lambda itself writes."""
    functions = deployment.emulator.client("lambda").list_functions()["Functions"]
    groups = {function["LoggingConfig"]["LogGroup"] for function in functions}
    pages = deployment.emulator.client("logs").get_paginator("filter_log_events")
    return [
        event["message"]
        for group in sorted(groups)
        for page in pages.paginate(logGroupName=group)
        for event in page["events"]
        if not event["message"].startswith(PLATFORM)
    ]


def records(deployment: Deployment) -> list[dict[str, Any]]:
    """Every line as JSON, which each must be."""
    return [json.loads(line) for line in lines(deployment)]
