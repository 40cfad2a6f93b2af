"""The verdict on each use: by the tables, and by what else the project does."""

from dataclasses import dataclass

from commands.doctor.doctor_project import Project, Use, meaningful
from commands.doctor.found import Found, Role
from commands.doctor.knowledge import (
    Fate,
    Library,
    State,
    Verdict,
    libraries,
    operations,
    resources,
)

_BY_STATE = {
    State.SERVED: Verdict.WORKS, State.OFF: Verdict.WORKS, State.LIVES: Verdict.LIVES,
    State.UNSURE: Verdict.UNSURE, State.ENDED: Verdict.ENDED,
}  # fmt: skip
# What is to be done; what points elsewhere already or lives on may stay as it is.
TO_DO = frozenset([Verdict.WORKS, Verdict.RELEASE, Verdict.UNSURE, Verdict.ENDED])
_AWAY = "An address stands beside it: with this gateway's, it does not get to AWS."
_AWAY_ALL = "With AWS_ENDPOINT_URL_PINPOINT, which this project sets, it does not get to AWS."
_TWO_CLIENTS = (
    "The same code calls what lives on at AWS: make a second client for that, without it."
)
_ONE_CLIENT = (
    "This project also calls what lives on at AWS, which the variable takes away from there: give"
    " the address to one client in its place."
)
_NOT_SEEN = (
    "AWS_ENDPOINT_URL_PINPOINT is set in this project; whether for this process is not seen."
)
_PERMISSION = "This gateway asks for none of Pinpoint's permissions: see its output ClientPolicy."


@dataclass(frozen=True)
class Advice:
    """A use with its verdict."""

    file: str
    line: int
    what: str
    verdict: Verdict
    to_do: bool
    change: str  # the line that points it here
    note: str
    link: str


@dataclass(frozen=True)
class _Decided:
    verdict: Verdict
    note: str
    change: str = ""
    away: bool = False  # it lives on at AWS, and is sent elsewhere


def advise(found: list[Use]) -> list[Advice]:
    """Decide on every use of a project."""
    project = Project.of(found)
    return [_advice(file, use, project) for file, use in meaningful(found)]


def _advice(file: str, use: Found, project: Project) -> Advice:
    if use.role == Role.RESOURCE:
        fate = _resource(use.name)
        what, link, decided = use.name, fate.link, _Decided(_BY_STATE[fate.state], fate.hint)
    elif use.subject:
        library = libraries()[use.subject]
        what, link, decided = _named(use, library), library.link, _library(file, use, project)
    else:
        what, link, decided = _named(use), operations()[use.name].link, _operation(use, project)
    to_do = decided.away or decided.verdict in TO_DO
    return Advice(
        file, use.line, what, decided.verdict, to_do, decided.change, decided.note, link
    )  # fmt: skip


def _named(use: Found, library: Library | None = None) -> str:
    if use.role == Role.CALL:
        return f"call of {use.name}"
    if use.role == Role.PERMISSION:
        return f"permission mobiletargeting:{use.name}"
    if use.role == Role.COMMAND:
        return f"AWS CLI: {use.name}"
    if use.role in (Role.PACKAGE, Role.LOCKED) or library is None:
        return f"package {use.name}"
    return library.what


def _resource(name: str) -> Fate:
    key = name.removeprefix("AWS::Pinpoint::").removeprefix("aws_pinpoint_")
    unknown = Fate(State.UNSURE, "Not in this command's table.", "docs/doctor.md")
    return resources().get(key.replace("_", "").lower(), unknown)


def _operation(use: Found, project: Project) -> _Decided:
    fate = operations()[use.name]
    verdict = _BY_STATE[fate.state]
    if fate.state in (State.SERVED, State.OFF):
        pointed = use.pointed if use.role == Role.COMMAND else project.pointed
        verdict = Verdict.POINTED if pointed else verdict
        if use.role == Role.PERMISSION:
            return _Decided(verdict, _PERMISSION)
        if use.role == Role.COMMAND:
            return _Decided(verdict, fate.hint, "--endpoint-url https://YOUR-GATEWAY")
        return _Decided(verdict, f"{fate.hint} The line goes to where the client is made.")
    if fate.state == State.LIVES and use.pointed:
        return _Decided(verdict, f"{fate.hint} {_AWAY}", away=True)
    if fate.state == State.LIVES and project.everywhere and use.role != Role.PERMISSION:
        return _Decided(verdict, f"{fate.hint} {_AWAY_ALL}", away=True)
    return _Decided(verdict, fate.hint)


def _library(file: str, use: Found, project: Project) -> _Decided:
    library = libraries()[use.subject]
    if library.client:
        return _client(file, use, library, project)
    if use.subject == "environment" and project.lasting:
        return _Decided(library.verdict, f"{library.hint} {_ONE_CLIENT}", away=True)
    verdict = (library.native if project.is_native(file) else None) or library.verdict
    pointed = use.pointed or (use.subject == "amplify-js" and project.wrapped)
    if pointed and verdict in (Verdict.WORKS, Verdict.RELEASE):
        return _Decided(Verdict.POINTED, library.hint)
    return _Decided(verdict, library.hint, library.line)


def _client(file: str, use: Found, library: Library, project: Project) -> _Decided:
    """By what is called in its file, or else anywhere in the project."""
    called = project.called_by(file)
    if called and not called & {State.SERVED, State.OFF}:
        if State.LIVES in called:
            note = "What is called with it lives on at AWS: leave it without an address."
            return _Decided(Verdict.LIVES, _AWAY if use.pointed else note, away=use.pointed)
        verdict = Verdict.ENDED if called == {State.ENDED} else Verdict.UNSURE
        return _Decided(verdict, "See the operations that are called with it.")
    both = State.LIVES in called
    if use.pointed:
        return _Decided(Verdict.POINTED, _TWO_CLIENTS if both else library.hint)
    if project.everywhere:
        return _Decided(Verdict.POINTED, _NOT_SEEN, library.line)
    return _Decided(Verdict.WORKS, _TWO_CLIENTS if both else library.hint, library.line)
