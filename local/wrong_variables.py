"""Says in sentences what a variable of `make run` should be, and which page has the command."""

from collections.abc import Collection, Iterable, Mapping

_SWITCH = "true or false"
# What each should be.
SHOULD = {
    "DESTINATION": "local, lake or pinpoint, then any of stream, bus and pinpoint, each once (a,b)",
    "RETRY_DELAY_SECONDS": "a number of seconds from 0 to 900",
    "TRUST_ARRIVAL": _SWITCH,
    "ENDPOINT_READS": _SWITCH,
    "BIND_ENDPOINTS": _SWITCH,
    "KINESIS_STREAM_ARN": (
        "the ARN of a Kinesis stream, like arn:aws:kinesis:eu-west-1:123456789012:stream/events"
    ),
    "EVENT_BUS_ARN": "the name or ARN of an EventBridge bus, such as default",
    "BUS_EVENT_TYPES": "the event types that go to the bus (a,b), or * for all",
    "ENDPOINT_TABLE": "the name of a deployed gateway's table, its output EndpointTable",
    "EVENT_STREAM_PREFIX": "the name of its stack and a dot, 'PutEventsGateway.'",
    "REJECTED_STREAM": "its delivery stream of rejected events, as its functions have it",
    "PINPOINT_AUTH": "aws, none, iam or api-key",
}
# Where the whole command is.
_COMMANDS = "docs/live-page.md#send-events-to-aws-or-to-a-stand-in"
_OF_DESTINATIONS = {
    "stream": ("KINESIS_STREAM_ARN",),
    "bus": ("EVENT_BUS_ARN", "BUS_EVENT_TYPES"),
    "lake": ("ENDPOINT_TABLE", "EVENT_STREAM_PREFIX", "REJECTED_STREAM"),
}
_ALONE = {"PINPOINT_AUTH": "pinpoint", "AWS_ENDPOINT_URL_PINPOINT": "pinpoint"}
# What people write for it; the AWS SDKs read the other.
_MEANT = {"AWS_ENDPOINT_URL_EVENTS": "AWS_ENDPOINT_URL_EVENTBRIDGE"}
_DESTINATIONS = {name: of for of, names in _OF_DESTINATIONS.items() for name in names}


def sentences(variables: Iterable[str], environ: Mapping[str, str]) -> str:
    """Say it of each variable; nothing of one that this file does not know."""
    said = [_sentence(name, environ.get(name)) for name in variables if name in SHOULD]
    if said and not _DESTINATIONS.keys().isdisjoint(variables):
        said.append(f"The whole command is in {_COMMANDS}.")
    return " ".join(said)


def without_effect(environ: Mapping[str, str], destinations: Collection[str]) -> list[str]:
    """A sentence about each variable that is given and read by nobody."""
    unused = {
        name: f"without {name_of} in DESTINATION"
        for name, name_of in (_DESTINATIONS | _ALONE).items()
        if name_of not in destinations
    } | {name: f"the SDKs read {meant}" for name, meant in _MEANT.items()}
    return [f"{name} has no effect: {why}." for name, why in unused.items() if environ.get(name)]


def _sentence(name: str, value: str | None) -> str:
    if value is None and name in _DESTINATIONS:
        return f"DESTINATION {_DESTINATIONS[name]} needs {name}: {SHOULD[name]}."
    return f"{name} should be {SHOULD[name]}, not {value or ''!r}."
