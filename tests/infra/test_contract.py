"""The template and the code in lambda_src say the same."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from infra.cors_preflight import origin_pattern
from infra.gateway_responses import EXPOSED
from infra.monitoring import NAMESPACE
from infra.pinpoint_access import READ_CALLS, WRITE_CALLS
from infra.routes import READ_ROUTES
from local.event_source import BATCH_SIZE as LOCAL_BATCH_SIZE
from local.queues import MAX_RECEIVE_COUNT as LOCAL_MAX_RECEIVE_COUNT
from putevents.cross_origin import CrossOrigin
from putevents.observability import NAMESPACE as CODE_NAMESPACE
from putevents.observability import Metric
from putevents.queue.messages import MAX_MESSAGE_BYTES
from putevents.queue.retry import GIVE_UP_SECONDS, MAX_WAIT_SECONDS, MIN_ATTEMPTS
from putevents.settings import Settings
from putevents.time_left import DELIVERY_SECONDS, QUEUEING_SECONDS
from tests.infra.conftest import Deploy
from tests.infra.synthesis import FORWARDING, ROOT, Deployment

# Asked of the code in a process of its own, which has the environment of the template.
QUESTIONS = """
import importlib, json, sys
for handler in sys.argv[1:]:
    module, _, name = handler.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name)), handler
from putevents.api_handler import ApiHandler
from putevents.cross_origin import EXPOSE_HEADERS
from putevents.gateway import Gateway
from putevents.observability import SERVICE
from putevents.destinations import bus, pinpoint, stream
from putevents.destinations.lake import dynamodb, firehose
gateway = Gateway.load()
app = ApiHandler(gateway).app
def seconds(config):
    tries = config.retries["total_max_attempts"]
    return tries * (config.connect_timeout + config.read_timeout)
