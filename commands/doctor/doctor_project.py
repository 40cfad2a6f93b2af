"""What a project as a whole does, which the verdict on one use depends on."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Self

from commands.doctor.find_packages import umbrellas
from commands.doctor.found import Found, Role
from commands.doctor.knowledge import State, operations, resource_key

Use = tuple[str, Found]  # a file's path and a use in it


@dataclass(frozen=True)
class Project:
    """What the uses say together."""

    states: dict[str, set[State]]  # of the operations that each file calls
    borrowed: set[State]  # of those that are called in files that make no client themselves
    everywhere: bool  # AWS_ENDPOINT_URL_PINPOINT gets an address, for some process
    wrapped: bool  # Amplify JS is redirected
    native: tuple[str, ...]  # the folders of React Native apps

    @classmethod
    def of(cls, uses: list[Use]) -> Self:
        """Look at every use."""
        states: dict[str, set[State]] = defaultdict(set)
        for file, use in uses:
            if use.role in (Role.CALL, Role.COMMAND):
                states[file].add(operations()[use.name].state)
        making = {file for file, use in uses if use.role == Role.CLIENT}
        borrowed = {
            operations()[use.name].state
            for file, use in uses
            if use.role == Role.CALL and file not in making
        }
        subjects = {use.subject for _, use in uses}
        everywhere = any(use.subject == "environment" and use.pointed for _, use in uses)
        wrapped = "wrapper" in subjects
        native = {file.rpartition("/")[0] for file, use in uses if use.name == "react-native"}
        return cls(dict(states), borrowed, everywhere, wrapped, tuple(sorted(native)))

    @property
    def lasting(self) -> bool:
        """Whether something is called that lives on at AWS."""
        return any(State.LIVES in states for states in self.states.values())

    def called_by(self, file: str) -> set[State]:
        """What a file calls, or all of the project if it calls nothing itself."""
        return self.states.get(file) or set[State]().union(*self.states.values())

    def is_native(self, file: str) -> bool:
        """Whether a file is part of a React Native app."""
        return any(not folder or file.startswith(f"{folder}/") for folder in self.native)


def _is_event_stream(use: Found) -> bool:
    """Whether it configures Pinpoint's event stream, as a resource or by a call."""
    return use.name == "PutEventStream" or (
        use.role == Role.RESOURCE and resource_key(use.name) == "eventstream"
    )


def meaningful(uses: list[Use]) -> list[Use]:
    """Leave out what says nothing alone: packages, locked ones too, and streams of others."""
    asked = {use.subject for _, use in uses if use.role == Role.PACKAGE}
    subjects = {use.subject for _, use in uses if use.name not in umbrellas()}
    # Another `Pinpoint` has a `getSegment` too: in a project without AWS, that is no call of it.
    marked = any(
        not use.weak and use.name != "react-native" and use.role != Role.CONSUMER for _, use in uses
    )
    streams = any(_is_event_stream(use) for _, use in uses)
    return [
        (file, use)
        for file, use in uses
        if not (use.name in umbrellas() and use.subject not in subjects)
        and (marked or not use.weak)
        and (streams or use.role != Role.CONSUMER)
        and not (use.role == Role.LOCKED and use.subject in asked)
        # Android's SDK has the client of the one for Java, under the same name.
        and not (
            use.role == Role.IMPORT and use.subject == "sdk-java-v1" and "sdk-android" in subjects
        )
    ]
