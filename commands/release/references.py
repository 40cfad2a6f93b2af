"""Puts references to parameters into a template, for the values that stand for them."""

import re
from base64 import b64decode
from typing import Any

from commands.release.stand_ins import DATABASE, STACK, TOPIC, StandIn

# How Athena itself stores views in Glue; it holds the database's name.
_VIEW = re.compile(r"^/\* Presto View: ([A-Za-z0-9+/=]+) \*/$")
_NOTHING = {"Ref": "AWS::NoValue"}


class Replacing:
    """Puts a reference wherever a value is, or a text holds, one that stands for a parameter."""

    def __init__(self, open_settings: tuple[StandIn, ...]) -> None:
        self._references: dict[str | int, Any] = {
            STACK: {"Ref": "AWS::StackName"},
            DATABASE: {"Ref": "Database"},
            **{one.value: one.reference for one in open_settings},
        }
        if TOPIC in self._references:
            topic = self._references[TOPIC]
            self._references[TOPIC] = {"Fn::If": ["HasAlarmTopic", topic, _NOTHING]}
        texts = [re.escape(value) for value in self._references if isinstance(value, str)]
        self._any = re.compile(f"({'|'.join(texts)})")

    def value(self, part: Any) -> Any:
        """Return a part of the template with references."""
        if isinstance(part, dict):
            return {name: self.value(value) for name, value in part.items()}
        if isinstance(part, list):
            return [self.value(value) for value in part]
        if isinstance(part, str):
            return self._text(part)
        return self._references.get(part, part) if type(part) is int else part

    def _text(self, text: str) -> Any:
        if view := _VIEW.match(text):
            definition = self._text(b64decode(view[1]).decode())
            return {"Fn::Join": ["", ["/* Presto View: ", {"Fn::Base64": definition}, " */"]]}
        parts = [self._references.get(part, part) for part in self._any.split(text) if part]
        if len(parts) <= 1:
            return parts[0] if parts else text
        return {"Fn::Join": ["", parts]}
