"""Which calls in a Python file make a client of Pinpoint, under whatever name."""

import ast
from typing import NamedTuple

_MAKERS = frozenset(["client", "create_client", "resource"])
_LIBRARIES = frozenset(["boto3", "botocore", "aioboto3", "aiobotocore"])
_SERVICES = {
    "pinpoint": "boto3",
    "pinpoint-email": "email-api",
    "pinpoint-sms-voice": "sms-voice",
    "pinpoint-sms-voice-v2": "sms-voice",
}


class Clients(NamedTuple):
    """The names that a file gives to what makes clients, and to services."""

    makers: frozenset[str]
    services: dict[str, str]

    @classmethod
    def of(cls, nodes: list[ast.AST]) -> "Clients":
        """Read `from boto3 import client as make`, `make = boto3.client`, `NAME = "pinpoint"`."""
        makers, services = set(_MAKERS), dict[str, str]()
        for node in nodes:
            if isinstance(node, ast.ImportFrom):
                if (node.module or "").partition(".")[0] in _LIBRARIES:
                    makers |= {a.asname for a in node.names if a.asname and a.name in _MAKERS}
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = {last_name(target) for target in targets} - {""}
                value = node.value
                if isinstance(value, ast.Constant) and value.value in _SERVICES:
                    services |= dict.fromkeys(names, str(value.value))
                elif isinstance(value, ast.Attribute) and value.attr in _MAKERS:
                    makers |= names if last_name(value.value) in _LIBRARIES else set()
        return cls(frozenset(makers), services)

    def makes(self, call: ast.Call) -> bool:
        """Whether a call makes a client of any service."""
        return last_name(call.func) in self.makers

    def subject(self, call: ast.Call) -> str | None:
        """What a call makes a client of, if that is Pinpoint or a relative of it."""
        if not self.makes(call):
            return None
        named = [word.value for word in call.keywords if word.arg == "service_name"]
        for value in [*call.args, *named]:
            if isinstance(value, ast.Constant):
                service = value.value if isinstance(value.value, str) else ""
                return _SERVICES.get(service)
            if (name := last_name(value)) in self.services:
                return _SERVICES[self.services[name]]
        return None


def last_name(node: ast.expr) -> str:
    """The last name of what a call stands on: `self.client` and `all["client"]` are `client`."""
    if isinstance(node, ast.Subscript):
        key = node.slice
        return str(key.value) if isinstance(key, ast.Constant) else ""
    return getattr(node, "attr", None) or getattr(node, "id", None) or ""
