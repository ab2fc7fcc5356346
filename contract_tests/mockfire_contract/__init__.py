"""The contract tests: cases, checks, runner and reports."""
