"""Example values of every deploy setting: what the matrix, the linters and the updates try."""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from infra.deploy_settings import DeploySettings, DeploySettingsError
from tests.infra.synthesis import CONTEXT

# Values of free text. Choices, flags and numbers are read from the model: every choice, and both
# bounds of a number. An entry here for one of those takes the place of what is read.
FREE: dict[str, tuple[Any, ...]] = {
    "destination": ("pinpoint", ["lake", "stream"], ["lake", "bus"], ["pinpoint", "stream", "bus"]),
    "existingEventStream": ("arn:aws:kinesis:eu-west-1:123456789012:stream/kept-events",),
    "busEventTypes": (["checkout_done", "_session.start"], ["*"]),
    "existingEventBus": (
        "default",
        "arn:aws:events:eu-west-1:123456789012:event-bus/kept-bus",
    ),
    "stackName": ("Events-staging",),
    "pinpointEndpointUrl": (
        "https://events.example.com/prod",
        "https://abc123.execute-api.eu-west-1.amazonaws.com/prod",
        "aws",
    ),
    "pinpointApiArn": ("arn:aws:execute-api:eu-west-1:123456789012:abc123/prod",),
    "pinpointApiKeySecret": (
        "putevents/key",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:putevents/key-AbCdEf",
    ),
    "applicationIds": (["a", "b.c_D-1"], [f"app-{number}" for number in range(5)]),
    "userPoolId": (
        "eu-west-1_aBcDeFgHi",
        "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_aBcDeFgHi",
    ),
    "jwtIssuer": ("https://login.example.com/",),
    "jwtAudience": (["my-api"], ["my-api", "my-app"]),
    "jwtJwksUrl": ("https://login.example.com/keys",),
    "waf": (
        True,
        "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/mine/12345678-1234-1234-1234-123456789012",
    ),
    "apiKeyQuota": ("5000000/month",),
    "domainName": ("events.example.com",),
    "certificateArn": (
        "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
    ),
    "hostedZoneId": ("Z0123456789ABCDEFGHIJ",),
    "basePath": ("pinpoint",),
    "corsOrigins": (["https://app.example.com"], ["https://*.example.dev", "https://a.dev"], ["*"]),
    "corsHeaders": (["x-datadog-trace-id", "x-b3"],),
    "existingEndpointTable": (
        "kept-endpoints",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/kept-endpoints",
    ),
    "existingLakeBucket": ("kept-lake",),
    "lakeReaders": (["arn:aws:iam::123456789012:role/analyst"],),
    "alarmEmail": ("ops@example.com",),
    "alarmTopicArn": ("arn:aws:sns:eu-west-1:123456789012:ops",),
}
# More values, for updates from one value to another: what is long or costly to lint in pairs.
OTHERS: dict[str, tuple[Any, ...]] = {
    "stackName": ("Events-production",),
    "domainName": ("events.example.org",),
    "certificateArn": (
        "arn:aws:acm:eu-west-1:123456789012:certificate/87654321-4321-4321-4321-210987654321",
    ),
    "hostedZoneId": ("Z9876543210ABCDEFGHIJ",),
    "basePath": ("events",),
    "jwtIssuer": ("https://login.example.org/",),
    "jwtJwksUrl": ("https://login.example.org/keys",),
    "apiKeyQuota": ("100/day",),
    "corsHeaders": (["x-b3"],),
    "applicationIds": (["b.c_D-1", "a"], ["b.c_D-1"]),
    "existingLakeBucket": ("kept-lake-2",),
    "lakeReaders": (
        ["arn:aws:iam::123456789012:role/board", "arn:aws:iam::123456789012:role/analyst"],
        ["arn:aws:iam::123456789012:role/board"],
    ),
    "alarmEmail": ("on-call@example.com",),
    "alarmTopicArn": ("arn:aws:sns:eu-west-1:123456789012:on-call",),
}
FIELDS: dict[str, FieldInfo] = {
    str(field.alias): field for field in DeploySettings.model_fields.values()
}
# Without the CDK's own, which are many.
_CDK_JSON = {name: value for name, value in CONTEXT.items() if ":" not in name}
_BOUNDS = ("ge", "le")
_COMPLETED: dict[str, dict[str, Any] | None] = {}
Values = Mapping[str, Any]


@cache
def examples(setting: str) -> list[Any]:
    """The value of cdk.json first, then the others."""
    field = FIELDS[setting]
    found = [_plain(CONTEXT.get(setting, field.get_default()))]
    for value in map(_plain, FREE.get(setting) or of_type(field.annotation, field.metadata)):
        if _text(value) not in {_text(known) for known in found}:
            found.append(value)
    return found


def all_values(setting: str) -> list[Any]:
    """The examples, and the values that only updates try."""
    return [*examples(setting), *OTHERS.get(setting, ())]


@cache
def changes() -> list[tuple[str, Any]]:
    """Each setting with each value that it does not have in cdk.json."""
    return [(name, value) for name in FIELDS for value in examples(name)[1:]]


def completed(values: Values) -> dict[str, Any] | None:
    """The values with as few others as they need beside them, or None if they exclude each other.

    `auth=cognito` comes back with a user pool. Nobody lists what needs what: the settings' own
    checks name the setting that is wrong.
    """
    key = repr(sorted(values.items()))
    if key not in _COMPLETED:
        several = len(values) > 1
        _COMPLETED[key] = _together(values) if several else _alone(values, {}, frozenset())
    return _COMPLETED[key]


def _together(values: Values) -> dict[str, Any] | None:
    """Join what each value needs, and change one more setting where that does not suffice."""
    needs = [completed({name: value}) or {} for name, value in values.items()]
    for joined in (needs, needs[::-1]):
        beside = {name: value for need in joined for name, value in need.items()}
        if is_valid({**beside, **values}):
            return {**beside, **values}
    more = ({name: value} for name, value in changes())
    return next(
        ({**beside, **m, **values} for m in more if is_valid({**beside, **m, **values})), None
    )


def _alone(values: Values, beside: Values, seen: frozenset[str]) -> dict[str, Any] | None:
    """Change the setting that is told to be wrong, or another if that one is given."""
    wrong = _wrong({**beside, **values})
    if not wrong:
        return {**beside, **values}
    given = {**values, **beside}
    names = [name for name in FIELDS if name not in given] if wrong in given else [wrong]
    tries = [{**beside, name: value} for name in names for value in examples(name)]
    told = [_wrong({**more, **values}) for more in tries]
    if "" in told:
        return {**tries[told.index("")], **values}
    # What is wrong as before has not been helped by a change.
    seen |= {wrong}
    helped = (more for more, still in zip(tries, told, strict=True) if still not in seen)
    return next(filter(None, (_alone(values, more, seen) for more in helped)), None)


def is_valid(values: Values) -> bool:
    """Whether these values, beside those of cdk.json, are taken."""
    return not _wrong(values)


def _wrong(values: Values) -> str:
    """The setting that is told to be wrong, or nothing."""
    try:
        DeploySettings.from_context({**_CDK_JSON, **values})
    except DeploySettingsError as error:
        return str(error).split()[3]  # The deploy setting <name> is ...
    return ""


def of_type(kind: Any, bounds: Iterable[Any] = ()) -> Iterable[Any]:
    """What a type tells: every choice, both states of a flag, the bounds of a number."""
    inner = [part for part in get_args(kind) if part is not Ellipsis]
    match get_origin(kind):
        case origin if origin is Literal:
            return inner
        case origin if origin is Annotated:
            told = [part for given in inner[1:] for part in getattr(given, "metadata", [given])]
            return of_type(inner[0], [*bounds, *told])
        case origin if origin in (Union, UnionType):
            return [value for part in inner for value in of_type(part, bounds)]
        case origin if origin is tuple:
            return [[value] for part in inner for value in of_type(part, ())]
    if kind is bool:
        return (False, True)
    if isinstance(kind, type) and issubclass(kind, IntEnum):
        return (min(kind).value, max(kind).value)
    if kind in (int, float):
        return [
            getattr(bound, name) for bound in bounds for name in _BOUNDS if hasattr(bound, name)
        ]
    return ()


def _plain(value: Any) -> Any:
    """A value as JSON has it in cdk.json."""
    if isinstance(value, IntEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _text(value: Any) -> str:
    """A value as the command line spells it: nothing, an empty text and an empty list are one."""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value or "")
