"""Deploys with other settings: they take effect, and a destroy leaves what they say."""

from urllib.parse import urlsplit

import pytest

from tests.deployed.bodies import message, numbered
from tests.deployed.changing_stack import BASE, GOOD, JSON, ChangingStack, forwarding, post
from tests.deployed.conftest import StartEmulator
from tests.deployed.deployed_gateway import Answer, send
from tests.deployed.deployment import Deployment
from tests.deployed.emulator import ACCOUNT, REGION, Emulator
from tests.deployed.eventually import eventually
from tests.deployed.putevents_server import Upstream

# Two tests share a deploy with these.
THIRD = {"auth": "none", "applicationIds": "third", "encryption": "customer"}


@pytest.mark.usefixtures("upstream")
def test_another_allow_list_serves_other_applications(changing: ChangingStack) -> None:
    names = ("first", "second", "third")
    before = changing.deploy(auth="none", applicationIds="first,second")
    assert [post(before, to=name).status for name in names] == [202, 202, 404]

    after = changing.deploy(**THIRD)

    assert [post(after, to=name).status for name in names] == [404, 404, 202]


def test_with_a_key_of_its_own_an_event_waits_in_the_queue_and_arrives(
    changing: ChangingStack, upstream: Upstream
) -> None:
    deployment = changing.deploy(**THIRD)
    keys = {key["KeyArn"] for key in changing.emulator.client("kms").list_keys()["Keys"]}
    sqs = changing.emulator.client("sqs")
    queue = deployment.outputs["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]

    sqs.send_message(QueueUrl=queue, MessageBody=message("third", numbered("device", 1)))

    eventually(lambda: len(upstream.accepted) == 1)
    assert attributes["KmsMasterKeyId"] in keys


@pytest.mark.usefixtures("upstream")
def test_another_throttle_takes_effect(changing: ChangingStack) -> None:
    deployment = changing.deploy(auth="none", throttleRate=1, throttleBurst=1)

    answers = [post(deployment) for _ in range(5)]

    throttled = [answer for answer in answers if answer.status != 202]
    assert throttled
    # Most clients keep what they could not send over a 500, and delete it over a 429.
    assert throttled[0].status == 500
    assert throttled[0].json.keys() == {"Message", "RequestID"}


@pytest.mark.usefixtures("upstream")
def test_a_domain_leads_to_the_api(changing: ChangingStack) -> None:
    arn = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0a1b2c3d"
    zones = changing.emulator.client("route53")
    zone = zones.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    deployment = changing.deploy(
        auth="none",
        domainName="events.example.com",
        certificateArn=arn,
        basePath="analytics",
        hostedZoneId=zone.removeprefix("/hostedzone/"),
    )

    assert deployment.outputs["ApiUrl"] == "https://events.example.com/analytics"
    assert _post_to_domain(deployment, "/analytics").status == 202
    assert _post_to_domain(deployment, "/other").status != 202
    records = zones.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert [r["Type"] for r in records if r["Name"] == "events.example.com."] == ["A"]


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        pytest.param({"apiLogRole": "existing"}, set(), id="nothing"),
        # All APIs of an account log with the one role.
        pytest.param({}, {"iam"}, id="the role of API Gateway"),
        pytest.param({"removalPolicy": "retain"}, {"iam", "sqs", "logs"}, id="queues and logs"),
    ],
)
def test_destroy_leaves_nothing_but_what_the_settings_say_to_keep(
    fresh: StartEmulator, upstream: Upstream, options: dict[str, str], kept: set[str]
) -> None:
    deployment = fresh()
    before = _inventory(deployment.emulator)
    deployment.deploy(**forwarding(upstream), alarmEmail="somebody@example.com", **options)
    deployed = _inventory(deployment.emulator)
    assert [service for service in deployed if deployed[service] == before[service]] == ["s3"]

    deployment.destroy()

    after = _inventory(deployment.emulator)
    assert {service for service in after if after[service] != before[service]} == kept


def _post_to_domain(deployment: Deployment, base_path: str) -> Answer:
    """A request to the domain, which the emulator knows by the Host header."""
    port = urlsplit(deployment.emulator.url).port
    url = f"{deployment.emulator.url}{base_path}{BASE}/events"
    return send(url, GOOD, headers={**JSON, "Host": f"events.example.com:{port}"})


def _inventory(emulator: Emulator) -> dict[str, list[str]]:
    """What there is, by the services that the stack uses."""
    asked = {
        "lambda": ("list_functions", "Functions", "FunctionName"),
        "sqs": ("list_queues", "QueueUrls", None),
        "apigateway": ("get_rest_apis", "items", "name"),
        "logs": ("describe_log_groups", "logGroups", "logGroupName"),
        "iam": ("list_roles", "Roles", "RoleName"),
        "sns": ("list_topics", "Topics", "TopicArn"),
        "cloudwatch": ("describe_alarms", "MetricAlarms", "AlarmName"),
        "s3": ("list_buckets", "Buckets", "Name"),
    }
    return {
        service: sorted(
            item if name is None else item[name]
            for item in getattr(emulator.client(service), operation)().get(key, [])
        )
        for service, (operation, key, name) in asked.items()
    }
