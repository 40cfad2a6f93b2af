"""Serves the contract: `/openapi.json`, and `/docs`, Swagger UI's rendering of it."""

from collections.abc import Callable
from http import HTTPStatus
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from local.http_messages import Request, Response
from local.live.page_files import OWN_FILES_ONLY

_HERE = Path(__file__).parent


class _File(NamedTuple):
    kind: str
    read: Callable[[], bytes]


def _swagger_ui(name: str) -> Callable[[], bytes]:
    """A file of Swagger UI as Powertools has it."""
    package = "aws_lambda_powertools.event_handler.openapi.swagger_ui"
    return lambda: resources.files(package).joinpath(name).read_bytes()


_FILES = {
    "/openapi.json": _File(
        "application/json", _HERE.with_name("docs").joinpath("openapi.json").read_bytes
    ),
    "/docs": _File("text/html; charset=utf-8", (_HERE / "docs.html").read_bytes),
    "/docs/page.js": _File("text/javascript; charset=utf-8", (_HERE / "docs.js").read_bytes),
    "/docs/swagger-ui.js": _File(
        "text/javascript; charset=utf-8", _swagger_ui("swagger-ui-bundle.min.js")
    ),
    "/docs/swagger-ui.css": _File("text/css; charset=utf-8", _swagger_ui("swagger-ui.min.css")),
}


def is_of_docs(request: Request) -> bool:
    """Whether a request is for one of the files."""
    return request.path in _FILES and request.method in ("GET", "HEAD")


def respond_file(request: Request) -> Response:
    """Return the file that a request is for."""
    file = _FILES[request.path]
    headers = [
        ("content-type", file.kind),
        ("content-security-policy", OWN_FILES_ONLY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-cache"),
    ]
    return Response(HTTPStatus.OK, headers, file.read())
