"""The input of PutEvents, read from options and lines, and a skeleton of it to fill in."""

import json
from pathlib import Path
from typing import Any, NamedTuple, Self

import click
from botocore.session import Session
from botocore.utils import ArgumentGenerator

from commands.application_id import complaint


class BadCallError(Exception):
    """What was given is no PutEvents call; the text says why."""


class Call(NamedTuple):
    """The input of PutEvents."""

    application_id: str
    events_request: dict[str, Any]

    @classmethod
    def of(
        cls,
        given: dict[str, Any],
        application_id: str | None = None,
        events_request: dict[str, Any] | None = None,
    ) -> Self:
        """The call that `given` is in the shape of --cli-input-json; options win, as in the CLI."""
        application_id = application_id or given.get("ApplicationId")
        if not isinstance(application_id, str) or not application_id:
            raise BadCallError("No application: give --application-id or an ApplicationId")
        if why := complaint(application_id):
            raise BadCallError(why)
        events_request = given.get("EventsRequest") if events_request is None else events_request
        if not isinstance(events_request, dict):
            raise BadCallError("No events: give --events-request or an EventsRequest")
        return cls(application_id, events_request)

    @classmethod
    def of_line(cls, line: bytes, application_id: str | None) -> Self:
        """The call that a line holds: an EventsRequest, or the shape of --cli-input-json."""
        given = _parse(line)
        if "BatchItem" in given:
            given = {"EventsRequest": given}
        elif "EventsRequest" not in given:
            raise BadCallError("Neither BatchItem nor EventsRequest is in it")
        return cls.of(given, application_id)


def skeleton(kind: str) -> Any:
    """An input to fill in, or an example of an output, as the AWS CLI makes them."""
    operation = Session().get_service_model("pinpoint").operation_model("PutEvents")
    shape = operation.input_shape if kind == "input" else operation.output_shape
    assert shape  # noqa: S101 - both are in the model
    return ArgumentGenerator(use_member_names=kind == "output").generate_skeleton(shape)


class JsonOption(click.ParamType[dict[str, Any]]):
    """A JSON object, or file:// and the path of one."""

    name = "JSON | file://PATH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, Any]:
        """Read the file if one is named, and parse."""
        try:
            path = value.removeprefix("file://")
            return _parse(value if path == value else Path(path).expanduser().read_bytes())
        except OSError as error:
            self.fail(f"{path} cannot be read ({error.strerror}).", param, ctx)
        except BadCallError as error:
            self.fail(f"{error}.", param, ctx)


def _parse(text: str | bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadCallError(f"Not JSON ({error})") from None
    if not isinstance(value, dict):
        raise BadCallError("Not a JSON object")
    return value
