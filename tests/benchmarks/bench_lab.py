"""What the benchmarks run in: the package, a stock install of the same, and what they call."""

import hashlib
import json
import platform
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from infra import interpreter
from infra.bundle import BUILD, SOURCE, bundle
from infra.deploy_settings import DeploySettings
from tests.benchmarks import bench_traffic as traffic
from tests.benchmarks.bench_fakes import running_fakes
from tests.benchmarks.paired import Job
from tests.deployed.emulator import ACCOUNT, Emulator

ARCHITECTURE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
REGION = "us-east-1"
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    # On Lambda any client of AWS passes the trace on, which is one more header: so on both sides.
    "AWS_LAMBDA_FUNCTION_NAME": "function",
    "_X_AMZN_TRACE_ID": f"Root=1-6743f5a0-{1:024x};Parent=53995c3f42cd8ad8;Sampled=1",
}
QUEUES = {
    "RETRY_QUEUE_URL": "http://127.0.0.1:9/1",
    "DEAD_LETTER_QUEUE_URL": "http://127.0.0.1:9/2",
}
LAKE = {"ENDPOINT_TABLE": "endpoints", "EVENT_STREAM_PREFIX": "events-", "REJECTED_STREAM": "no"}
OWN = ".".join(platform.python_version_tuple()[:2])
KEYS = ("application_id", "endpoint_id")


class Lab:
    """Makes the jobs; what few rows need is started when they first ask for it."""

    def __init__(self, put_events_url: str, traces: str, folder: Path) -> None:
        self._folder, self._traces = folder, traces
        self._own = {**ENVIRONMENT, "AWS_ENDPOINT_URL": put_events_url}
        self._end: list[Callable[[], None]] = []
        pinned: str = DeploySettings.model_fields["runtime"].default
        # Lambda's Python if this machine has it; else what runs the benchmark.
        python = interpreter.find(pinned.removeprefix("python")) or interpreter.find(OWN)
        assert python
        self.python = python

    @cached_property
    def package(self) -> Path:
        """What is deployed."""
        major, minor, _ = self.python.version.split(".", 2)
        return bundle(ARCHITECTURE, f"python{major}.{minor}")

    @cached_property
    def stock(self) -> Path:
        """The same dependencies as pip installs them, with the bytecode that pip makes."""
        lock = SOURCE / "requirements.txt"
        digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
        folder = BUILD / f"stock-{self.python.version}-{digest}"
        if not folder.exists():
            pip = [str(self.python.path), "-m", "pip", "install", "-qq", "--require-hashes"]
            subprocess.run([*pip, "--requirement", str(lock), "--target", str(folder)], check=True)
        return folder

    def api(self, body: dict[str, Any], destination: str = "pinpoint") -> Job:
        """The HTTPS door, with a request."""
        given = {"module": "putevents.api_handler", "event": traffic.http_event(body)}
        return self._job(self.package, "handler", given, self._function(destination))

    def queue(self, bodies: list[dict[str, Any]]) -> Job:
        """The queue door, with messages."""
        given = {"module": "putevents.queue_handler", "event": traffic.sqs_event(bodies)}
        return self._job(self.package, "handler", given, self._function("pinpoint"))

    def usual(self, body: dict[str, Any]) -> Job:
        """The same job written the usual way."""
        given: dict[str, Any] = {"module": "usual_handler", "event": traffic.http_event(body)}
        given["path"] = str(Path(__file__).parent)
        return self._job(self.stock, "handler", given, self._function("pinpoint"))

    def put_events(self, *bodies: dict[str, Any]) -> Job:
        """The stock client."""
        return self._job(self.stock, "put_events", {"requests": bodies}, self._own)

    def by_hand(self, body: dict[str, Any]) -> Job:
        """Sign, send, read."""
        return self._job(self.stock, "by_hand", {"body": json.dumps(body)}, self._own)

    def lake_calls(self, events: int) -> Job:
        """The two calls that a lake cannot do without."""
        keys = [dict(zip(KEYS, ({"S": "my-app"}, {"S": traffic.endpoint_id(0)}), strict=True))]
        given = {"table": LAKE["ENDPOINT_TABLE"], "keys": keys, "stream": "events-my-app"}
        records = {"records": [traffic.EVENT] * events}
        return self._job(self.stock, "bare_lake_calls", {**given, **records}, self._emulated)

    def _job(self, packages: Path, name: str, given: Any, environment: Mapping[str, str]) -> Job:
        return Job(self.python.path, packages, name, given, environment)

    def _function(self, destination: str) -> Mapping[str, str]:
        """What a function finds in its environment on Lambda."""
        return {
            **(self._emulated if destination == "lake" else self._own),
            **QUEUES,
            **LAKE,
            "APPLICATION_IDS": "my-app",
            "CORS_ORIGINS": "*",
            "DESTINATION": destination,
            "LAMBDA_TASK_ROOT": "/var/task",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_XRAY_DAEMON_ADDRESS": self._traces,
        }

    @cached_property
    def _emulated(self) -> Mapping[str, str]:
        """An emulated AWS with the table and the stream of a lake."""
        from putevents.destinations.lake.dynamodb import INDEXES

        aws = Emulator(self._folder)
        aws.start(with_parent=True)
        self._end.append(aws.stop)
        aws.client("s3").create_bucket(Bucket="lake")
        aws.client("dynamodb").create_table(
            TableName=LAKE["ENDPOINT_TABLE"],
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in (*KEYS, *INDEXES)
            ],
            KeySchema=_schema(*KEYS),
            GlobalSecondaryIndexes=[
                {
                    "IndexName": index,
                    "KeySchema": _schema(attribute, KEYS[0]),
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
                for attribute, index in INDEXES.items()
            ],
        )
        aws.client("firehose").create_delivery_stream(
            DeliveryStreamName="events-my-app",
            ExtendedS3DestinationConfiguration={
                "RoleARN": f"arn:aws:iam::{ACCOUNT}:role/firehose",
                "BucketARN": "arn:aws:s3:::lake",
            },
        )
        return {**ENVIRONMENT, **aws.environment()}

    def end(self) -> None:
        """End what was started."""
        for end in self._end:
            end()


def zipped(folder: Path) -> int:
    """The bytes that a folder takes as a zip file."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*")):
            file.write(path, path.relative_to(folder))
    return len(target.getvalue())


def _schema(hash_key: str, range_key: str) -> list[dict[str, Any]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]


@contextmanager
def running_lab() -> Iterator[Lab]:
    """A lab until the block ends."""
    with running_fakes() as fakes, TemporaryDirectory() as folder:
        lab = Lab(fakes.put_events, fakes.traces, Path(folder))
        try:
            yield lab
        finally:
            lab.end()
