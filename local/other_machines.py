"""What other machines may do where `make run HOST=0.0.0.0` lets them in: send events, no more."""

import ipaddress
import logging
import re
import socket
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from local.asgi import Scope
from local.same_machine import target_of

# What an app sends: events and endpoints, and the messages that it asks for, which are always none.
_PATHS = re.compile(
    r"/+v1/+apps/+[^/]+/+(events(/+legacy)?|endpoints(/+[^/]+(/+inappmessages)?)?|users/+[^/]+)"
)
_METHODS = ("POST", "PUT", "OPTIONS")
NOT_AN_ADDRESS = "Other machines call this gateway by its address, such as http://192.168.1.5:8080."
ONLY_EVENTS = "Other machines may send events and endpoints here, and do nothing else."

log = logging.getLogger("local")


def is_this_machine(scope: Scope) -> bool:
    """Whether a connection comes from this machine, which no header can say."""
    client = scope.get("client")
    return client is not None and ipaddress.ip_address(client[0]).is_loopback


def rejection_of_others(scope: Scope) -> tuple[HTTPStatus, str] | None:
    """Why a request of another machine is not answered; None if it is."""
    authority, path = target_of(scope)
    hosts = [v.decode("latin-1") for name, v in scope["headers"] if name.lower() == b"host"]
    names = [*hosts, *([] if authority is None else [authority])]
    # A name may be a web page's that leads here, so that its visitors' browsers send what it likes.
    if len(hosts) != 1 or not all(map(_is_address, names)):
        return HTTPStatus.MISDIRECTED_REQUEST, NOT_AN_ADDRESS
    is_messages = scope["method"] == "GET" and path.endswith("/inappmessages")
    if _PATHS.fullmatch(unquote(path)) and (scope["method"] in _METHODS or is_messages):
        return None
    return HTTPStatus.FORBIDDEN, ONLY_EVENTS


def _is_address(host: str) -> bool:
    try:
        found = urlsplit(f"//{host}")
        ipaddress.IPv4Address(found.hostname or "")
        return found.port != 0 and found.username is None
    except ValueError:
        return False


def warn_of_others(url: str) -> None:
    """Say what is open, to whom, and what stays shut."""
    port = url.rpartition(":")[2]
    log.warning("for others    http://%s:%s", _address(), port)
    log.warning("              Whoever reaches this port can send events, and nobody is asked who")
    log.warning(
        "              they are. The page, SQL, reading, deleting and the queue stay yours."
    )


def _address() -> str:
    """This machine's address in its network; connecting a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
