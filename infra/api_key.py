"""The API key of `auth=api-key`, and the usage plan that limits it."""

from aws_cdk import aws_apigateway as apigateway

from infra.deploy_settings import DeploySettings


def add_api_key(api: apigateway.RestApi, settings: DeploySettings) -> apigateway.IApiKey:
    """Add a key and its usage plan; without settings of its own it is limited as the stage is."""
    key = api.add_api_key("Key")
    plan = api.add_usage_plan(
        "Plan",
        throttle=apigateway.ThrottleSettings(
            rate_limit=settings.api_key_rate or settings.throttle_rate,
            burst_limit=settings.api_key_burst or settings.throttle_burst,
        ),
        quota=_quota(settings.api_key_quota),
    )
    plan.add_api_stage(stage=api.deployment_stage)
    plan.add_api_key(key)
    return key


def _quota(quota: str | None) -> apigateway.QuotaSettings | None:
    """Read a quota such as 5000000/month."""
    if quota is None:
        return None
    limit, _, period = quota.partition("/")
    return apigateway.QuotaSettings(limit=int(limit), period=apigateway.Period[period.upper()])
