"""cdk-nag's AwsSolutions pack finds nothing that is not explained beside its resource."""

from aws_cdk import Stack, Validations
from aws_cdk import aws_sqs as sqs
from cdk_nag import AwsSolutionsChecks

from tests.infra.conftest import Deploy
from tests.infra.synthesis import FORWARDING, Deployment


def findings(stack: Stack) -> list[tuple[str, str]]:
    report = AwsSolutionsChecks(stack).validate_scope(stack)
    return [
        (violation.rule_name, resource.construct_path or "")
        for violation in report.violations
        for resource in violation.violating_resources
    ]


def test_it_finds_nothing_whatever_auth_is(any_auth: Deployment) -> None:
    assert findings(any_auth.stack) == []


def test_it_finds_nothing_with_every_option_in_use(deploy: Deploy) -> None:
    deployment = deploy(
        applicationIds="a,b",
        alarmEmail="ops@example.com",
        corsOrigins="https://app.example.com",
        **FORWARDING,
        snapStart="true",
    )

    assert findings(deployment.stack) == []


def test_it_would_find_a_queue_without_tls_or_dead_letters() -> None:
    stack = Stack(None, "Careless")
    sqs.Queue(stack, "Queue")

    assert {rule for rule, _ in findings(stack)} == {"AwsSolutions-SQS3", "AwsSolutions-SQS4"}


def test_every_reason_is_a_sentence(any_auth: Deployment) -> None:
    key = Validations.ACKNOWLEDGED_RULES_METADATA_KEY
    reasons = [
        reason
        for construct in any_auth.stack.node.find_all()
        for entry in construct.node.metadata
        if entry.type == key
        for reason in entry.data.values()
    ]

    assert len(reasons) > 5
    assert [reason for reason in reasons if len(reason) < 20 or not reason.endswith(".")] == []
