"""A domain name of one's own: where it leads, and the URL that clients are told."""

import pytest

from tests.infra.conftest import Deploy
from tests.infra.nag import findings
from tests.infra.synthesis import text
from tests.infra.test_deploy_settings import refusal

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d-1111-2222-3333-444455556666"
DOMAIN = {"domainName": "events.example.com", "certificateArn": CERTIFICATE}


def test_clients_are_told_the_domain_and_it_leads_to_the_stage(deploy: Deploy) -> None:
    deployment = deploy(**DOMAIN)
    domain = deployment.one("ApiGateway::DomainName")
    mapping = deployment.one("ApiGateway::BasePathMapping")

    assert deployment.outputs["ApiUrl"] == "https://events.example.com"
    assert domain["DomainName"] == "events.example.com"
    assert domain["RegionalCertificateArn"] == CERTIFICATE
    assert domain["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert domain["SecurityPolicy"] == "TLS_1_2"
    assert "BasePath" not in mapping
    assert "Stage" in text(mapping["Stage"])
    assert text(deployment.outputs["DomainTarget"]).endswith(".RegionalDomainName>")
    assert deployment.all("Route53::RecordSet") == []
    assert findings(deployment.stack) == []


def test_a_base_path_stands_in_the_url(deploy: Deploy) -> None:
    deployment = deploy(**DOMAIN, basePath="analytics")

    assert deployment.outputs["ApiUrl"] == "https://events.example.com/analytics"
    assert deployment.one("ApiGateway::BasePathMapping")["BasePath"] == "analytics"


def test_a_hosted_zone_gets_the_record(deploy: Deploy) -> None:
    deployment = deploy(**DOMAIN, hostedZoneId="Z0123456789ABC")
    record = deployment.one("Route53::RecordSet")

    assert (record["Name"], record["Type"]) == ("events.example.com.", "A")
    assert record["HostedZoneId"] == "Z0123456789ABC"
    assert text(record["AliasTarget"]["DNSName"]).endswith(".RegionalDomainName>")
    assert text(record["AliasTarget"]["HostedZoneId"]).endswith(".RegionalHostedZoneId>")
    assert "DomainTarget" not in deployment.outputs


def test_the_apis_own_url_can_be_closed(deploy: Deploy) -> None:
    closed = deploy(**DOMAIN, disableExecuteApiEndpoint="true")

    assert closed.one("ApiGateway::RestApi")["DisableExecuteApiEndpoint"] is True
    assert "DisableExecuteApiEndpoint" not in deploy(**DOMAIN).one("ApiGateway::RestApi")
    # It takes effect with a new deployment of the stage only.
    assert _deployment_id(closed.template) != _deployment_id(deploy(**DOMAIN).template)


def test_without_a_domain_there_is_none_of_it(deploy: Deploy) -> None:
    deployment = deploy()

    for kind in ("ApiGateway::DomainName", "ApiGateway::BasePathMapping", "Route53::RecordSet"):
        assert deployment.all(kind) == []


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"domainName": "events.example.com"}, "certificateArn"),
        ({"certificateArn": CERTIFICATE}, "domainName"),
        ({"hostedZoneId": "Z1"}, "hostedZoneId"),
        ({"basePath": "analytics"}, "basePath"),
        ({**DOMAIN, "basePath": "ping"}, "basePath"),
        ({"disableExecuteApiEndpoint": "true"}, "disableExecuteApiEndpoint"),
    ],
)
def test_what_belongs_together_is_asked_for_together(options: dict[str, str], name: str) -> None:
    assert refusal(**options).startswith(f"The deploy setting {name} is ")


def _deployment_id(template: dict[str, dict[str, dict[str, str]]]) -> str:
    kind = "AWS::ApiGateway::Deployment"
    [id_] = [id_ for id_, r in template["Resources"].items() if r["Type"] == kind]
    return id_
