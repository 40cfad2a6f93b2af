"""Performs the actions of SQS that clients need for two queues, whatever protocol they speak."""

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from local.queue_message import NewMessage
from local.queues import Queues
from local.sqs_messages import received, sent
from local.sqs_shapes import (
    MAX_BYTES,
    DeleteRequest,
    Entry,
    Request,
    SqsError,
    VisibilityRequest,
)

MAX_ENTRIES = 10
NO_SUCH_HANDLE = "No message has this receipt handle."


class SqsApi:
    """Performs the actions that SQS clients ask for."""

    def __init__(self, queues: Queues, is_failing: Callable[[], bool] = lambda: False) -> None:
        self._queues, self._is_failing = queues, is_failing
        self._actions: dict[str, Callable[[Any], dict[str, Any]]] = {
            "SendMessage": self._send_message,
            "SendMessageBatch": self._send_message_batch,
            "ReceiveMessage": self._receive_message,
            "DeleteMessage": self._delete_message,
            "DeleteMessageBatch": self._delete_message_batch,
            "ChangeMessageVisibility": self._change_message_visibility,
            "ChangeMessageVisibilityBatch": self._change_message_visibility_batch,
            "GetQueueAttributes": self._get_queue_attributes,
        }

    def perform(self, action: str, given: Any) -> dict[str, Any]:
        """Perform an action with the members of its input; raises SqsError."""
        if action not in self._actions:
            raise SqsError("UnsupportedOperation", f"Offered here: {', '.join(self._actions)}.")
        if self._is_failing():
            raise SqsError("ServiceUnavailable", "The queue fails on purpose.", status=503)
        try:
            return self._actions[action](given)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(step) for step in first["loc"])
            raise SqsError("InvalidParameterValue", f"{where}: {first['msg']}") from None
        except sqlite3.Error as error:
            raise SqsError(
                "ServiceUnavailable", f"The queue cannot be written: {error}", status=503
            ) from None

    def answer(self, action: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Perform an action in the JSON protocol; returns the status and the response's JSON."""
        try:
            try:
                given = json.loads(body)
            except (ValueError, RecursionError) as error:
                raise SqsError("SerializationException", str(error)) from None
            return 200, self.perform(action, given)
        except SqsError as error:
            code = f"com.amazonaws.sqs#{error.code}"
            return error.status, {"__type": code, "message": str(error)}

    def _send_message(self, given: Any) -> dict[str, Any]:
        request, entry = Request.model_validate(given), Entry.model_validate(given)
        if entry.rejection:
            raise entry.rejection
        return self._send(request.queue, [entry])[0]

    def _send_message_batch(self, given: Any) -> dict[str, Any]:
        request = Request.model_validate(given)
        _check_batch(request.entries)
        rejected = [(e.id, e.rejection) for e in request.entries if e.rejection]
        accepted = [entry for entry in request.entries if not entry.rejection]
        answers = self._send(request.queue, accepted)
        return {
            "Successful": [
                {"Id": entry.id, **answer} for entry, answer in zip(accepted, answers, strict=True)
            ],
            "Failed": [_failure(entry_id, error.code, str(error)) for entry_id, error in rejected],
        }

    def _send(self, queue: str, entries: list[Entry]) -> list[dict[str, Any]]:
        messages = [NewMessage(e.message_body, e.attributes, e.delay_seconds) for e in entries]
        message_ids = self._queues.send(queue, messages)
        return [
            sent(message_id, message.body, message.attributes)
            for message_id, message in zip(message_ids, messages, strict=True)
        ]

    def _receive_message(self, given: Any) -> dict[str, Any]:
        request = Request.model_validate(given)
        messages = self._queues.receive(
            request.queue, request.max_number_of_messages, request.visibility_timeout
        )
        return {"Messages": [received(message) for message in messages]} if messages else {}

    def _delete_message(self, given: Any) -> dict[str, Any]:
        request = Request.model_validate(given)
        self._queues.delete(request.queue, [request.receipt_handle])
        return {}

    def _delete_message_batch(self, given: Any) -> dict[str, Any]:
        request = DeleteRequest.model_validate(given)
        _check_entries([entry.id for entry in request.entries])
        self._queues.delete(request.queue, [entry.receipt_handle for entry in request.entries])
        return {"Successful": [{"Id": entry.id} for entry in request.entries], "Failed": []}

    def _change_message_visibility(self, given: Any) -> dict[str, Any]:
        request = Request.model_validate(given)
        seconds = request.visibility_timeout or 0
        if not self._queues.change_visibility(request.queue, request.receipt_handle, seconds):
            raise SqsError("ReceiptHandleIsInvalid", NO_SUCH_HANDLE)
        return {}

    def _change_message_visibility_batch(self, given: Any) -> dict[str, Any]:
        request, change = VisibilityRequest.model_validate(given), self._queues.change_visibility
        _check_entries([entry.id for entry in request.entries])
        changed, failed = [], []
        for entry in request.entries:
            if change(request.queue, entry.receipt_handle, entry.visibility_timeout):
                changed.append({"Id": entry.id})
            else:
                failed.append(_failure(entry.id, "ReceiptHandleIsInvalid", NO_SUCH_HANDLE))
        return {"Successful": changed, "Failed": failed}

    def _get_queue_attributes(self, given: Any) -> dict[str, Any]:
        due, in_flight, delayed = self._queues.counts(Request.model_validate(given).queue)
        counts = {"": due, "NotVisible": in_flight, "Delayed": delayed}
        return {
            "Attributes": {
                f"ApproximateNumberOfMessages{kind}": str(n) for kind, n in counts.items()
            }
        }


def _check_batch(entries: list[Entry]) -> None:
    _check_entries([entry.id for entry in entries])
    if sum(entry.size for entry in entries) > MAX_BYTES:
        raise SqsError("BatchRequestTooLong", f"A batch has at most {MAX_BYTES} bytes.")


def _check_entries(ids: list[str]) -> None:
    if not ids:
        raise SqsError("EmptyBatchRequest", "A batch has at least one entry.")
    if len(ids) > MAX_ENTRIES:
        raise SqsError(
            "TooManyEntriesInBatchRequest", f"A batch has at most {MAX_ENTRIES} entries."
        )
    if len(set(ids)) < len(ids):
        raise SqsError("BatchEntryIdsNotDistinct", "Two entries have the same Id.")


def _failure(entry_id: str, code: str, message: str) -> dict[str, Any]:
    return {"Id": entry_id, "SenderFault": True, "Code": code, "Message": message}
