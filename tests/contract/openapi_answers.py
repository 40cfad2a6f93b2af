"""Adds parameters, headers and examples to the operations that Powertools describes."""

from collections import defaultdict

from tests.contract.openapi_schemas import PARAMETERS, Schema, say_what_is_accepted

ERROR_TYPES = {
    400: "BadRequestException",
    403: "ForbiddenException",
    404: "NotFoundException",
    405: "MethodNotAllowedException",
    413: "PayloadTooLargeException",
    415: "UnsupportedMediaTypeException",
    500: "InternalServerErrorException",
}
EVERY = "every"  # in place of an operation: of each that has no example of this status of its own
_REQUEST_ID = {"description": "As in logs and tables.", "schema": {"type": "string"}}


def complete(document: Schema, examples: list[Schema]) -> Schema:
    """The document with parameters, headers, examples, and schemas that say what is accepted."""
    shapes = document["components"]["schemas"]
    for name in [name for name in shapes if "ValidationError" in name]:
        del shapes[name]
    say_what_is_accepted(shapes)
    given = defaultdict(list)
    for example in examples:
        given[example["operation"]].append(example)
    shared = given.pop(EVERY)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete_operation(operation)
            for example in given.pop(operation["operationId"], []):
                _add_example(example, path, method, operation)
            for example in shared:
                if "examples" not in _content(operation, example):
                    _add_example(_without_body(example, operation), path, method, operation)
    if given:
        raise ValueError(f"examples of operations that are not there: {list(given)}")
    return document


def _complete_operation(operation: Schema) -> None:
    for parameter in operation["parameters"]:
        parameter |= PARAMETERS[parameter["name"]]
    operation["responses"].pop("422", None)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["schema"].pop("description", None)
    for status, response in operation["responses"].items():
        response["headers"] = {"x-amzn-RequestId": _REQUEST_ID}
        if kind := ERROR_TYPES.get(int(status)):
            # API Gateway's own 403 and 500 name their causes more finely.
            schema = {"type": "string"} if status in ("403", "500") else {"const": kind}
            response["headers"]["x-amzn-ErrorType"] = {"schema": schema, "example": kind}
        if status == "405":
            methods = {"type": "string", "pattern": "^[A-Z]+(, [A-Z]+)*$"}
            response["headers"]["Allow"] = {"schema": methods, "example": "POST"}
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _content(operation: Schema, example: Schema) -> Schema:
    """Where an example stands; for a status that the operation does not have, nowhere."""
    response = operation["responses"].get(str(example["status"]))
    content: Schema = response["content"]["application/json"] if response else {"examples": {}}
    return content


def _without_body(example: Schema, operation: Schema) -> Schema:
    """The same for an operation that may take no body."""
    if "requestBody" in operation or "request" not in example:
        return example
    return example | {"request": {k: v for k, v in example["request"].items() if k != "body"}}


def _add_example(example: Schema, path: str, method: str, operation: Schema) -> None:
    name = example["name"]
    answer: Schema = {"summary": example["summary"], "value": example["answer"]}
    if by := example.get("answered_by"):
        answer["x-answered-by"] = by
    else:
        request = {"method": method.upper(), "path": _filled(path, example.get("path", {}))}
        answer["x-request"] = request | example.get("request", {})
        if setup := example.get("after"):
            answer["x-after"] = setup
    _content(operation, example).setdefault("examples", {})[name] = answer
    body = example.get("request", {}).get("body")
    # An example of a request is one of which everything is accepted, as its schema says.
    if isinstance(body, dict) and example["status"] < 300 and "400" not in str(example["answer"]):
        asked = operation["requestBody"]["content"]["application/json"]
        asked.setdefault("examples", {})[name] = {"summary": example["summary"], "value": body}


def _filled(path: str, values: Schema) -> str:
    for name, parameter in PARAMETERS.items():
        path = path.replace(f"{{{name}}}", values.get(name, parameter["example"]))
    return path
