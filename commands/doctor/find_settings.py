"""Amplify's settings of Pinpoint: outputs of Gen 1 and Gen 2, and the backend's categories."""

import re
from collections.abc import Iterable, Iterator

from commands.doctor.found import Found, Role
from commands.doctor.leaf import Leaf

_ANALYTICS = frozenset(
    "awsPinpointAnalyticsPlugin amazon_pinpoint aws_mobile_analytics_app_id"
    " PinpointAnalytics PinpointTargeting AWSPinpoint pinpointApp".split()
)
_PUSH = frozenset(
    "awsPinpointPushNotificationsPlugin awsPinpointInAppMessagingNotificationsPlugin"
    " amazon_pinpoint_app_id".split()
)
# The categories of Gen 1 that create a Pinpoint application.
_CATEGORY = re.compile(r"(?:^|/)amplify/backend/(?:analytics|notifications)/[^/]+/[^/]+$")


def in_leaves(leaves: Iterable[Leaf]) -> Iterator[Found]:
    """Keys that Amplify wrote, and the backend's services."""
    for leaf in leaves:
        key = leaf.path[-1] if leaf.path else ""
        if key in _ANALYTICS:
            yield Found(leaf.line, Role.SETTING, "config-analytics")
        elif key in _PUSH:
            yield Found(leaf.line, Role.SETTING, "config-push")
        elif key == "Pinpoint" and {"analytics", "Analytics", "notifications"} & {*leaf.path}:
            push = "notifications" in leaf.path
            yield Found(leaf.line, Role.SETTING, "config-push" if push else "config-analytics")
        elif key == "service" and leaf.text == "Pinpoint":
            yield Found(leaf.line, Role.SETTING, "amplify-backend")


def in_path(path: str, text: str) -> Iterator[Found]:
    """A folder of a category, which may be for Kinesis instead."""
    if _CATEGORY.search(path) and "pinpoint" in text.lower():
        yield Found(1, Role.SETTING, "amplify-backend")
