"""cfn-lint finds nothing in the first variants of the settings, for any region."""

from typing import Any

import pytest

from tests.infra.conftest import Deploy
from tests.infra.setting_matrix import FIRST, variants
from tests.infra.synthesis import Deployment
from tests.infra.template_lint import IGNORED, all_findings, findings


@pytest.mark.parametrize("number", range(FIRST))
def test_nothing_is_found(deploy: Deploy, number: int) -> None:
    assert findings(deploy(**variants()[number]).template) == []


@pytest.mark.parametrize(
    ("type_", "change", "rule"),
    [
        pytest.param("SQS::Queue", {"VisibilityTimeOut": 3}, "E3002", id="an unknown property"),
        pytest.param("Lambda::Function", {"Runtime": "python3.7"}, "E2531", id="an old runtime"),
        pytest.param("S3::Bucket", {"BucketName": "A_B"}, "E3031", id="a name that S3 rejects"),
    ],
)
def test_a_mistake_is_found(deploy: Deploy, type_: str, change: dict[str, Any], rule: str) -> None:
    properties = deploy(destination="lake").all(type_)[0] | change
    alone = {"Resources": {"Alone": {"Type": f"AWS::{type_}", "Properties": properties}}}

    assert rule in {rule for rule, _ in findings(alone)}


def test_what_is_ignored_is_still_there(default: Deployment) -> None:
    found = {rule for rule, _ in all_findings(default.template)}

    assert IGNORED.keys() - found == set(), "these need not be ignored any more"
