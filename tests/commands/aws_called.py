"""Calls the AWS CLI with many commands, in one process, against a server that answers nothing.

It reads a JSON array of word lists from standard input, and writes one of [status, requests,
complaint].
"""

import contextlib
import io
import json
import re
import sys
from typing import Any

from awscli.clidriver import create_clidriver  # type: ignore[import-untyped]

from tests.loopback import Request, Response, serving

_CLI = create_clidriver()  # one: it keeps what it has loaded
# `aws cloudformation wait` asks until it hears this.
_STACK = (
    "<Stacks><member><StackName>a</StackName><CreationTime>2026-01-02T03:04:05Z</CreationTime>"
    "<StackStatus>UPDATE_COMPLETE</StackStatus></member></Stacks>"
)
_CHANGE_SET = "<Status>CREATE_COMPLETE</Status>"
# `aws s3 ls` fails if it finds nothing.
_OBJECT = (
    "<Contents><Key>errors/1</Key><Size>1</Size><LastModified>2026-01-02T03:04:05Z</LastModified>"
    "</Contents>"
)


def answer(request: Request) -> Response:
    """What each of AWS's protocols answers where there is nothing to say."""
    action = re.search(rb"Action=(\w+)", request.body)
    if action:
        name = action[1].decode()
        inside = {"DescribeStacks": _STACK, "DescribeChangeSet": _CHANGE_SET}.get(name, "")
        result = f"<{name}Result>{inside}</{name}Result><ResponseMetadata/>"
        return Response(200, f"<{name}Response>{result}</{name}Response>".encode())
    of_s3 = request.target.startswith("/s3-")  # as buckets are named here
    if of_s3 or (request.method == "GET" and request.target.partition("?")[0] == "/"):
        return Response(200, f"<Found>{_OBJECT}</Found>".encode(), {"ETag": '"1"'})
    return Response(200, b"{}")


def called(words: list[str]) -> tuple[int, int, str]:
    """The exit status, how many requests were sent, and what was complained of."""
    asked = list[Request]()

    def note(request: Request) -> Response:
        asked.append(request)
        return answer(request)

    said = io.TextIOWrapper(io.BytesIO(), write_through=True)
    outside = ["--no-sign-request", "--region", "us-east-1", "--endpoint-url"]
    with serving(note) as url, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status: Any = _CLI.main([*words, *outside, url])
        except SystemExit as ended:
            status = ended.code
    said.seek(0)
    return int(status or 0), len(asked), said.read()


if __name__ == "__main__":
    print(json.dumps([called(words) for words in json.load(sys.stdin)]))
