"""`make verify` knows a stack's `auth` by what the template has."""

import pytest

from tests.commands.verified_subject import subject
from tests.infra.conftest import Deploy
from tests.infra.synthesis import AUTHS


@pytest.mark.parametrize("auth", AUTHS)
def test_a_stacks_auth_is_known_by_its_outputs_and_resources(auth: str, deploy: Deploy) -> None:
    stack = deploy(auth=auth, **AUTHS[auth])
    types: dict[str, list[str]] = {r["Type"]: [] for r in stack.template["Resources"].values()}

    assert subject(outputs=dict(stack.outputs), resources=types).deployed_auth == auth
