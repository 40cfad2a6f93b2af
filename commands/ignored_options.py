"""Options that another one makes ineffective: an error, not a command that goes elsewhere."""

import click
from click.core import ParameterSource

ACCOUNT = ("stack", "profile", "region")  # where a deployed stack is


def reject_ignored(why: str, *names: str) -> None:
    """Raise UsageError if one of these options of the running command was typed; `why` goes on.

    What a variable of the environment says is there for other commands too, and is no error.
    """
    context = click.get_current_context()
    for option in context.command.params:
        if option.name in names and _is_typed(context, option.name):
            raise click.UsageError(f"{option.opts[0]} has no effect {why}")


def _is_typed(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE
