"""Synth names the settings that have no effect beside the others."""

from typing import Any

import pytest

from tests.infra.conftest import Deploy
from tests.infra.synthesis import FORWARDING


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {**FORWARDING, "lakeBufferSeconds": 60, "existingLakeBucket": "kept-lake"},
            "lakeBufferSeconds, existingLakeBucket have no effect with destination=pinpoint.",
        ),
        (
            {**FORWARDING, "tableBackupDays": 7},
            "tableBackupDays has no effect with destination=pinpoint.",
        ),
        (
            {"pinpointEndpointUrl": "https://events.example.com/prod"},
            "pinpointEndpointUrl has no effect with destination=lake.",
        ),
        ({"userPoolId": "eu-west-1_aB1"}, "userPoolId has no effect with auth=iam."),
        ({"corsHeaders": ["x-b3"]}, "corsHeaders has no effect without corsOrigins."),
        ({"budgetScope": "stack"}, "budgetScope has no effect without monthlyBudgetUsd."),
    ],
)
def test_a_setting_without_effect_is_named(
    deploy: Deploy, options: dict[str, Any], told: str
) -> None:
    [warning] = [text for text in deploy(**options).warnings() if "no effect" in text]

    assert warning.startswith(told)


@pytest.mark.parametrize(
    "options",
    [
        FORWARDING,
        {"lakeBufferSeconds": 60, "tableBackupDays": 7},
        {"auth": "cognito", "userPoolId": "eu-west-1_aB1"},
        {"corsHeaders": ["x-b3"], "corsOrigins": ["https://a.example"]},
        {"budgetScope": "stack", "monthlyBudgetUsd": 5, "alarmEmail": "ops@example.com"},
    ],
)
def test_a_setting_with_effect_is_not(deploy: Deploy, options: dict[str, Any]) -> None:
    assert [text for text in deploy(**options).warnings() if "no effect" in text] == []
