"""What the groups of deploy settings share: their base, and how lists and nothing are spelled."""

import json
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel


def _split(value: object) -> object:
    if isinstance(value, str) and value.lstrip().startswith("["):
        return json.loads(value)  # as the command line spells a JSON list
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _unset(value: object) -> object:
    return None if value == "" else value


def _switched(value: object) -> object:
    """As cdk.json and the command line spell it; pydantic alone takes yes, on, t and 1 too."""
    match value:
        case bool():
            return value
        case "true" | "false":
            return value == "true"
    raise ValueError(value)


Switch = Annotated[bool, BeforeValidator(_switched)]
# What may be nothing, which the command line spells as an empty text.
OPTIONAL = BeforeValidator(_unset)
# A JSON list, or a text with commas.
LISTED = BeforeValidator(_split)
DISTINCT = AfterValidator(lambda parts: tuple(dict.fromkeys(parts)))


def at_least(least: int) -> AfterValidator:
    """Accept 0, which means none, and numbers from `least` on."""

    def check(number: int) -> int:
        if number and number < least:
            raise ValueError(number)
        return number

    return AfterValidator(check)


class Group(BaseModel):
    """Deploy settings of one concern, and the checks that hold them against each other.

    A group inherits those that its checks ask for. A check raises ValueError with the name of the
    setting that is wrong; checks have names of their own, since all end up in one model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)
