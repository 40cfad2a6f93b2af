"""Makes docs/openapi.json of the real routes and models (`make openapi`)."""

import inspect
import json
import tomllib
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, cast

import yaml
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.api_gateway import Route
from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.openapi.params import Path as PathParameter

from putevents.api_handler import ApiHandler
from putevents.breaker import Breaker
from putevents.gateway import Gateway
from putevents.settings import Settings
from tests.contract.openapi_answers import complete
from tests.contract.openapi_operations import OPERATIONS, Operation, Wire
from tests.contract.openapi_schemas import PARAMETERS
from tests.contract.openapi_security import SECURITY_SCHEMES

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/openapi.json"
EXAMPLES = Path(__file__).with_name("openapi_examples.yaml")
DESCRIPTION = """
An HTTPS endpoint that speaks Amazon Pinpoint's PutEvents. Every event is validated alone, and
answered by its id.

The schemas of requests say what is *accepted*. A part of PutEvents, EnrichedEvents or
UpdateEndpointsBatch that breaks its schema is rejected alone. Unknown members are ignored, and
`null` is the same as leaving a member out. docs/spec.md has the rules that a schema cannot say.

Each example of an answer has the request that it answers in `x-request`, and in `x-after` what was
asked before, or says in `x-answered-by` who else answers so.
""".strip()


def real_routes() -> list[Route]:
    """The routes that the API handler serves, with everything switched on."""
    queue = "https://sqs.example.com/1/queue"
    settings = Settings(
        destination="local",
        application_ids=("*",),
        retry_queue_url=queue,
        dead_letter_queue_url=queue,
        cors_origins=(),
        endpoint_reads=True,
    )
    nothing = cast(Any, None)  # no request is answered
    app = ApiHandler(Gateway(settings, nothing, nothing, Breaker(30))).app
    return [*app._static_routes, *app._dynamic_routes]


def make_document() -> dict[str, Any]:
    """Describe the routes by Powertools, and add the examples and what its models cannot say."""
    app = APIGatewayRestResolver(enable_validation=True)
    routes = [(route, OPERATIONS[_key(route)]) for route in real_routes()]
    for route, operation in routes:
        app.route(
            route.path,
            route.method,
            summary=operation.name,
            description=(route.func.__doc__ or "").strip(),
            operation_id=operation.name,
            responses=cast(Any, _responses(operation)),
            tags=[operation.tag],
        )(_described(operation))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    document = json.loads(
        app.get_openapi_json_schema(
            title="PutEvents Gateway", version=project["version"], description=DESCRIPTION
        )
    )
    document["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    document["servers"] = [{"url": "http://127.0.0.1:8080", "description": "`make run`"}]
    document["security"] = [{}, *({name: []} for name in SECURITY_SCHEMES)]
    document["components"]["securitySchemes"] = SECURITY_SCHEMES
    return complete(document, yaml.safe_load(EXAMPLES.read_text()))


def _key(route: Route) -> tuple[str, str]:
    return route.method, route.path


def _described(operation: Operation) -> Callable[..., None]:
    """A function with the parameters of an operation, which Powertools reads."""

    def function(**_: Any) -> None: ...

    annotations: dict[str, Any] = {
        name: Annotated[str, PathParameter(description=PARAMETERS[name]["description"])]
        for name in operation.parameters
    }
    if operation.request:
        annotations["body"] = Annotated[operation.request, Body(description=operation.takes)]
    function.__annotations__ = annotations
    function.__signature__ = _signature(annotations)  # type: ignore[attr-defined]
    return function


def _signature(annotations: dict[str, Any]) -> Any:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Signature(
        [inspect.Parameter(name, kind, annotation=what) for name, what in annotations.items()]
    )


def _responses(operation: Operation) -> dict[int, Any]:
    good = {
        operation.status: {
            "description": operation.answers,
            "content": {"application/json": {"model": operation.response}},
        }
    }
    bad = {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {"application/json": {"model": Wire.MessageBody}},
        }
        for status in operation.errors
    }
    return good | bad


def written(document: dict[str, Any]) -> str:
    """The text of the file."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(written(make_document()))
    print(f"Written: {DOCUMENT.relative_to(ROOT)}")
