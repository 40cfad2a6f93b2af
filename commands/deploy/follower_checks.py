"""Whether the stream and the bus that the settings name are there."""

from typing import Any

from commands.aws_session import Problem
from commands.deploy.lookup import check_place, look_up
from commands.deploy.plan import Plan


def event_stream(plan: Plan) -> Problem | None:
    """Look whether existingEventStream is in this region; one of another account is not asked."""
    arn = plan.settings.existing_event_stream
    if "stream" not in plan.settings.destination or not arn:
        return None
    mend = f"aws kinesis list-streams --region {plan.account.region}"
    missing = Problem(f"There is no stream {arn}.", (mend,))
    describe = plan.account.client("kinesis").describe_stream_summary
    return _check(plan, "existingEventStream", arn, missing, describe, "StreamARN")


def event_bus(plan: Plan) -> Problem | None:
    """Look whether existingEventBus is in this region; one of another account is not asked."""
    bus = plan.settings.existing_event_bus
    if "bus" not in plan.settings.destination or not bus:
        return None
    mend = f"aws events list-event-buses --region {plan.account.region}"
    missing = Problem(f"There is no event bus {bus} in {plan.place}.", (mend,))
    describe = plan.account.client("events").describe_event_bus
    return _check(plan, "existingEventBus", bus, missing, describe, "Name")


def _check(
    plan: Plan, setting: str, named: str, missing: Problem, describe: Any, parameter: str
) -> Problem | None:
    if problem := check_place(plan, setting, named, missing.commands):
        return problem
    if named.startswith("arn:") and named.split(":")[4] != plan.account.id:
        return None
    return None if look_up(describe, **{parameter: named}) else missing
