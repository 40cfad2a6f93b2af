"""How a check can end, beside passing."""


class CheckFailedError(Exception):
    """The stack does not do what it should; the text says what was seen."""


class NotRunError(Exception):
    """The check cannot be made here; the text says why."""
