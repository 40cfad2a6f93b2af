"""A deployed lake: endpoints first, so that nothing late is stored, then messages and objects."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import boto3

from commands.deployed import Outputs, served_applications
from commands.forget.journal import Journal
from commands.forget.lake_folders import Bucket, Scope
from commands.forget.objects import Objects
from commands.forget.person import Person
from commands.forget.receipt import Receipt
from commands.forget.waiting_messages import HIDE_SECONDS, hidden, remove
from putevents.destinations.lake.dynamodb import DynamoDBItems
from putevents.destinations.lake.dynamodb_json import EXPIRES
from putevents.endpoints.store import TOMBSTONE_DAYS
from putevents.endpoints.table import EndpointTable

_QUEUES = {"QueueUrl": "the queue", "DeadLetterQueueUrl": "the dead-letter queue"}
LATE = timedelta(minutes=20)  # Firehose's longest buffer, and what a function still writes

# Where events went on to, by the output that names it.
_GONE_ON = {
    "EventStreamArn": (
        "records of the event stream",
        "Kinesis removes none before its time (eventStreamHours of the stack's own stream, a day by"
        " default), nor does it know who has read them: ask the consumers' owners.",
    ),
    "EventBusArn": (
        "events of the event bus",
        "They went on to the targets of its rules, and into its archives if there are any.",
    ),
}


class DeployedLake:
    """What a stack keeps of people, found by its outputs."""

    def __init__(
        self, session: boto3.Session, outputs: Outputs, person: Person, receipt: Receipt
    ) -> None:
        self._session, self._outputs = session, outputs
        self._person, self._receipt = person, receipt
        self._dynamodb: Any = session.client("dynamodb")
        self._bucket = Bucket(session.client("s3"), outputs["LakeBucket"])

    def forget(self, scope: Scope, journal: Journal) -> Iterator[str]:
        """Forget the person; yields where it is. A dry run only counts."""
        with tempfile.TemporaryDirectory(prefix="putevents-forget-") as folder:
            objects = Objects(self._bucket, self._person, scope, journal, Path(folder))
            try:
                self._find_endpoints()
                if self._person.with_endpoints:
                    for found in objects.find_endpoints():
                        yield f"looking for endpoints  {found.key}"
                journal.keep(self._person, self._receipt)
                self._forget_endpoints()
                journal.keep(self._person, self._receipt)
                if journal.went_on:
                    yield from self._wait_for_messages()
                for step in self._forget_messages():
                    journal.keep(self._person, self._receipt)
                    yield step
                for found, entry in objects.remove(dry_run=self._receipt.dry_run):
                    journal.keep(self._person, self._receipt)
                    yield f"{entry['removed']} of {entry['rows']} rows  {found.key}"
                self._forget_endpoints(is_last=True)
            finally:
                objects.close()
        for entry in journal.entries():
            self._receipt.add_object(entry["key"], entry)
        self._say_what_stays()

    @cached_property
    def _applications(self) -> list[str]:
        """Those in which the person is looked for."""
        served = served_applications(self._outputs, self._session)
        kept = self._bucket.applications()  # of one that is served no more, events may be left
        return self._person.applications(sorted({*served, *kept}))

    def _find_endpoints(self) -> None:
        """Note the endpoints that the user has now."""
        items = DynamoDBItems(self._outputs["EndpointTable"])
        for application_id in self._applications:
            if self._person.user_id is not None:
                for key in items.find_by_user(application_id, self._person.user_id):
                    self._person.add(application_id, key)

    def _forget_endpoints(self, *, is_last: bool = False) -> None:
        """Delete the endpoints and the user's items, and leave tombstones that keep late ones out.

        The last time are known those that only the events told of.
        """
        table = EndpointTable(DynamoDBItems(self._outputs["EndpointTable"]))
        for application_id in self._applications:
            ids = self._person.keys_in(application_id)
            count = 0
            if not self._receipt.dry_run:
                count = len(table.forget(application_id, ids, self._person.user_id or ""))
            elif is_last:
                count = len(table.get(application_id, ids))
            self._receipt.removed["endpoints and users"] += count

    def _forget_messages(self) -> Iterator[str]:
        sqs = self._session.client("sqs")
        for output, name in _QUEUES.items():
            url = self._outputs[output]
            for parts, problem in remove(sqs, url, self._person, dry_run=self._receipt.dry_run):
                self._receipt.searched["messages"] += 1
                self._receipt.removed["parts of messages"] += parts
                if problem:
                    which, why = problem
                    self._receipt.cannot(f"{which} in {name}", why, is_problem=True)
                yield f"messages of {name}"
            if count := hidden(sqs, url):
                self._receipt.cannot(
                    f"up to {count} messages in {name}",
                    "They were being delivered or wait for their time. What is the person's in them"
                    " is not stored: the tombstones see to that. Run this again to remove them.",
                )

    def _wait_for_messages(self) -> Iterator[str]:
        """Let those be seen again that a killed run has received."""
        sqs, end = self._session.client("sqs"), monotonic() + 2 * HIDE_SECONDS
        while monotonic() < end and hidden(sqs, self._outputs["DeadLetterQueueUrl"]):
            yield "waiting for messages that the last run has received"
            sleep(1)

    def _say_what_stays(self) -> None:
        receipt = self._receipt
        again = (receipt.started + LATE).isoformat(timespec="minutes")
        receipt.cannot(
            "events in Firehose's buffer",
            "What was accepted before this began may be written later."
            f" Run this again after {again}.",
        )
        receipt.cannot(
            "logs of the functions",
            "A line about rejected or undelivered parts has ids of some of them. The log groups"
            " delete it after logRetentionDays (30 by default).",
        )
        for output, (what, why) in _GONE_ON.items():
            if output in self._outputs:
                receipt.cannot(what, why)
        name = self._outputs["EndpointTable"]
        told = self._dynamodb.describe_continuous_backups(TableName=name)
        recovery = told["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        if recovery.get("PointInTimeRecoveryStatus") == "ENABLED":
            days = recovery.get("RecoveryPeriodInDays", 35)
            until = (receipt.started + timedelta(days=days)).date()
            receipt.cannot(
                "point-in-time recovery of the endpoint table",
                f"AWS removes nothing from it; it has the endpoints until {until}.",
            )
        receipt.cannot(
            "backups of the endpoint table (AWS Backup, on demand)",
            "If there are any, they have the endpoints until they expire or you delete them.",
        )
        receipt.cannot(
            "tombstones in the endpoint table",
            "The ids of the endpoints and of the user, and nothing else, stay until"
            f" {(receipt.started + timedelta(days=TOMBSTONE_DAYS)).date()}: they keep out what"
            " still waits somewhere.",
        )
        told = self._dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        if told["TimeToLiveStatus"] not in ("ENABLED", "ENABLING"):
            receipt.cannot(
                "tombstones after their time",
                f"The table expires nothing: aws dynamodb update-time-to-live --table-name {name}"
                f" --time-to-live-specification Enabled=true,AttributeName={EXPIRES}",
            )
        receipt.scope["versions"] = self._bucket.is_versioned
