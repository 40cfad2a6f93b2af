"""Settings that were changed but have no effect beside the others: synth says so.

A warning, not an error: cdk.json may keep the settings of two destinations, to switch between them.
"""

from collections.abc import Iterator

from aws_cdk import Annotations, Stack

from infra.deploy_settings import DeploySettings
from infra.settings.bus_settings import BusSettings
from infra.settings.forwarding_settings import ForwardingSettings
from infra.settings.jwt_settings import JwtSettings
from infra.settings.lake_settings import LakeSettings
from infra.settings.setting_types import Group
from infra.settings.stream_settings import StreamSettings
from infra.settings.table_settings import TableSettings


def warn_of_unused(stack: Stack, settings: DeploySettings) -> None:
    """Name the settings that have no effect, and what takes it from them."""
    for reason, fields in _unused(settings):
        known = DeploySettings.model_fields
        names = [
            str(known[name].alias)
            for name in fields
            if getattr(settings, name) != known[name].get_default()
        ]
        if names:
            verb = "has" if len(names) == 1 else "have"
            Annotations.of(stack).add_warning_v2(
                f"putevents:no-effect-{names[0]}",
                f"{', '.join(names)} {verb} no effect {reason}.",
            )


def _unused(settings: DeploySettings) -> Iterator[tuple[str, list[str]]]:
    groups = {
        "lake": (LakeSettings, TableSettings),
        "pinpoint": (ForwardingSettings,),
        "stream": (StreamSettings,),
        "bus": (BusSettings,),
    }
    unused = [
        group
        for name, found in groups.items()
        if name not in settings.destination
        for group in found
    ]
    yield (
        f"with destination={','.join(settings.destination)}",
        [name for group in unused for name in _own(group)],
    )
    if settings.auth != "cognito":
        yield f"with auth={settings.auth}", ["user_pool_id"]
    if settings.auth != "jwt":
        yield f"with auth={settings.auth}", _own(JwtSettings)
    if settings.waf is not True:
        yield "without waf=true", ["waf_rate_limit"]
    if not settings.cors_origins:
        yield "without corsOrigins", ["cors_headers"]
    if not settings.monthly_budget_usd:
        yield "without monthlyBudgetUsd", ["budget_scope"]


def _own(group: type[Group]) -> list[str]:
    """The settings of a group without those that it inherits."""
    return [name for name in group.model_fields if name in group.__annotations__]
