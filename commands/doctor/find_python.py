"""Clients, imports and calls in a Python file, by Python's own parser."""

import ast
import warnings
from collections.abc import Iterator

from commands.doctor.find_texts import find_texts
from commands.doctor.find_variable import is_address
from commands.doctor.found import Found, Role
from commands.doctor.knowledge import spellings
from commands.doctor.leaf import MAX_CHARACTERS, NotReadError
from commands.doctor.python_clients import Clients, last_name

_OURS = frozenset(["ApplicationId", "EventsRequest", "EndpointBatchRequest", "EndpointRequest"])


def find_python(text: str) -> Iterator[Found]:
    """Find them; raises NotReadError."""
    nodes = _nodes(text)
    clients = Clients.of(nodes)
    holders, others = _holders(nodes, clients)
    made = False
    for node in nodes:
        if isinstance(node, ast.Call):
            if subject := clients.subject(node):
                made = made or subject == "boto3"
                role = Role.CLIENT if subject == "boto3" else Role.SETTING
                given = [ast.unparse(k.value) for k in node.keywords if k.arg == "endpoint_url"]
                pointed = any(map(is_address, given))
                yield Found(node.lineno, role, subject, pointed=pointed)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names = [f"{getattr(node, 'module', '')}.{alias.name}" for alias in node.names]
            if any("aws_pinpoint" in name.split(".") for name in names):
                yield Found(node.lineno, Role.IMPORT, "cdk", unless=("resource",))
    yield from _calls(nodes, clients, holders, others, made)
    documented = {id(n.value) for n in nodes if isinstance(n, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in documented:
                yield from find_texts(node.value, node.lineno, whole=True)
                operation = spellings().get(node.value) if made and "_" in node.value else None
                if operation:  # `getattr(client, "put_events")`, or a call by its name
                    yield Found(node.lineno, Role.CALL, name=operation)
        elif isinstance(node, ast.JoinedStr):
            parts = (v.value if isinstance(v, ast.Constant) else "{x}" for v in node.values)
            yield from find_texts("".join(map(str, parts)), node.lineno)
        elif isinstance(node, ast.List | ast.Tuple):
            words = [e.value for e in node.elts if isinstance(e, ast.Constant)]
            yield from find_texts(" ".join(map(str, words)), node.lineno) if "aws" in words else ()


def _nodes(text: str) -> list[ast.AST]:
    if len(text) > MAX_CHARACTERS:
        raise NotReadError("too long for its parser")
    try:
        with warnings.catch_warnings(action="ignore"):
            return list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotReadError(f"no python: {type(error).__name__}") from None


def _holders(nodes: list[ast.AST], clients: Clients) -> tuple[set[str], set[str]]:
    """The names that hold a client of Pinpoint, and those of other services."""
    holders: set[str] = set()
    others: set[str] = set()
    for node in nodes:
        targets, value = _assigned(node)
        value = value.value if isinstance(value, ast.Await) else value
        if isinstance(value, ast.Call) and clients.makes(value):
            ours = clients.subject(value) == "boto3"
            (holders if ours else others).update(map(last_name, targets))
    return holders - {""}, others - holders


def _assigned(node: ast.AST) -> tuple[list[ast.expr], ast.expr | None]:
    """What is assigned, and to what."""
    if isinstance(node, ast.Assign):
        return node.targets, node.value
    if isinstance(node, ast.AnnAssign | ast.NamedExpr):
        return [node.target], node.value
    if isinstance(node, ast.withitem):
        return [node.optional_vars] if node.optional_vars else [], node.context_expr
    return [], None


def _calls(
    nodes: list[ast.AST], clients: Clients, holders: set[str], others: set[str], made: bool
) -> Iterator[Found]:
    for node in nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        operation = spellings().get(node.func.attr)
        if operation is None or "_" not in node.func.attr:
            continue
        on = node.func.value
        owner = last_name(on)
        ours = any(word.arg in _OURS for word in node.keywords)
        direct = isinstance(on, ast.Call) and clients.subject(on) == "boto3"
        known = direct or owner in holders or "pinpoint" in owner.lower()
        if known or (owner not in others and (ours or (made and not holders))):
            yield Found(node.lineno, Role.CALL, name=operation)
