"""Waits for something in AWS, with a bar that says how long it may still take."""

import sys
import time
from collections.abc import Callable
from typing import TypeVar

import click

from commands.terminal import say

ResultT = TypeVar("ResultT")
LOOK_SECONDS = 10


def wait_for(what: str, seconds: int, ask: Callable[[], ResultT]) -> ResultT:
    """Ask until the answer is not empty or the time is over; the last answer."""
    hidden = not sys.stderr.isatty()
    if hidden:
        say(f"Waiting for {what}, at most {seconds} s ...")
    started = time.monotonic()
    bar = click.progressbar(length=seconds, label=what, file=sys.stderr, hidden=hidden)
    with bar:
        while not (answer := ask()):
            elapsed = time.monotonic() - started
            if elapsed >= seconds:
                break
            bar.update(int(elapsed) - bar.pos)
            time.sleep(min(LOOK_SECONDS, seconds - elapsed))
        bar.update(seconds - bar.pos)
    return answer
