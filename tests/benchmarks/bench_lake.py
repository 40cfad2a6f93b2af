"""`make bench`, second part: a request to the lake beside the two boto3 calls that it makes."""

import itertools
import json
from collections.abc import Iterator
from functools import partial
from time import time_ns
from typing import Any

from commands.costs.fake_aws import FakeAws
from commands.costs.sample_request import ENDPOINT_ID, api_event
from tests.benchmarks.bench import EVENT, compare, set_environment, silence_logs
from tests.loopback import Request, Response, serving
from tests.unit.doors import Context, http_event

AWS = FakeAws()
KEY = {"application_id": {"S": "my-app"}, "endpoint_id": {"S": "phone"}}
MEMBER = {"M": {"v": {"S": "something"}, "t": {"S": "1764054000000-00000000"}}}
NAMES = ("Make", "Model", "Locale", "Platform", "AppVersion")
STORED = {
    **KEY,
    **{f"Demographic.{name}": MEMBER for name in NAMES},
    "created": {"N": "1764054000000"},
    "revision": {"N": "1"},
}


def respond_as_aws(request: Request) -> Response:
    """Respond as a DynamoDB that holds one endpoint, and as a Firehose that takes everything.

    What the endpoint of the sample request makes of its items is held too.
    """
    headers = {"Content-Type": "application/x-amz-json-1.1"}
    operation = request.headers["x-amz-target"].rpartition(".")[2]
    if operation == "UpdateItem" or operation == "Query" or ENDPOINT_ID.encode() in request.body:
        return Response(200, AWS.answer(operation, request.body), headers)
    asked = json.loads(request.body)
    answer: dict[str, Any] = {"Responses": {"endpoints": [STORED]}}
    if request.headers["x-amz-target"].endswith("PutRecordBatch"):
        confirmed = [{"RecordId": "1"}] * len(asked["Records"])
        answer = {"FailedPutCount": 0, "RequestResponses": confirmed}
    return Response(200, json.dumps(answer).encode(), headers)


def main() -> None:
    """The two calls with ready-made records against the whole handler, which makes them."""
    with serving(respond_as_aws) as url:
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
            numbers = itertools.count(time_ns() // 1_000_000)

            def known(count: int = count, numbers: Iterator[int] = numbers) -> None:
                number = next(numbers)
                api_handler.lambda_handler(api_event(count, f"request-{number}", number), Context())

            known()
            compare("  of a known endpoint with a user", partial(stock, count), known)


if __name__ == "__main__":
    main()
