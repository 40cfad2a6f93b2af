"""What is cut out of botocore leaves every call, every field and every region as it was."""

import ast
import json
import subprocess
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape

from infra import interpreter
from infra.bundle import SOURCE, bundle
from infra.trim import OPERATIONS, cut_model
from tests.infra.test_bundle import HERE, OWN

# One of each partition; in China and in the government's regions the names end differently.
REGIONS = [
    "us-east-1",
    "eu-west-1",
    "ap-southeast-2",
    "cn-north-1",
    "us-gov-west-1",
    "eusc-de-east-1",
]
PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
import boto3
from botocore.config import Config
asked = json.loads(sys.argv[2])
found = {}
for region in asked["regions"]:
    for service, operations in asked["operations"].items():
        for dual in (False, True):
            client = boto3.client(
                service, region_name=region, config=Config(use_dualstack_endpoint=dual)
            )
            found[f"{service} {region} {dual}"] = client.meta.endpoint_url
        assert set(client.meta.method_to_api_mapping.values()) == set(operations)
assert boto3.client("dynamodb", region_name="eu-west-1").can_paginate("query")
print(json.dumps(found))
"""


def full(service: str) -> dict[str, Any]:
    """The model that botocore ships."""
    model: dict[str, Any] = Loader().load_service_model(service, "service-2")
    return model


@pytest.mark.parametrize("service", OPERATIONS)
def test_every_field_of_every_call_is_as_it_was(service: str) -> None:
    whole = ServiceModel(full(service), service)
    cut = ServiceModel(cut_model(full(service), OPERATIONS[service]), service)

    assert whole.metadata == cut.metadata
    assert set(cut.operation_names) == OPERATIONS[service]
    for name in OPERATIONS[service]:
        before, after = whole.operation_model(name), cut.operation_model(name)
        assert before.http == after.http
        for shape in ("input_shape", "output_shape"):
            assert described(getattr(before, shape)) == described(getattr(after, shape))
        assert list(map(described, before.error_shapes)) == list(map(described, after.error_shapes))


def described(shape: Shape | None, above: tuple[str, ...] = ()) -> Any:
    """All that botocore serialises and parses by; a shape within itself by its name."""
    if shape is None or shape.name in above:
        return shape and shape.name
    inner = (*above, shape.name)
    members: Any = {}
    shape_: Any = shape  # the stubs know no kinds of shapes
    if shape.type_name == "structure":
        members = {name: described(member, inner) for name, member in shape_.members.items()}
    elif shape.type_name == "list":
        members = described(shape_.member, inner)
    elif shape.type_name == "map":
        members = described(shape_.key, inner), described(shape_.value, inner)
    return shape.name, shape.type_name, shape.serialization, shape.metadata, members


@pytest.mark.parametrize("service", OPERATIONS)
def test_no_prose_is_left(service: str) -> None:
    cut = json.dumps(cut_model(full(service), OPERATIONS[service]))

    assert '"documentation": "' not in cut
    assert len(cut) < len(json.dumps(full(service))) / 4


def test_a_member_called_documentation_is_no_prose() -> None:
    shape = {"members": {"documentation": {"shape": "Text", "documentation": "<p>"}}}
    model = {"operations": {"Get": {"input": {"shape": "In"}}}, "shapes": {"In": shape, "Text": {}}}

    cut = cut_model(model, {"Get"})

    assert cut["shapes"]["In"] == {"members": {"documentation": {"shape": "Text"}}}


def test_an_operation_that_botocore_does_not_know_ends_the_build() -> None:
    with pytest.raises(KeyError, match=r"botocore knows no PutEvent: see infra/trim\.py"):
        cut_model(full("pinpoint"), {"PutEvent"})


def test_every_operation_that_the_code_calls_is_kept() -> None:
    known = {
        xform_name(operation): (service, operation)
        for service in OPERATIONS
        for operation in full(service)["operations"]
    }
    called = {name for file in (SOURCE / "putevents").rglob("*.py") for name in calls(file)}
    missing = {known[name] for name in called & set(known)} - {
        (service, operation) for service, kept in OPERATIONS.items() for operation in kept
    }

    assert {"put_events", "batch_get_item", "query", "send_message_batch"} <= called
    assert sorted(missing) == [], "to be named in OPERATIONS of infra/trim.py"


def calls(file: Path) -> set[str]:
    """The names that are asked of something called client, also of its paginators."""
    found: set[object] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("client"):
            found.add(node.attr)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("client.get_paginator"):
            found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    return {name for name in found if isinstance(name, str)}


def test_every_region_has_the_address_that_it_had() -> None:
    found = interpreter.find(OWN.removeprefix("python"))
    assert found
    asked = {"regions": REGIONS, "operations": {s: sorted(o) for s, o in OPERATIONS.items()}}
    done = subprocess.run(
        [found.path, "-I", "-S", "-c", PROGRAM, bundle(HERE, OWN), json.dumps(asked)],
        env={"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "made-up"},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    session = botocore.session.get_session()
    for name, url in json.loads(done.stdout).items():
        service, region, dual = name.split()
        client = session.create_client(
            service,
            region_name=region,
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="made-up",
            config=Config(use_dualstack_endpoint=dual == "True"),
        )
        assert client.meta.endpoint_url == url, name
