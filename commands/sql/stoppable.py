"""A statement in a thread of its own: Ctrl-C stops it, which DuckDB itself may not hear."""

from concurrent.futures import Future, wait
from threading import Thread

from commands.sql.answer import Answer
from commands.sql.stored_lake import StoredLake

_SECONDS = 0.1


def ask(lake: StoredLake, sql: str) -> Answer:
    """What the lake answers; KeyboardInterrupt when it was stopped, and then nothing runs."""
    answer = Future[Answer]()

    def run() -> None:
        try:
            answer.set_result(lake.query(sql))
        except BaseException as error:  # whatever it is, it is raised below
            answer.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        return answer.result()
    except KeyboardInterrupt:
        # Again until it ends: it may be between two steps just now.
        while not answer.done():
            lake.interrupt()
            wait([answer], _SECONDS)
        raise
