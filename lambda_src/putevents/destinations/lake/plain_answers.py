"""DynamoDB's answers as the JSON that they are, instead of walked shape by shape by botocore.

An answer holds every member of an item, so that walking it took longer than all else of a call.
"""

from typing import Any

from pydantic_core import from_json


def take_plainly(client: Any) -> None:
    """Let a client give answers that succeeded as they came; bytes in them stay base64."""
    client.meta.events.register("before-parse.dynamodb", _take)


def _take(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    if response_dict["status_code"] != 200:
        return  # botocore makes the error
    try:
        answer = from_json(response_dict["body"])
    except ValueError:
        return  # botocore says what is wrong with it
    if isinstance(answer, dict):
        customized_response_dict.update(answer)
        response_dict["body"] = b"{}"  # nothing is left to parse but the headers
