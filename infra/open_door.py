"""What synth says of `auth=none`: what still protects the gateway, and what nothing checks."""

from infra.application_ids import is_guessable
from infra.deploy_settings import DeploySettings


def warning_of(settings: DeploySettings) -> str:
    """Return one warning in a few sentences."""
    sentences = [
        "auth=none accepts events for the listed applications from anyone who has the URL.",
        "What still protects: applicationIds (others are answered 404), throttleRate="
        f"{settings.throttle_rate}, throttleBurst={settings.throttle_burst}, {_others(settings)}.",
        "Nothing checks that events are true, or that an endpoint or a user is the sender's; "
        "an id is in every copy of the app. docs/access.md has the choices.",
    ]
    if guessable := list(filter(is_guessable, settings.application_ids)):
        verb = "is" if len(guessable) == 1 else "are"
        sentences.insert(
            1,
            f"{', '.join(guessable)} {verb} guessable: `make new-application-id` prints an id "
            "that is not.",
        )
    return " ".join(sentences)


def _others(settings: DeploySettings) -> str:
    names = {
        "waf": settings.waf,
        "tableMaxWrites": settings.table_max_writes,
        "monthlyBudgetUsd": settings.monthly_budget_usd,
    }
    return ", ".join(f"{name} ({'on' if value else 'off'})" for name, value in names.items())
