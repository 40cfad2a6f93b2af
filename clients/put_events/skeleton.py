"""What `--generate-cli-skeleton` prints, made from botocore's model of the service."""

from typing import Any

from botocore.session import Session
from botocore.utils import ArgumentGenerator


def skeleton(kind: str) -> Any:
    """A PutEvents input to fill in, or an example of an output, as the AWS CLI makes them."""
    operation = Session().get_service_model("pinpoint").operation_model("PutEvents")
    shape = operation.input_shape if kind == "input" else operation.output_shape
    assert shape  # noqa: S101 - both are in the model
    return ArgumentGenerator(use_member_names=kind == "output").generate_skeleton(shape)
