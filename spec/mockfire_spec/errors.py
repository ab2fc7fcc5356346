"""What can be wrong with the use of mockfire, each with the exit code that it ends in.

MockfireError                 2   used in a way that cannot work
├── ContractError             2   a contract document that cannot be read or applied
├── UnknownProfileError       2   a profile that does not exist
├── SettingError              2   a setting whose value makes no sense
└── NothingTestedError        3   unreachable, key refused, or no picture at all
"""

from typing import ClassVar


class MockfireError(Exception):
    """mockfire was used in a way that cannot work; the text says what to do instead."""

    exit_code: ClassVar[int] = 2


class ContractError(MockfireError):
    """A contract document cannot be read, applied or understood."""


class UnknownProfileError(MockfireError):
    """No profile has the name that was asked for."""


class SettingError(MockfireError):
    """A setting has a value that makes no sense."""


class NothingTestedError(MockfireError):
    """The run could not test anything, so it proves nothing."""

    exit_code: ClassVar[int] = 3
