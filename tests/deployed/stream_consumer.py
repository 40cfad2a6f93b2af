"""A consumer of Pinpoint's event stream, written after its documentation and for nothing else.

https://docs.aws.amazon.com/pinpoint/latest/developerguide/event-streams-data-app.html

It knows nothing of the gateway: what it does not find where Pinpoint had it, it fails over.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class AppEvent:
    """What a team's job keeps of an event."""

    type: str
    happened: datetime
    arrived: datetime
    version: str
    app: str
    sdk: str
    endpoint_id: str
    platform: str
    country: str
    session: str
    session_started: datetime
    attributes: dict[str, str]
    metrics: dict[str, float]
    channel: str
    user: str
    user_attributes: dict[str, list[str]]
    opt_out: str


def parse(data: bytes) -> AppEvent:
    """One record is one event: the data, whole, is one JSON object."""
    record = json.loads(data)
    endpoint = record["endpoint"]
    assert endpoint["Id"] == record["client"]["client_id"]
    assert endpoint["ApplicationId"] == record["application"]["app_id"]
    return AppEvent(
        type=record["event_type"],
        happened=_moment(record["event_timestamp"]),
        arrived=_moment(record["arrival_timestamp"]),
        version=record["event_version"],
        app=record["application"]["app_id"],
        sdk=record["application"]["sdk"]["name"],
        endpoint_id=record["client"]["client_id"],
        platform=record["device"]["platform"]["name"],
        country=record["device"]["locale"]["country"],
        session=record["session"]["session_id"],
        session_started=_moment(record["session"]["start_timestamp"]),
        attributes=record["attributes"],
        metrics=record["metrics"],
        channel=endpoint["ChannelType"],
        user=endpoint["User"]["UserId"],
        user_attributes=endpoint["User"]["UserAttributes"],
        opt_out=endpoint["OptOut"],
    )


def _moment(milliseconds: Any) -> datetime:
    assert isinstance(milliseconds, int)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def read_all(kinesis: Any, stream_arn: str) -> Iterator[dict[str, Any]]:
    """Every record of every shard, from the oldest on: its partition key and its data."""
    shards = kinesis.list_shards(StreamARN=stream_arn)["Shards"]
    for shard in shards:
        iterator = kinesis.get_shard_iterator(
            StreamARN=stream_arn,
            ShardId=shard["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]
        while iterator:
            answer = kinesis.get_records(ShardIterator=iterator)
            yield from answer["Records"]
            iterator = answer["NextShardIterator"] if answer["Records"] else None
