"""A deployed stack is updated to other settings: nothing is lost, and its addresses stay.

`make update-matrix` (UPDATE_STRENGTH=2) walks through every pair of values, UPDATE_STRENGTH=1 takes
every value once, and `make test` the first two steps of that. MiniStack updates every resource in
place: what CloudFormation would replace is told by `tests/infra/test_snapshots.py`.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from infra.names import DEFAULT_STACK
from tests.deployed.conftest import StartEmulator
from tests.deployed.deployed_gateway import APPLICATION
from tests.deployed.deployment import ARCHITECTURE, RUNTIME
from tests.deployed.not_emulated import NOT_EMULATED
from tests.deployed.updated_stack import ENDPOINT, UpdatedStack
from tests.deployed.user_pool import UserPool
from tests.infra.setting_matrix import Variant, covering
from tests.infra.setting_matrix import name as variant_name
from tests.infra.setting_values import FIELDS, completed, examples

STRENGTH = int(os.environ.get("UPDATE_STRENGTH", "0"))
FIRST = 2  # steps of `make test`: most values are in these, and other tests deploy the rest
HOME = {
    "destination": "lake",
    "architecture": ARCHITECTURE,
    "runtime": RUNTIME,
    "applicationIds": [APPLICATION],
}
# The only values that can be tried in the emulator, and why; what needs others is not tried either.
IN_THE_EMULATOR: dict[str, tuple[str, list[Any]]] = {
    "architecture": ("functions run on this machine's own processor", [ARCHITECTURE]),
    "runtime": ("functions run on this machine's own Python", [RUNTIME]),
    "snapStart": ("MiniStack takes no snapshots", [False]),
    "destination": ("another has no lake to find events in: it has a test below", ["lake"]),
    "pinpointEndpointUrl": ("a lake calls none", ["", "https://events.example.com/prod"]),
    "stackName": ("another is another stack", [DEFAULT_STACK]),
    "existingLakeBucket": ("the lake of another stack: it has a test below", [None]),
    "existingEndpointTable": ("the table of another stack: it has a test below", [None]),
    "domainName": ("the address is another then: test_settings.py has a test", [None]),
    "applicationIds": ("events are sent to this one", [[APPLICATION], [APPLICATION, "other"]]),
    "auth": (
        "tokens of an issuer's have a test of their own",
        ["iam", "cognito", "api-key", "none"],
    ),
    **NOT_EMULATED,
}
# What a stack that had a lake before is told, where there are such settings.
BACK = {"existingLakeBucket": "LakeBucket", "existingEndpointTable": "EndpointTable"}


@pytest.fixture(name="stack", scope="module")
def _stack(fresh: StartEmulator) -> Iterator[UpdatedStack]:
    """A lake with the settings of cdk.json, and what was sent to it."""
    deployment = fresh()
    stack = UpdatedStack(deployment, UserPool(deployment.emulator.client("cognito-idp")))
    stack.deploy(_beside({}))
    stack.send()
    yield stack
    assert stack.dead_letters() == 0


def test_no_update_loses_an_event_or_changes_an_address(stack: UpdatedStack) -> None:
    steps = covering(_values(stack.pool.id), STRENGTH or 1)[: None if STRENGTH else FIRST]

    for number, step in enumerate([*steps, _beside({})], 1):
        print(f"{number} of {len(steps) + 1}: {variant_name(step)}", flush=True)
        stack.deploy_under_load(step)
        stack.send()

        # One that was on its way during the update may be stored and not have been answered.
        assert stack.accepted - stack.stored == set()


def test_a_lake_that_was_left_keeps_its_events_and_is_found_again(stack: UpdatedStack) -> None:
    lake = dict(stack.deployment.outputs)
    emulator = stack.deployment.emulator
    given = {name: lake[output] for name, output in BACK.items() if name in FIELDS}

    stack.deploy({**_beside({}), **(completed({"destination": "pinpoint"}) or {})})
    objects = emulator.client("s3").list_objects_v2(Bucket=lake["LakeBucket"])["Contents"]
    endpoints = emulator.client("dynamodb").scan(TableName=lake["EndpointTable"])["Items"]
    before = set(stack.accepted)
    stack.deploy(_beside(given))
    stack.send()

    assert len([item for item in objects if item["Key"].startswith("events/")]) >= 2
    assert [item["endpoint_id"] for item in endpoints] == [{"S": ENDPOINT}]
    # Without those settings the lake is a new one, and the old one is asked by its bucket.
    assert stack.accepted - stack.stored == (set() if given else before)


def _values(pool_id: str) -> dict[str, list[Any]]:
    values = {name: examples(name) for name in FIELDS}
    values |= {name: found for name, (_, found) in IN_THE_EMULATOR.items()}
    return {**values, "userPoolId": [pool_id]}


def _beside(values: Variant) -> Variant:
    """All settings: cdk.json's, those of this test, and these."""
    default = {name: examples(name)[0] for name in FIELDS}
    return {**default, **HOME, **values}
