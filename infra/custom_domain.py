"""The API's own domain name: the one URL that outlives the API."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53

from infra.deploy_settings import DeploySettings


def custom_url(settings: DeploySettings) -> str | None:
    """Return the URL for clients, without a trailing slash, if there is a domain name."""
    if settings.domain_name is None:
        return None
    base_path = f"/{settings.base_path}" if settings.base_path else ""
    return f"https://{settings.domain_name}{base_path}"


def add_custom_domain(api: apigateway.RestApi, settings: DeploySettings) -> None:
    """Serve the API under its domain name, and point the name there or say where to point it."""
    if settings.domain_name is None:
        return
    stack = Stack.of(api)
    domain = apigateway.DomainName(
        stack,
        "Domain",
        domain_name=settings.domain_name,
        certificate=acm.Certificate.from_certificate_arn(
            stack, "Certificate", settings.certificate_arn or ""
        ),
        endpoint_type=apigateway.EndpointType.REGIONAL,
        security_policy=apigateway.SecurityPolicy.TLS_1_2,
    )
    domain.add_base_path_mapping(api, base_path=settings.base_path, stage=api.deployment_stage)
    if settings.hosted_zone_id:
        # The zone's name is not asked for: a record's full name is enough.
        route53.CfnRecordSet(
            stack,
            "DomainAlias",
            hosted_zone_id=settings.hosted_zone_id,
            name=f"{settings.domain_name}.",
            type="A",
            alias_target=route53.CfnRecordSet.AliasTargetProperty(
                dns_name=domain.domain_name_alias_domain_name,
                hosted_zone_id=domain.domain_name_alias_hosted_zone_id,
            ),
        )
    else:
        CfnOutput(
            stack,
            "DomainTarget",
            value=domain.domain_name_alias_domain_name,
            description=f"What a CNAME record of {settings.domain_name} must name",
        )
