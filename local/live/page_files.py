"""The page's own files, which are served as they stand in the folder `local/page`."""

from http import HTTPStatus
from pathlib import Path

from local.http_messages import Response, json_response

FOLDER = Path(__file__).parents[1] / "page"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
# Nothing from elsewhere, nothing inline.
OWN_FILES_ONLY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_POLICY = f"{OWN_FILES_ONLY}; require-trusted-types-for 'script'; trusted-types 'none'"
SAFE_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Content-Security-Policy", _POLICY),
)


def page_file(path: str) -> Response:
    """A file of the page; `/` is its index."""
    name = "index.html" if path == "/" else path.removeprefix("/page/")
    file = next((one for one in _files() if one.relative_to(FOLDER).as_posix() == name), None)
    if file is None:
        return json_response(
            HTTPStatus.NOT_FOUND, {"error": "There is no such file."}, *SAFE_HEADERS
        )
    headers = [("Content-Type", _TYPES[file.suffix]), *SAFE_HEADERS]
    return Response(HTTPStatus.OK, headers, file.read_bytes())


def _files() -> list[Path]:
    """All there are: a name that a client made up never reaches the file system."""
    return [file for file in FOLDER.rglob("*") if file.suffix in _TYPES and file.is_file()]
