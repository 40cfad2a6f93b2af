"""`make bench`, second part: a request to the lake beside the two boto3 calls that it makes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.benchmarks.bench import EVENT, compare, set_environment, silence_logs
from tests.unit.doors import Context, http_event

KEY = {"application_id": {"S": "my-app"}, "endpoint_id": {"S": "phone"}}
MEMBER = {"M": {"v": {"S": "something"}, "t": {"S": "1764054000000-00000000"}}}
NAMES = ("Make", "Model", "Locale", "Platform", "AppVersion")
STORED = {
    **KEY,
    **{f"Demographic.{name}": MEMBER for name in NAMES},
    "created": {"N": "1764054000000"},
    "revision": {"N": "1"},
}


class Aws(BaseHTTPRequestHandler):
    """DynamoDB that holds one endpoint, and Firehose that takes everything."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body leave together

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer: dict[str, Any] = {"Responses": {"endpoints": [STORED]}}
        if self.headers["X-Amz-Target"].endswith("PutRecordBatch"):
            confirmed = [{"RecordId": "1"}] * len(request["Records"])
            answer = {"FailedPutCount": 0, "RequestResponses": confirmed}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running_aws() -> Iterator[str]:
    """Its address, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Aws)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def main() -> None:
    """The two calls with ready-made records against the whole handler, which makes them."""
    with running_aws() as url:
        set_environment(
            DESTINATION="lake",
            AWS_ENDPOINT_URL=url,
            ENDPOINT_TABLE="endpoints",
            EVENT_STREAM_PREFIX="events-",
            REJECTED_STREAM="rejected",
        )
        silence_logs()
        import boto3

        from putevents import api_handler

        dynamodb, firehose = boto3.client("dynamodb"), boto3.client("firehose")

        def stock(count: int) -> None:
            dynamodb.batch_get_item(RequestItems={"endpoints": {"Keys": [KEY]}})
            records = [{"Data": json.dumps(EVENT).encode()} for _ in range(count)]
            firehose.put_record_batch(DeliveryStreamName="events-my-app", Records=records)

        print(f"\n{'lake: CPU ms per request, warm':32}{'2 calls':>12}{'gateway':>12}{'ratio':>8}")
        for count in (1, 10, 100):
            batch = {"Endpoint": {}, "Events": {f"event-{i}": EVENT for i in range(count)}}
            event = http_event({"BatchItem": {"phone": batch}})
            ours = partial(api_handler.lambda_handler, event, Context())
            compare(f"{count} events", partial(stock, count), ours)


if __name__ == "__main__":
    main()
