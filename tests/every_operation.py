"""Every operation of Pinpoint's service model, called by a real boto3 client."""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import Shape, StructureShape
from botocore.session import get_session

MODEL = get_session().get_service_model("pinpoint")
NAMES: list[str] = MODEL.operation_names
# An ARN, as botocore writes it into a path: with its slash percent-encoded.
_ARN = "arn:aws:mobiletargeting:us-east-1:123456789012:apps/my-app"
_IDS = {"ApplicationId": "my-app", "ResourceArn": _ARN}


def make_client(url: str) -> Any:
    """A client with an endpoint override and no tries but the first."""
    return boto3.client(
        "pinpoint",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="made-up",
        aws_secret_access_key="made-up",
        config=Config(retries={"total_max_attempts": 1}),
    )


def call(client: Any, name: str) -> tuple[int, str, str]:
    """Call an operation with the least that it takes: status, error code and message."""
    shape = MODEL.operation_model(name).input_shape
    assert isinstance(shape, StructureShape)
    methods = {api: method for method, api in client.meta.method_to_api_mapping.items()}
    try:
        answer = getattr(client, methods[name])(**_least(shape))
    except ClientError as error:
        told = error.response["Error"]
        return error.response["ResponseMetadata"]["HTTPStatusCode"], told["Code"], told["Message"]
    return answer["ResponseMetadata"]["HTTPStatusCode"], "", ""


def _least(shape: Shape) -> Any:
    if isinstance(shape, StructureShape):
        return {
            name: _IDS.get(name) or _least(shape.members[name]) for name in shape.required_members
        }
    return {"map": {}, "list": [], "integer": 1, "double": 1.0, "boolean": True}.get(
        shape.type_name, "x"
    )
