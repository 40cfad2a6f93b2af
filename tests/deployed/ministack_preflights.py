"""MOCK integrations whose answer depends on the request, for MiniStack, which renders none.

Of AWS's templates (VTL) it reads what our preflights need, and fails on anything else: `#set`,
`#if` with `==` or `.matches()`, `$input.params()`, and overrides of response headers.
"""

import re
from contextvars import ContextVar
from importlib import import_module
from typing import Any

apigateway: Any = import_module("ministack.services.apigateway_v1")
_PARAM = r'\$input\.params\("(?P<param>[^"]+)"\)'
_SET = re.compile(r"#set\(\$(?P<name>[\w.-]+) = (?P<value>.*?)\)(?=#|\n|$)")
_IF = re.compile(r'#if\(\$(?P<name>\w+)(?: == "(?P<same>[^"]*)"|\.matches\("(?P<like>[^"]*)"\))\)')
_OVERRIDE = "context.responseOverride.header."
_headers: ContextVar[dict[str, str]] = ContextVar("headers")


class TemplateError(Exception):
    """A template holds what is not read here; API Gateway may read it."""


def install() -> None:
    """Render the templates of MOCK integrations with the headers of the request."""
    execute, answer = apigateway._execute_in_scope, apigateway._invoke_mock_v1

    async def executed(*arguments: Any) -> Any:
        _headers.set(arguments[5])
        return await execute(*arguments)

    def answered(integration: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = answer(integration)
        # AWS answers 500 where the API takes bytes of any type and its answer is not made text.
        responses = integration["integrationResponses"].values()
        if any(r.get("contentHandling") != "CONVERT_TO_TEXT" for r in responses):
            return 500, {}, b'{"message": "Internal server error"}'
        return status, headers | rendered(body.decode(), _headers.get()), b""

    apigateway._execute_in_scope, apigateway._invoke_mock_v1 = executed, answered


def rendered(template: str, headers: dict[str, str]) -> dict[str, str]:
    """The response headers that a template sets."""
    variables: dict[str, str] = {}
    for line in template.splitlines():
        condition = _IF.match(line)
        text = line
        if condition:
            value = variables[condition["name"]]
            same, like = condition["same"], condition["like"]
            text = line[condition.end() :].removesuffix("#end")
            if not (value == same if same is not None else re.fullmatch(like, value)):
                continue
        _set(text, variables, headers)
    overridden = {n: v for n, v in variables.items() if n.startswith(_OVERRIDE)}
    return {name.removeprefix(_OVERRIDE): value for name, value in overridden.items()}


def _set(text: str, variables: dict[str, str], headers: dict[str, str]) -> None:
    assignment = _SET.fullmatch(text)
    if text in ("", "{}"):  # no template
        return
    if not assignment:
        raise TemplateError(text)
    if parameter := re.fullmatch(_PARAM, assignment["value"]):
        variables[assignment["name"]] = headers.get(parameter["param"], "")
    else:
        variables[assignment["name"]] = variables[assignment["value"].removeprefix("$")]
