"""Whether the stream and the bus that the settings name are there."""

from commands.aws_session import Problem
from commands.deploy.lookup import check_place, look_up
from commands.deploy.plan import Plan


def event_stream(plan: Plan) -> Problem | None:
    """Look whether existingEventStream is in this region; one of another account is not asked."""
    arn = plan.settings.existing_event_stream
    if "stream" not in plan.settings.destination or not arn:
        return None
    mend = (f"aws kinesis list-streams --region {plan.account.region}",)
    if problem := check_place(plan, "existingEventStream", arn, mend):
        return problem
    if arn.split(":")[4] != plan.account.id:
        return None
    describe = plan.account.client("kinesis").describe_stream_summary
    if look_up(describe, StreamARN=arn):
        return None
    return Problem(f"There is no stream {arn}.", mend)


def event_bus(plan: Plan) -> Problem | None:
    """Look whether existingEventBus is in this region; one of another account is not asked."""
    bus = plan.settings.existing_event_bus
    if "bus" not in plan.settings.destination or not bus:
        return None
    mend = (f"aws events list-event-buses --region {plan.account.region}",)
    if problem := check_place(plan, "existingEventBus", bus, mend):
        return problem
    if bus.startswith("arn:") and bus.split(":")[4] != plan.account.id:
        return None
    if look_up(plan.account.client("events").describe_event_bus, Name=bus):
        return None
    return Problem(f"There is no event bus {bus} in {plan.place}.", mend)
