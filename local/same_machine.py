"""Only this machine's user: which Host a request may name, and which page it may come from."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from urllib.parse import unquote

from local.asgi import Scope

_HOSTS = ("localhost", "127.0.0.1", "[::1]")
# What a web page of this machine may read, as CORS_ORIGINS unless the user says another.
LOCAL_ORIGINS = ",".join(
    f"{scheme}://{host}{port}"
    for scheme in ("http", "https")
    for host in _HOSTS
    for port in ("", ":*")
)
_HOST = re.compile(rf"({'|'.join(map(re.escape, _HOSTS))})(:[0-9]{{1,5}})?", re.IGNORECASE)
WRONG_HOST = (
    "This gateway answers for localhost, 127.0.0.1 and [::1] only: a web page can point a"
    " name of its own at this machine (DNS rebinding)."
)
FOREIGN_PAGE = "Web pages of other addresses may send events here, and do nothing else."
NO_LIVE_HEADER = "Send the header `X-Live: 1`, which no other page's request has."
_OWN_PATHS = re.compile(r"/|/(live|page|docs|queue|dead-letters)(/.*)?|/openapi\.json")
_READ_PATHS = re.compile(r"/+v1/+apps/.+/(endpoints|users)/.+", re.DOTALL)
_CHANGES = ("POST", "PUT", "DELETE", "PATCH")


def target_of(scope: Scope) -> tuple[str | None, str]:
    """The host that a request line names, in the absolute form that proxies use, and its path."""
    target: str = scope["raw_path"].decode("ascii")
    if target.startswith("/"):
        return None, target
    _, separator, rest = target.partition("://")
    authority, _, path = rest.partition("/")
    return authority if separator else None, f"/{path}"


def rejection(scope: Scope) -> tuple[HTTPStatus, str] | None:
    """Why a request is not answered: it is of another machine's page; None if it is not."""
    headers = _headers(scope["headers"])
    authority, path = target_of(scope)
    host = headers.get("host", "")
    # A name in the request line stands for the one in `Host`.
    names = [host, *([] if authority is None else [authority])]
    if not all(map(_HOST.fullmatch, names)):
        return HTTPStatus.MISDIRECTED_REQUEST, WRONG_HOST
    if _is_private(scope["method"], path, headers) and _is_foreign(path, headers, host):
        return HTTPStatus.FORBIDDEN, FOREIGN_PAGE
    if path.startswith("/live") and scope["method"] in _CHANGES and headers.get("x-live") != "1":
        return HTTPStatus.FORBIDDEN, NO_LIVE_HEADER
    return None


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """The headers; of one that came twice both count, so that it equals nothing."""
    found: dict[str, str] = {}
    for name, value in pairs:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _is_private(method: str, path: str, headers: Mapping[str, str]) -> bool:
    if _OWN_PATHS.fullmatch(path):
        return True
    if method == "OPTIONS":  # a preflight
        method = headers.get("access-control-request-method", method)
    if path.endswith("/inappmessages") or method in ("PUT", "POST", "OPTIONS"):
        return False
    return bool(_READ_PATHS.fullmatch(unquote(path)))


def _is_foreign(path: str, headers: Mapping[str, str], host: str) -> bool:
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is not None and origin != f"http://{host}":
        return True
    # A link from elsewhere opens the page: no other page can look into it.
    is_opened = path in ("/", "/docs") and headers.get("sec-fetch-dest") == "document"
    return site not in (None, "same-origin", "none") and not is_opened