routes = [[r.method, r.path] for r in app._static_routes + app._dynamic_routes]
print(json.dumps({
    "routes": routes,
    "exposed": EXPOSE_HEADERS,
    "service": SERVICE,
    "seconds_a_call": max(
        seconds(client._CONFIG) for client in (firehose, dynamodb, pinpoint, stream, bus)
    ),
    "seconds_a_send": seconds(gateway.retry_queue._client.meta.config),
}))
"""


def environment(deployment: Deployment, door: str) -> dict[str, str]:
    """What the function will find in its environment, with addresses as AWS gives them."""
    variables = deployment.function(door)["Environment"]["Variables"]
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/"
    return {
        name: url + value["Ref"] if isinstance(value, dict) else value
        for name, value in variables.items()
    }


@pytest.fixture(scope="module")
def code(default: Deployment) -> dict[str, Any]:
    """What the code answers to the questions above."""
    return ask(default)


def ask(deployment: Deployment) -> dict[str, Any]:
    """Ask the code of a deployment the questions above."""
    handlers = [deployment.function(door)["Handler"] for door in ("api", "queue")]
    answer = subprocess.run(
        [sys.executable, "-c", QUESTIONS, *handlers],
        env={
            **environment(deployment, "api"),
            "PYTHONPATH": str(ROOT / "lambda_src"),
            "AWS_DEFAULT_REGION": "eu-west-1",
        },
        check=True,
        capture_output=True,
        text=True,
    )
    result: dict[str, Any] = json.loads(answer.stdout)
    return result


def test_the_handlers_can_be_imported_with_the_functions_environment(code: dict[str, Any]) -> None:
    assert code["routes"]


@pytest.mark.parametrize("reads", [False, True])
def test_the_deployed_routes_are_the_resolvers(deploy: Deploy, reads: bool) -> None:
    deployment = deploy(endpointReads=str(reads).lower(), corsOrigins="*")
    spelled = {
        (method, path.replace("<", "{").replace(">", "}").replace("_id}", "-id}"))
        for method, path in ask(deployment)["routes"]
    }
    deployed = {route for route in deployment.methods() if route[0] not in ("ANY", "OPTIONS")}

    assert deployed == spelled
    assert (set(READ_ROUTES) < deployed) is reads


@pytest.mark.parametrize("door", ["api", "queue"])
def test_the_environment_satisfies_settings(deploy: Deploy, door: str) -> None:
    deployment = deploy(
        **FORWARDING,
        applicationIds=["a", "b"],
        corsOrigins="https://app.example.com,http://localhost:3000",
        corsHeaders="x-team",
        trustArrival="true",
        retryDelaySeconds=7,
    )

    settings = Settings.load(environment(deployment, door))

    assert settings.destination == ("pinpoint",)
    assert settings.application_ids == ("a", "b")
    assert settings.cors_origins == ("https://app.example.com", "http://localhost:3000")
    assert settings.cors_headers == ("x-team",)
    assert settings.trust_arrival
    assert settings.retry_delay_seconds == 7
    assert settings.retry_queue_url.endswith(deployment.outputs["QueueUrl"]["Ref"])
    dead_letters = deployment.outputs["DeadLetterQueueUrl"]["Ref"]
    assert settings.dead_letter_queue_url.endswith(dead_letters)


@pytest.mark.parametrize(
    ("options", "reads"),
    [
        ({"auth": "iam"}, False),
        ({"auth": "iam", "endpointReads": "true"}, True),
        ({"auth": "none"}, False),
        ({"auth": "api-key"}, False),
        ({"auth": "cognito", "userPoolId": "eu-west-1_Ab12"}, False),
    ],
)
def test_endpoints_are_read_where_the_deployer_says_so(
    deploy: Deploy, options: dict[str, str], reads: bool
) -> None:
    variables = environment(deploy(**options), "api")

    assert variables["ENDPOINT_READS"] == str(reads).lower()


ORIGINS = ["https://app.example.com", "https://*.example.dev", "capacitor+x://localhost",
           "http://pr-*-x.localhost:3000"]  # fmt: skip
PAGES = [
    "https://app.example.com", "https://appxexample.com", "https://app.example.com.evil", "",
    "https://a.example.dev", "https://a.b.example.dev", "https://.example.dev", "null",
    "https://example.dev", "capacitor+x://localhost", "capacitorrx://localhost",
    "http://pr-7-x.localhost:3000", "http://pr-7-x.localhost:30000", "HTTPS://APP.EXAMPLE.COM",
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_api_gateway_allows_the_preflights_of_the_pages_that_the_code_answers(page: str) -> None:
    allowed = CrossOrigin(ORIGINS).allowed_origin(page)

    assert bool(re.fullmatch(origin_pattern(ORIGINS), page)) == bool(allowed)


def test_api_gateways_preflight_allows_what_the_code_does(deploy: Deploy) -> None:
    headers = CrossOrigin(ORIGINS, ["x-team"]).to_dict(ORIGINS[0])
    deployment = deploy(corsOrigins=",".join(ORIGINS), corsHeaders="x-team")

    for (name, _), method in deployment.methods().items():
        if name != "OPTIONS":
            continue
        [response] = method["Integration"]["IntegrationResponses"]
        given = {n.rpartition(".")[2]: v.strip("'") for n, v in
                 response["ResponseParameters"].items()}  # fmt: skip
        assert sorted(given["Access-Control-Allow-Headers"].split(",")) == sorted(
            headers["Access-Control-Allow-Headers"].lower().split(",")
        )
        assert given["Access-Control-Max-Age"] == headers["Access-Control-Max-Age"]
        assert given["Vary"] == headers["Vary"]
        methods = given["Access-Control-Allow-Methods"].split(",")
        assert {route[0] for route in deployment.methods()} - {"ANY"} <= set(methods)
        [declared] = method["MethodResponses"]
        assert set(declared["ResponseParameters"]) == set(response["ResponseParameters"])


def test_no_variable_of_settings_is_left_to_chance(default: Deployment) -> None:
    variables = {name.upper() for name in Settings.model_fields}

    assert variables <= set(environment(default, "api"))


@pytest.mark.parametrize("door", ["api", "queue"])
def test_the_endpoint_url_is_botocores(deploy: Deploy, door: str) -> None:
    url = FORWARDING["pinpointEndpointUrl"]
    amazon = deploy(destination="pinpoint", pinpointEndpointUrl="aws")

    assert environment(deploy(**FORWARDING), door)["AWS_ENDPOINT_URL_PINPOINT"] == url
    assert "AWS_ENDPOINT_URL_PINPOINT" not in environment(amazon, door)


def test_the_roles_allow_what_the_destination_calls() -> None:
    source = (ROOT / "lambda_src/putevents/destinations/pinpoint.py").read_text()
    called = re.findall(r"self\._client\.(\w+)[(,]", source)

    assert {name.title().replace("_", "") for name in called} == {*WRITE_CALLS, *READ_CALLS}


def test_the_alarms_watch_the_metrics_that_are_written(
    default: Deployment, code: dict[str, Any]
) -> None:
    alarms = [a for a in default.all("CloudWatch::Alarm") if a.get("Namespace") == CODE_NAMESPACE]

    watched = [
        (alarm["MetricName"], {d["Name"]: d["Value"] for d in alarm["Dimensions"]})
        for alarm in alarms
    ]
    assert sorted(watched, key=str) == [
        (Metric.LONGEST_WAIT, {"application": "my-app", "service": code["service"]}),
        (Metric.LONGEST_WAIT, {"service": code["service"]}),
    ]
    assert code["service"] == default.stack.stack_name
    assert NAMESPACE == CODE_NAMESPACE


def test_browsers_may_read_the_same_headers_of_every_answer(code: dict[str, Any]) -> None:
    assert EXPOSED.split(",") == code["exposed"]


def test_the_api_function_answers_before_api_gateway_gives_up(default: Deployment) -> None:
    assert default.function("api")["Timeout"] < 29


def test_f35_receives_are_not_burnt_while_functions_are_throttled(default: Deployment) -> None:
    [queue] = [q for q in default.all("SQS::Queue") if "RedrivePolicy" in q]
    mapping = default.one("Lambda::EventSourceMapping")

    assert mapping["ScalingConfig"]["MaximumConcurrency"] == 5
    assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5

    assert queue["VisibilityTimeout"] >= 6 * default.function("queue")["Timeout"]


@pytest.mark.parametrize("door", ["api", "queue"])
def test_a_name_that_is_not_found_costs_seconds_not_a_quarter_of_a_minute(
    default: Deployment, door: str
) -> None:
    options = default.function(door)["Environment"]["Variables"]["RES_OPTIONS"]
    assert options == "timeout:1 attempts:2"


@pytest.mark.parametrize("door", ["api", "queue"])
def test_a_function_has_time_for_a_slow_call_and_to_queue_what_it_left(
    default: Deployment, code: dict[str, Any], door: str
) -> None:
    assert code["seconds_a_call"] <= DELIVERY_SECONDS
    assert code["seconds_a_send"] + 1 <= QUEUEING_SECONDS
    assert default.function(door)["Timeout"] > DELIVERY_SECONDS + QUEUEING_SECONDS


def test_only_the_queue_function_may_send_to_itself(default: Deployment) -> None:
    loops = {door: default.function(door)["RecursiveLoop"] for door in ("api", "queue")}
    assert loops == {"api": "Terminate", "queue": "Allow"}


def test_messages_are_gathered_for_longer_than_nothing_and_less_than_anybody_minds(
    default: Deployment,
) -> None:
    mapping = default.one("Lambda::EventSourceMapping")
    assert 1 <= mapping["MaximumBatchingWindowInSeconds"] <= 10


def test_the_queue_door_gives_up_with_a_reason_before_sqs_does_without(default: Deployment) -> None:
    [queue] = [q for q in default.all("SQS::Queue") if "RedrivePolicy" in q]
    mapping = default.one("Lambda::EventSourceMapping")

    # No wait is shorter than three quarters of the longest once that is reached, and the first few
    # come before.
    receives = 6 + GIVE_UP_SECONDS / (0.75 * MAX_WAIT_SECONDS)
    assert queue["RedrivePolicy"]["maxReceiveCount"] > max(MIN_ATTEMPTS, receives)
    assert queue["RedrivePolicy"]["maxReceiveCount"] == LOCAL_MAX_RECEIVE_COUNT
    assert queue["MessageRetentionPeriod"] / 2 > GIVE_UP_SECONDS + MAX_WAIT_SECONDS
    assert mapping["EventSourceArn"]["Fn::GetAtt"][0] == default.outputs["QueueUrl"]["Ref"]


def test_the_laptop_hands_out_batches_as_large_as_the_deployment(default: Deployment) -> None:
    assert default.one("Lambda::EventSourceMapping")["BatchSize"] == LOCAL_BATCH_SIZE


def test_what_is_queued_fits_into_a_message_of_the_queue(default: Deployment) -> None:
    assert {q["MaximumMessageSize"] for q in default.all("SQS::Queue")} == {1024 * 1024}
    assert MAX_MESSAGE_BYTES < 1024 * 1024
