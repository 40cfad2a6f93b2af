"""Cut what the functions never read out of their dependencies.

A test runs both handlers on what is left, and makes every call of `OPERATIONS` with it.
"""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Every call of AWS that the functions make; botocore ships data for over 400 services. To call
# another operation, name it here: a test finds those that the code calls.
OPERATIONS = {
    "dynamodb": {"BatchGetItem", "DeleteItem", "PutItem", "Query", "UpdateItem"},
    "events": {"PutEvents"},
    "firehose": {"PutRecordBatch"},
    "kinesis": {"PutRecords"},
    "pinpoint": {
        "DeleteEndpoint", "DeleteUserEndpoints", "GetEndpoint", "GetUserEndpoints", "PutEvents",
    },
    "secretsmanager": {"GetSecretValue"},
    "sqs": {
        "ChangeMessageVisibilityBatch", "GetQueueAttributes", "SendMessage", "SendMessageBatch",
    },
}  # fmt: skip
# What Powertools' other utilities bring along is not imported.
POWERTOOLS = {"__init__.py", "data_classes", "jmespath_utils", "parameters", "parser", "typing"}
UNUSED = [
    "bin", "*-stubs", ".lock", "**/tests", "**/*.c", "**/*.pyi", "**/py.typed",
    "boto3/data", "boto3/examples",  # of boto3's resources; we use clients
    "botocore/data/*/*/examples-*", "botocore/data/*/*/waiters-*",
    "botocore/data/dynamodb/2011-12-05",  # the API's first version
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.min.*",
    "aws_lambda_powertools/utilities/parser/envelopes",
    "aws_lambda_powertools/utilities/parser/models",
    "aws_xray_sdk/ext",  # patches of libraries; we patch none
    "dateutil/zoneinfo",  # a second copy of the system's time zones
    "pydantic/v1", "pydantic/mypy.py",
    "urllib3/contrib/emscripten",
]  # fmt: skip
# Software bills of materials and licence checks read these; the rest is for installers.
_METADATA = {"METADATA", "WHEEL"}
_LICENCES = ("licen", "copying", "notice")


def trim(folder: Path) -> None:
    """Delete what the functions do not read."""
    for path in _unused(folder):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    data = folder / "botocore/data"
    for service, operations in OPERATIONS.items():
        for file in data.glob(f"{service}/*/service-2.json.gz"):
            model = cut_model(json.loads(gzip.decompress(file.read_bytes())), operations)
            # Not compressed: the archive is, and a cold start has less to do.
            file.with_suffix("").write_bytes(_json(model))
            file.unlink()
    endpoints = json.loads((data / "endpoints.json").read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {
            name: service for name, service in partition["services"].items() if name in OPERATIONS
        }
    (data / "endpoints.json").write_bytes(_json(endpoints))


def cut_model(model: dict[str, Any], operations: set[str]) -> dict[str, Any]:
    """Return a service's model with these operations, the shapes that they use, and no prose."""
    kept: dict[str, Any] = {
        name: _without_prose(operation)
        for name, operation in model["operations"].items()
        if name in operations
    }
    if missing := operations - set(kept):
        raise KeyError(f"botocore knows no {', '.join(sorted(missing))}: see infra/trim.py.")
    shapes: dict[str, Any] = {}
    wanted = list(_shapes_in(kept))
    while wanted:
        name = wanted.pop()
        if name not in shapes:
            shapes[name] = _without_prose(model["shapes"][name])
            wanted += _shapes_in(shapes[name])
    return {**_without_prose(model), "operations": kept, "shapes": dict(sorted(shapes.items()))}


def _without_prose(part: Any) -> Any:
    """Drop each `documentation` that is a text; a shape's member may have that name too."""
    if isinstance(part, dict):
        return {
            name: _without_prose(value)
            for name, value in part.items()
            if name != "documentation" or not isinstance(value, str)
        }
    return [_without_prose(value) for value in part] if isinstance(part, list) else part


def _shapes_in(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("shape"), str):
            yield part["shape"]
        for value in part.values():
            yield from _shapes_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from _shapes_in(value)


def _unused(folder: Path) -> Iterator[Path]:
    for pattern in UNUSED:
        yield from list(folder.glob(pattern))
    for path in (folder / "botocore/data").iterdir():
        if path.is_dir() and path.name not in OPERATIONS:
            yield path
    for path in (folder / "aws_lambda_powertools/utilities").iterdir():
        if path.name not in POWERTOOLS:
            yield path
    for path in folder.glob("*.dist-info/**/*"):
        if path.is_file() and not _is_told(path.name):
            yield path


def _is_told(name: str) -> bool:
    return name in _METADATA or name.lower().startswith(_LICENCES)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
