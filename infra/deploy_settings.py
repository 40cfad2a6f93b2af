"""The deploy settings: cdk.json's context, overridden by `-c name=value`, as one model."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Self

from pydantic import ValidationError

from infra.settings.access_settings import AccessSettings
from infra.settings.alarm_settings import AlarmSettings
from infra.settings.bus_settings import BusSettings
from infra.settings.cors_settings import CorsSettings
from infra.settings.domain_settings import DomainSettings
from infra.settings.encryption_settings import EncryptionSettings
from infra.settings.forwarding_settings import ForwardingSettings
from infra.settings.function_settings import FunctionSettings
from infra.settings.gateway_settings import GatewaySettings
from infra.settings.identity_settings import IdentitySettings
from infra.settings.jwt_settings import JwtSettings
from infra.settings.lake_settings import LakeSettings
from infra.settings.log_settings import LogSettings
from infra.settings.removal_settings import RemovalSettings
from infra.settings.setting_types import Group
from infra.settings.stream_settings import StreamSettings
from infra.settings.table_settings import TableSettings
from infra.settings.waf_settings import WafSettings

# The CDK CLI's own names in the context, besides those with a colon.
_CLI_NAMES = {"cli-telemetry", "acknowledged-issue-numbers"}


class DeploySettingsError(Exception):
    """A deploy setting is wrong; the message is one sentence."""


# Pydantic takes fields and checks from the last base to the first.
class DeploySettings(
    RemovalSettings,
    AlarmSettings,
    EncryptionSettings,
    LogSettings,
    BusSettings,
    StreamSettings,
    TableSettings,
    LakeSettings,
    FunctionSettings,
    CorsSettings,
    DomainSettings,
    WafSettings,
    IdentitySettings,
    JwtSettings,
    AccessSettings,
    ForwardingSettings,
    GatewaySettings,
):
    """The deploy settings; the error about a wrong value quotes the setting's description."""

    @classmethod
    def groups(cls) -> list[type[Group]]:
        """Return the groups, in the order of their settings in the model."""
        return [base for base in reversed(cls.__bases__) if issubclass(base, Group)]

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Self:
        """Read the settings; raise DeploySettingsError about the first wrong one."""
        return cls._read(
            {
                name: value
                for name, value in context.items()
                if ":" not in name and name not in _CLI_NAMES
            }
        )

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, Any]) -> Self:
        """Read the settings of a caller in Python; the error has the caller's spelling, too."""
        known = cls.model_fields
        for name in arguments:
            if name not in known:
                raise DeploySettingsError(_unknown(name, known))
        given = {str(known[name].alias): value for name, value in arguments.items()}
        return cls._read(given, cls.in_snake_case)

    @classmethod
    def in_snake_case(cls, sentence: str) -> str:
        """Return a sentence about settings with their names as Python spells them."""
        names = {str(field.alias): name for name, field in cls.model_fields.items()}
        return re.sub(r"\b[a-z]+(?:[A-Z][a-z]+)+\b", lambda m: names.get(m[0], m[0]), sentence)

    @classmethod
    def _read(cls, given: Mapping[str, Any], spelled: Callable[[str], str] = str) -> Self:
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0] if first["loc"] else first["ctx"]["error"])
            allowed = {field.alias: field.description or "" for field in cls.model_fields.values()}
            if name not in allowed:
                raise DeploySettingsError(_unknown(name, map(str, allowed))) from None
            value = given.get(name, "")
            shown = value if isinstance(value, str) else json.dumps(value)
            raise DeploySettingsError(
                f"The deploy setting {spelled(name)} is '{shown}', "
                f"but must be {spelled(allowed[name])}."
            ) from None


def _unknown(name: str, known: Iterable[str]) -> str:
    names = {_plain(one): one for one in known}
    alike = get_close_matches(_plain(name), names, n=1)
    meant = f" Did you mean {names[alike[0]]}?" if alike else ""
    return f"There is no deploy setting {name}.{meant} docs/settings.md lists all of them."


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
