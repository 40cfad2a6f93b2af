"""Requests at the same time: each has its own answer, and none waits for another's destination."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO
from typing import Any

import pytest

from local.api_gateway import proxy_event
from local.http_messages import Request
from local.lambda_function import LambdaContext, LambdaFunction
from local.thread_safe_resolver import ThreadSafeResolver
from local.whole_lines import WholeLines
from tests.local.conftest import StartGateway
from tests.local.running_gateway import EVENT, SECONDS, put_events_body
from tests.upstream import Upstream, accept_all, running_upstream

CLIENTS = 16


@pytest.fixture(name="upstream")
def _upstream() -> Iterator[Upstream]:
    with running_upstream() as upstream:
        yield upstream


def events(name: str) -> dict[str, Any]:
    """An EventsRequest whose ids tell it from all others, with one event to be rejected."""
    good = {f"{name}-{n}": EVENT for n in range(3)}
    return put_events_body({**good, f"{name}-bad": {}}, endpoint_id=name)


def test_many_requests_at_once_get_their_own_answers(
    start_gateway: StartGateway, upstream: Upstream
) -> None:
    gateway = start_gateway(DESTINATION="pinpoint", AWS_ENDPOINT_URL_PINPOINT=upstream.url)
    together = threading.Barrier(CLIENTS)

    def client(number: int) -> None:
        for turn in range(5):
            name = f"{number}-{turn}"
            together.wait(SECONDS)
            results = gateway.put_events(events(name), f"app-{number}")["Results"]
            statuses = {key: item["StatusCode"] for key, item in _items(results[name])}

            assert set(results) == {name}
            assert statuses == {**{f"{name}-{n}": 202 for n in range(3)}, f"{name}-bad": 400}

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(client, range(CLIENTS)))

    paths = {path for path, _ in upstream.requests}
    assert paths == {f"/v1/apps/app-{number}/events" for number in range(CLIENTS)}
    assert all(f"/app-{body_app(body)}/" in path for path, body in upstream.requests)
    gateway.end()
    for line in (gateway.data_dir / "gateway.log").read_text().splitlines():
        json.loads(line)


def _items(result: Any) -> Any:
    return result["EventsItemResponse"].items()


def body_app(body: dict[str, Any]) -> str:
    [endpoint_id] = body["BatchItem"]
    return str(endpoint_id).partition("-")[0]


def test_a_response_is_for_its_own_request(start_gateway: StartGateway, upstream: Upstream) -> None:
    """The CORS headers are made from the request after delivery, when both are in hand."""
    origins = ["https://a.example", "https://b.example"]
    together = threading.Barrier(2)

    def answer(request: dict[str, Any]) -> tuple[int, Any]:
        together.wait(SECONDS)
        return 202, accept_all(request)

    upstream.answer = answer
    gateway = start_gateway(
        DESTINATION="pinpoint",
        AWS_ENDPOINT_URL_PINPOINT=upstream.url,
        CORS_ORIGINS=",".join(origins),
    )

    def allowed(origin: str) -> str | None:
        with closing(gateway.connect()) as connection:
            body = json.dumps(put_events_body())
            connection.request("POST", "/v1/apps/my-app/events", body, {"Origin": origin})
            return connection.getresponse().headers["Access-Control-Allow-Origin"]

    with ThreadPoolExecutor() as clients:
        assert list(clients.map(allowed, origins)) == origins


def test_a_hanging_destination_holds_up_nobody_else(
    start_gateway: StartGateway, upstream: Upstream
) -> None:
    hanging, let_go = threading.Semaphore(0), threading.Event()

    def answer(request: dict[str, Any]) -> tuple[int, Any]:
        if "hangs" in request["BatchItem"]:
            hanging.release()
            let_go.wait(SECONDS)
        return 202, accept_all(request)

    upstream.answer = answer
    gateway = start_gateway(DESTINATION="pinpoint", AWS_ENDPOINT_URL_PINPOINT=upstream.url)
    with ThreadPoolExecutor() as clients:
        body = put_events_body(endpoint_id="hangs")
        asked = [clients.submit(gateway.put_events, body, "slow") for _ in range(4)]
        for _ in asked:
            assert hanging.acquire(timeout=SECONDS)
        answered = gateway.put_events(put_events_body(), "quick")
        health, _ = gateway.ask("GET", "/health")
        queue = _queue_attributes(gateway)

        assert answered["Results"]["device"]["EventsItemResponse"]["1"]["StatusCode"] == 202
        assert health == 200
        assert "Attributes" in queue
        assert not any(request.done() for request in asked)
        let_go.set()
        for request in asked:
            item = request.result(SECONDS)["Results"]["hangs"]["EventsItemResponse"]["1"]
            assert item["StatusCode"] == 202


def _queue_attributes(gateway: Any) -> Any:
    with closing(gateway.connect()) as connection:
        headers = {"X-Amz-Target": "AmazonSQS.GetQueueAttributes"}
        connection.request("POST", "/", json.dumps({"QueueUrl": f"{gateway.url}/queue"}), headers)
        return json.loads(connection.getresponse().read())


def test_an_event_waits_only_when_all_environments_are_taken() -> None:
    made, let_go, running = [], threading.Event(), threading.Semaphore(0)

    def make_handler() -> Any:
        made.append(threading.current_thread())

        def handler(event: dict[str, Any], context: LambdaContext) -> Any:
            running.release()
            return let_go.wait(SECONDS)

        return handler

    function = LambdaFunction(make_handler, "local-api", 28, max_environments=2)
    futures = [function.submit({}) for _ in range(3)]
    assert running.acquire(timeout=SECONDS)
    assert running.acquire(timeout=SECONDS)
    assert not running.acquire(blocking=False)
    let_go.set()

    assert [future.result(SECONDS) for future in futures] == [True] * 3
    assert len(set(made)) == len(made) == 2


def test_a_resolver_keeps_its_request_while_another_answers() -> None:
    inside, other_is_done = threading.Event(), threading.Event()

    def handler(path: str) -> ThreadSafeResolver:
        app = ThreadSafeResolver()

        @app.get(path)
        def answer() -> dict[str, Any]:
            if path == "/first":
                inside.set()
                other_is_done.wait(SECONDS)
            return {"path": app.current_event.path, "context": app.lambda_context}

        return app

    def ask(app: ThreadSafeResolver, path: str) -> Any:
        event = proxy_event(Request("GET", path, "", [], b"", "127.0.0.1", "HTTP/1.1"))
        return json.loads(app.resolve(event, path)["body"])

    with ThreadPoolExecutor() as threads:
        first = threads.submit(ask, handler("/first"), "/first")
        assert inside.wait(SECONDS)
        second = ask(handler("/second"), "/second")
        other_is_done.set()

        assert second == {"path": "/second", "context": "/second"}
        assert first.result(SECONDS) == {"path": "/first", "context": "/first"}


def test_lines_of_threads_do_not_run_into_each_other() -> None:
    file = BytesIO()
    lines = WholeLines(file)
    lines.write("first, ")
    with ThreadPoolExecutor() as threads:
        threads.submit(print, "second", file=lines).result(SECONDS)
    lines.write("later\nrest")

    assert file.getvalue().decode() == "second\nfirst, later\n"
