"""What can go wrong while testing, beside findings.

MockfireError
├── UndecodableError      2   bytes that are no whole picture; a check turns it into a finding
└── UnansweredError       3   a request that got no answer; the runner turns it into a finding
"""

from __future__ import annotations

from mockfire_spec.errors import MockfireError, NothingTestedError


class UndecodableError(MockfireError):
    """The bytes are no picture that can be read to its end; the text says where it breaks off."""


class UnansweredError(NothingTestedError):
    """A request was sent, or could not be, and no answer came; *reached* tells whether anything listened."""

    def __init__(self, sentence: str, *, reached: bool) -> None:
        super().__init__(sentence)
        self.reached = reached
