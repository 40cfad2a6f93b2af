"""Four packs of cdk-nag find nothing that is not explained beside its resource."""

import re

from aws_cdk import Stack
from aws_cdk import aws_sqs as sqs

from tests.infra.nag import findings, reviews
from tests.infra.nag_document import shown, table
from tests.infra.synthesis import Deployment

ANEW = "write it anew: .venv/bin/python -m tests.infra.nag_document"


def test_nothing_is_found_without_a_reason_whatever_the_settings() -> None:
    assert [found for review in reviews() for found in review.unexplained()] == []


def test_every_reason_explains_a_finding_in_some_variant() -> None:
    given = {(reason.rule, reason.path) for review in reviews() for reason in review.reasons}
    needed = {(reason.rule, reason.path) for review in reviews() for reason in review.needed()}

    assert sorted(given - needed) == []


def test_synth_warns_of_nothing_but_what_whoever_deploys_can_decide() -> None:
    warnings = {warning for review in reviews() for warning in review.warnings}

    assert [warning for warning in warnings if "[ack: putevents:" not in warning] == []


def test_cdk_nag_itself_is_silent_about_what_is_explained(any_auth: Deployment) -> None:
    assert findings(any_auth.stack) == []


def test_it_would_find_a_queue_without_tls_or_dead_letters() -> None:
    stack = Stack(None, "Careless")
    sqs.Queue(stack, "Queue")

    assert {rule for rule, _ in findings(stack)} == {
        "AwsSolutions-SQS3",
        "AwsSolutions-SQS4",
        "Serverless-SQSRedrivePolicy",
    }


def test_every_reason_is_a_sentence() -> None:
    texts = {reason.text for review in reviews() for reason in review.reasons}

    assert len(texts) > 20
    assert [text for text in texts if len(text) < 20 or not re.match(r"[A-Z].*\.$", text)] == []


def test_the_page_on_security_has_the_table_of_reasons() -> None:
    assert shown() == table(), ANEW
