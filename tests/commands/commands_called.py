"""Calls `python -m commands` with many word lists in one process.

It reads a JSON array of them from standard input, and writes one of [status, what was printed].
"""

import contextlib
import io
import json
import os
import sys
import traceback

from commands.__main__ import main

_ENVIRONMENT = dict(os.environ)


def called(words: list[str]) -> tuple[int, str]:
    """The exit status, and everything that was printed."""
    os.environ.clear()
    os.environ.update(_ENVIRONMENT)
    said = io.StringIO()
    status: object = 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main(words, prog_name="python -m commands")
        except SystemExit as ended:
            status = ended.code
        except BaseException:
            said.write(traceback.format_exc())
            status = 70
    if isinstance(status, str):  # as Python does at its end
        said.write(status)
        status = 1
    assert status is None or isinstance(status, int)
    return status or 0, said.getvalue()


if __name__ == "__main__":
    typed = json.load(sys.stdin)
    sys.stdin = open(os.devnull)  # noqa: SIM115 - for every command
    print(json.dumps([called(words) for words in typed]))
