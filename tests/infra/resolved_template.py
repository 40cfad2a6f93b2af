"""A plain template as CloudFormation resolves it, with values for its parameters."""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cached_property
from typing import Any

_NOTHING = object()
_PSEUDO = {
    "AWS::StackName": "Shop-events",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": _NOTHING,
}


def takes(parameter: Mapping[str, Any], value: str) -> bool:
    """Whether CloudFormation takes the value: a pattern must match the whole of it."""
    if parameter["Type"] == "Number":
        number = float(value) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) else None
        return number is not None and parameter["MinValue"] <= number <= parameter["MaxValue"]
    return (
        value in parameter.get("AllowedValues", [value])
        and len(value) <= parameter.get("MaxLength", 4096)
        and bool(re.fullmatch(parameter.get("AllowedPattern", "(?s:.*)"), value))
    )


class Resolved:
    """The resources and outputs that are made with these values; defaults for the others."""

    def __init__(self, template: Mapping[str, Any], given: Mapping[str, str]) -> None:
        self._template = template
        defaults = {
            name: one["Default"] for name, one in template["Parameters"].items() if "Default" in one
        }
        self._values = {**_PSEUDO, **defaults, **given}

    @cached_property
    def resources(self) -> dict[str, Any]:
        """Those whose condition is true."""
        return self._made("Resources")

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """The same of outputs."""
        return self._made("Outputs")

    def _made(self, section: str) -> dict[str, Any]:
        return {
            name: self._value(one)
            for name, one in self._template[section].items()
            if "Condition" not in one or self._holds(one["Condition"])
        }

    def _holds(self, condition: str) -> bool:
        return bool(self._value(self._template["Conditions"][condition]))

    def _value(self, part: Any) -> Any:
        if isinstance(part, list):
            return [value for one in part if (value := self._value(one)) is not _NOTHING]
        if not isinstance(part, dict):
            return part
        if len(part) == 1:
            [(name, argument)] = part.items()
            if name == "Ref":
                return self._values.get(argument, f"made-{argument}")
            if name.startswith("Fn::"):
                return self._call(name, argument)
        values = {name: self._value(value) for name, value in part.items()}
        return {name: value for name, value in values.items() if value is not _NOTHING}

    def _call(self, function: str, argument: Any) -> Any:
        if function == "Fn::If":
            return self._value(argument[1 if self._holds(argument[0]) else 2])
        given = self._value(argument)
        match function:
            case "Fn::Join":
                return given[0].join(str(one) for one in given[1])
            case "Fn::Split":
                return given[1].split(given[0])
            case "Fn::Select":
                return given[1][int(given[0])]
            case "Fn::Base64":
                return b64encode(given.encode()).decode()
            case "Fn::GetAtt":
                arn = "arn:aws:made:eu-west-1:111122223333:"
                return f"{arn}{'.'.join(given)}"
            case "Fn::Equals":
                return given[0] == given[1]
            case "Fn::Not":
                return not given[0]
        raise ValueError(f"{function} is not resolved here.")
