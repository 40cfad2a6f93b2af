"""One program for people: `python -m commands`; each command is imported only when it is called."""

import errno
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

try:
    import click
except ModuleNotFoundError:
    sys.exit("click is missing: run the target of make, which installs what a command needs.")

ROOT = Path(__file__).parents[1]


class Place(NamedTuple):
    """Where a command is defined, and its line in the list of commands."""

    module: str
    name: str
    help: str


COMMANDS = {
    "run": Place("run", "run", "Serve PutEvents on this machine, into SQLite."),
    "demo": Place("demo.demo_command", "demo", "Load 90 days of a made-up shop into the store."),
    "sql": Place("sql.sql_command", "sql", "Query the local store with Athena's SQL."),
    "send": Place("send.send_command", "send", "Send events to a gateway, whatever its auth."),
    "load": Place("load.load_command", "load", "Load a gateway with events and count the answers."),
    "new-application-id": Place(
        "new_application_id", "new_id", "Print an application id that nobody guesses."
    ),
    "import-endpoints": Place(
        "import_endpoints.import_command",
        "import_endpoints",
        "Import endpoints that Pinpoint exported into a deployed lake.",
    ),
    "bootstrap": Place(
        "deploy.bootstrap", "bootstrap", "Prepare an AWS account and region for the CDK, once."
    ),
    "preflight": Place(
        "deploy.preflight", "preflight", "Look whether a deploy can succeed, before it begins."
    ),
    "after-deploy": Place(
        "deploy.after_deploy", "after_deploy", "Say how to try what was deployed."
    ),
    "dead-letters": Place(
        "dead_letters", "dead_letters", "List the dead letters of a stack or a laptop."
    ),
    "redrive": Place("redrive", "redrive", "Move dead letters back to their queue, all or some."),
    "replay-rejected": Place(
        "replay.replay_command", "replay_rejected", "Send again what the rules accept by now."
    ),
    "forget": Place(
        "forget.forget_command", "forget", "Remove a person from a lake or the local store."
    ),
    "verify": Place(
        "verify.verify_command", "verify", "Follow an event through a deployed stack to Athena."
    ),
    "conformance": Place(
        "conformance.conformance_command",
        "conformance",
        "Ask a PutEvents server what real clients rely on.",
    ),
    "views": Place("views", "views", "Create the views of a deployed lake through Athena."),
    "quotas": Place(
        "quotas.quotas_command", "quotas", "Print which of AWS's quotas a lake needs raised."
    ),
    "doctor": Place(
        "doctor.doctor_command", "doctor", "List each use of Pinpoint in a project, with a verdict."
    ),
    "docs": Place("site.site_command", "docs", "Build the documentation as a site, offline."),
    "costs": Place("costs.costs_command", "costs", "Print what a million events cost."),
    "flood": Place("costs.flood_command", "flood", "Print what a flood of requests would cost."),
    "audit": Place("audit.audit_command", "audit", "Ask for advisories about pinned packages."),
    "sbom": Place("audit.sbom_command", "sbom", "Write the Lambda packages' bills of materials."),
    "release": Place(
        "release.release_command", "release", "Write what a release holds into dist/."
    ),
    "template": Place(
        "release.template_command", "template", "Write a template for plain CloudFormation."
    ),
    "emulated": Place("emulated", "emulated", "Deploy into an AWS emulator on this machine."),
}


# A write that fails for lack of room does not name its file.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def path_error(error: OSError) -> click.ClickException:
    """What a person is told of a path; imported here, for most commands never need it."""
    from commands.exit_codes import StoppedError

    if error.filename is None:
        return StoppedError(f"{error.strerror}.")
    name = os.fsdecode(error.filename) if not isinstance(error.filename, int) else "A file"
    return StoppedError(f"{name}: {error.strerror}.")


class LazyGroup(click.Group):
    """A group that imports a command when it is called, and lists all without importing any.

    A command starts in an environment that holds only what this command needs.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        try:
            command = getattr(import_module(f"commands.{place.module}"), place.name)
        except ModuleNotFoundError as error:
            raise click.ClickException(
                f"{cmd_name} needs {error.name}, which is not installed here:"
                " run the command's target of make, which installs what it needs."
            ) from None
        assert isinstance(command, click.Command)  # noqa: S101 - a test goes through all
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a path that cannot be read or written is a sentence, not a traceback."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.filename is None and error.errno not in _FULL:
                raise
            raise path_error(error) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.help) for name, place in COMMANDS.items()])


@click.command("putevents", cls=LazyGroup)
def main() -> None:
    """Run, query, feed and repair a PutEvents gateway.

    Each command is also a target of make, which installs what the command needs.
    """


def find_packages() -> None:
    """Let this process, and those that commands start, import the packages of this checkout."""
    for folder in (str(ROOT), str(ROOT / "lambda_src")):
        if folder not in sys.path:
            sys.path.append(folder)
            given = os.environ.get("PYTHONPATH")
            os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [given, folder]))


find_packages()

if __name__ == "__main__":
    main(prog_name="python -m commands")
