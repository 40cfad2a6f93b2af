"""What a plain template's parameters take, put where they go: no text may become another kind."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from commands.release.stand_ins import stand_ins
from infra.deploy_settings import DeploySettings, DeploySettingsError
from tests.infra.resolved_template import Resolved, takes

# What each parameter is commonly, and all that a value is broken with.
COMMON = {
    "AlarmTopicArn": "arn:aws:sns:eu-west-1:111122223333:alarms",
    "ApiLogRole": "existing",
    "ApplicationId": "0123456789abcdef0123456789abcdef",
    "Architecture": "x86_64",
    "CodeBucket": "my-releases",
    "CodePrefix": "putevents/",
    "Database": "shop_events",
    "JwtAudience": "shop,https://admin.example.com/?a=b",
    "JwtIssuer": "https://login.example.com/tenant/v2.0/",
    "PinpointEndpointUrl": "https://next.example.com:8443/prod",
    "ThrottleBurst": "3",
    "ThrottleRate": "2",
    "UserPoolId": "eu-west-1_aBcDeFgHi",
}
_SIGNS = [*"\"\\',:/*?$!{}%&<>[]();=#@+|~^ \t\n\r\0é\u2028", "..", "//", ",,", "${", "!{"]
_WORDS = [
    "", ".", "..", "default", "information_schema", "aws", "null", "[]", '["a"]', "a,b", "1",
    "9" * 400, "a" * 41, "a," * 20 + "a", "-1", "1e3", "100001", "${AWS::Region}",
    "!{timestamp:yyyy}",
    "https://pinpoint.us-east-1.amazonaws.com", "https://PINPOINT.us-east-1.api.aws/v1",
    "http://127.0.0.1/", f"https://{'a' * 300}.example.com/", "https://a.example.com/#a?b",
]  # fmt: skip
_ALARM_TARGET = re.compile("/(Alarm|OK)Actions/")  # only there while there is a topic
_VIEW = re.compile(r"^/\* Presto View: ([A-Za-z0-9+/=]+) \*/$")


def tried(common: str) -> Iterator[str]:
    """A common value, with each sign at each place of interest, and words that mean something."""
    yield common
    for sign in _SIGNS:
        middle = len(common) // 2
        yield from (sign, sign + common, common + sign, common[:middle] + sign + common[middle:])
    yield from _WORDS


def problems(template: Mapping[str, Any], settings: Mapping[str, str]) -> list[str]:
    """What a value does that the template takes; nothing is how it should be."""
    parameters = template["Parameters"]
    common = {name: COMMON[name] for name in parameters}
    names = {one.name: one.setting for one in stand_ins(dict(settings))}
    required = {setting: COMMON[name] for name, setting in names.items()}
    found = []
    for name, parameter in parameters.items():
        part = _of(template, name)
        before = kinds(Resolved(part, common), common[name])
        if not takes(parameter, common[name]):
            found.append(f"{name} does not take {common[name]}")
        for value in filter(partial(takes, parameter), dict.fromkeys(tried(common[name]))):
            if name in names and value != parameter.get("Default"):
                found += _not_a_setting(names[name], value, {**required, **settings})
            after = kinds(Resolved(part, {**common, name: value}), value)
            found += [f"{name} {value!r} breaks {place}" for place in before
                      if before[place] != after[place]]  # fmt: skip
    return found


def _of(template: Mapping[str, Any], parameter: str) -> dict[str, Any]:
    """The template with no more resources and outputs than those that name the parameter."""
    reference = json.dumps({"Ref": parameter})
    sections = {
        section: {n: one for n, one in template[section].items() if reference in json.dumps(one)}
        for section in ("Resources", "Outputs")
    }
    return {**template, **sections}


def kinds(resolved: Resolved, value: str) -> dict[str, Any]:
    """What kind of a text stands at each place that has one."""
    made: dict[str, Any] = {}

    def walk(part: Any, place: str) -> None:
        if isinstance(part, dict | list):
            inside = part.items() if isinstance(part, dict) else enumerate(part)
            for name, inner in inside:
                walk(inner, f"{place}/{name}")
        elif isinstance(part, str):
            made[place] = _kind(part, value)
            if place.endswith(("/APPLICATION_IDS", "values")):  # commas stand between them
                made[place] = part.count(",")

    walk({**resolved.resources, **resolved.outputs}, "")
    return {place: kind for place, kind in made.items() if not _ALARM_TARGET.search(place)}


def _kind(text: str, value: str) -> Any:
    """Of JSON its structure, of an ARN how many parts and wildcards it has; else just a text."""
    if view := _VIEW.match(text):
        return _kind(b64decode(view[1]).decode(), value)
    if text.startswith(("{", "[")):
        try:
            return _structure(json.loads(text), value)
        except ValueError:
            return "not JSON"
    if text.startswith("arn:"):
        return re.sub("[^:/*?]", "", text)
    return "text"


def _structure(part: Any, value: str) -> Any:
    if isinstance(part, dict):
        return {key: _structure(inner, value) for key, inner in part.items()}
    if isinstance(part, list):
        whole = part == value.split(",")
        return "the values" if whole else [_structure(inner, value) for inner in part]
    return _kind(part, value) if isinstance(part, str) else part


def _not_a_setting(setting: str, value: str, others: Mapping[str, str]) -> list[str]:
    """The deploy setting of a parameter takes whatever the parameter takes."""
    try:
        DeploySettings.from_context({**others, setting: value})
    except DeploySettingsError as error:
        return [str(error)]
    return []
