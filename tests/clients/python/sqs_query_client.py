"""Whatever boto3 1.28 does with a queue, in SQS's query protocol; prints what it was told.

Runs in an environment that has this boto3 and nothing of the project.
"""

import json
import os
import sys
from typing import Any

import boto3

gateway, application_id = os.environ["GATEWAY_URL"], sys.argv[1]
event = {"EventType": "tap", "Timestamp": "2026-01-02T03:04:05Z"}
batch_item = {"phone": {"Endpoint": {}, "Events": {"1": event}}}
message = json.dumps({"ApplicationId": application_id, "EventsRequest": {"BatchItem": batch_item}})
attributes = {
    "Why": {"DataType": "String", "StringValue": "line\r\nline <&> \U0001f6d2"},
    "Count": {"DataType": "Number", "StringValue": "3"},
    "Raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff\r\n"},
}
sqs = boto3.client("sqs", endpoint_url=gateway)
assert sqs.meta.service_model.metadata["protocol"] == "query"
queue, dead = f"{gateway}/queue", f"{gateway}/dead-letters"


def code_of(action: Any, **parameters: Any) -> Any:
    """The exception that an action raises, and its code."""
    try:
        action(**parameters)
    except sqs.exceptions.ClientError as error:
        return [type(error).__name__, error.response["Error"]["Code"]]


def receive(**parameters: Any) -> Any:
    answer = sqs.receive_message(
        QueueUrl=dead, AttributeNames=["All"], MessageAttributeNames=["All"], **parameters
    )
    return answer.get("Messages", [])


sent = sqs.send_message(QueueUrl=queue, MessageBody=message)
sqs.send_message(QueueUrl=dead, MessageBody="one\r\ntwo \U0001f6d2", MessageAttributes=attributes)
[letter] = receive(VisibilityTimeout=600)
hidden = receive()
handle = letter["ReceiptHandle"]
sqs.change_message_visibility(QueueUrl=dead, ReceiptHandle=handle, VisibilityTimeout=0)
[again] = receive(VisibilityTimeout=600)
sqs.delete_message(QueueUrl=dead, ReceiptHandle=again["ReceiptHandle"])
batch = sqs.send_message_batch(
    QueueUrl=dead,
    Entries=[
        {"Id": "a", "MessageBody": "a", "MessageAttributes": attributes},
        {"Id": "b", "MessageBody": "b", "DelaySeconds": 901},
        {"Id": "c", "MessageBody": "c"},
    ],
)
letters = receive(MaxNumberOfMessages=10, VisibilityTimeout=600)
handles = [{"Id": m["Body"], "ReceiptHandle": m["ReceiptHandle"]} for m in letters]
counted = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])["Attributes"]
changed = sqs.change_message_visibility_batch(
    QueueUrl=dead,
    Entries=[
        {**handles[0], "VisibilityTimeout": 600},
        {"Id": "no", "ReceiptHandle": "no such", "VisibilityTimeout": 1},
    ],
)
deleted = sqs.delete_message_batch(QueueUrl=dead, Entries=handles)
report = {
    "sent": bool(sent["MessageId"]),
    "body": letter["Body"],
    "attributes": letter["MessageAttributes"] == attributes,
    "md5": [letter["MD5OfBody"], letter["MD5OfMessageAttributes"]],
    "receives": [m["Attributes"]["ApproximateReceiveCount"] for m in (letter, again)],
    "sent timestamp": letter["Attributes"]["SentTimestamp"].isdecimal(),
    "hidden": hidden,
    "batch": [
        [m["Id"] for m in batch["Successful"]],
        [[m["Id"], m["Code"], m["SenderFault"]] for m in batch["Failed"]],
    ],
    "received": [[m["Body"], "MessageAttributes" in m] for m in letters],
    "in flight": counted["ApproximateNumberOfMessagesNotVisible"],
    "changed": [[m["Id"] for m in changed[kind]] for kind in ("Successful", "Failed")],
    "deleted": [[m["Id"] for m in deleted.get(kind, [])] for kind in ("Successful", "Failed")],
    "left": receive(),
    "errors": [
        code_of(sqs.send_message, QueueUrl=f"{gateway}/other", MessageBody="x"),
        code_of(sqs.send_message, QueueUrl=queue, MessageBody="\0"),
        code_of(sqs.send_message_batch, QueueUrl=queue, Entries=[]),
        code_of(sqs.purge_queue, QueueUrl=queue),
        code_of(sqs.delete_message_batch, QueueUrl=queue, Entries=handles * 6),
    ],
}
print(json.dumps(report))
