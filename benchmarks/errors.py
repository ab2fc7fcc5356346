"""What can be wrong with a benchmark, each with its exit code."""

from __future__ import annotations

from typing import ClassVar


class BenchmarkError(Exception):
    """A server did not start, or did not answer as it should: its figures would mean nothing."""

    exit_code: ClassVar[int] = 1


class ToolMissingError(BenchmarkError):
    """Something that every benchmark needs is not installed."""

    exit_code: ClassVar[int] = 2
