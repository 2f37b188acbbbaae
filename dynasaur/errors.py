"""The error tree. Other libraries' errors are mapped to it once, at their door.

    DynasaurError                 what this package raises on purpose
    +-- UsageError                exit 2: the user can mend it: a flag, a path, a setting
    |   +-- ConfigError               a setting that is unknown or has no sense
    |   +-- MissingExtraError         an optional dependency is not installed
    +-- FailureError              exit 1: it could not be done
    |   +-- ModelError                the model cannot be reached, or gives nothing usable
    |   |   +-- ContextError              the conversation is longer than the model takes
    |   +-- KernelError               the kernel cannot be started or reached
    |   +-- StoreError                the library's files or its git repository
    |   +-- ActionError               one action: unreadable, unknown, ambiguous
    +-- BlockedError              exit 3: needs a person, and none is there
    +-- LimitError                exit 4: steps, tokens, cost or time are used up

Anything else that reaches the roof is a defect of ours: exit 5, with a saved traceback.
"""

from __future__ import annotations

from typing import ClassVar


class DynasaurError(Exception):
    """Base of all errors that this package raises on purpose.

    The message is one line, for the user, and says what to do.
    """

    exit_code: ClassVar[int] = 1


class UsageError(DynasaurError):
    """The command, its input or the configuration is wrong: the user can mend it."""

    exit_code = 2


class ConfigError(UsageError):
    """A setting is unknown, or its value has no sense."""


class MissingExtraError(UsageError):
    """An optional dependency is needed and not installed."""


class FailureError(DynasaurError):
    """It was asked for rightly, and could not be done."""


class ModelError(FailureError):
    """The model cannot be reached, or gives nothing usable."""


class ContextError(ModelError):
    """The conversation is longer than the model takes.

    Attributes:
        window: The model's context window in tokens, where the endpoint says it.
    """

    window: int | None = None


class KernelError(FailureError):
    """The kernel cannot be started, or cannot be reached any more."""


class StoreError(FailureError):
    """The library's files or its git repository cannot be read or written."""


class ActionError(FailureError):
    """One action is unreadable, unknown or ambiguous."""


class BlockedError(DynasaurError):
    """A person's approval or input is needed and nobody is there."""

    exit_code = 3


class LimitError(DynasaurError):
    """A limit was reached: steps, tokens, cost or time."""

    exit_code = 4
