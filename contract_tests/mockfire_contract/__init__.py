"""The contract tests: cases, checks, runner and reports."""

from mockfire_contract.cases import Case, Credentials, Expectation, Phase
from mockfire_contract.catalogue import explain
from mockfire_contract.checks import judge, judge_run
from mockfire_contract.clients import Target, fetch_through, loopback_target
from mockfire_contract.errors import UnansweredError, UndecodableError
from mockfire_contract.findings import Delivered, Finding, Observation, Severity, Verdict
from mockfire_contract.outcome import Conclusion, Outcome, collect, conclude
from mockfire_contract.pictures import Decoded, decode
from mockfire_contract.plan import Plan, make_plan
from mockfire_contract.runner import run

__all__ = [
    "Case",
    "Conclusion",
    "Credentials",
    "Decoded",
    "Delivered",
    "Expectation",
    "Finding",
    "Observation",
    "Outcome",
    "Phase",
    "Plan",
    "Severity",
    "Target",
    "UnansweredError",
    "UndecodableError",
    "Verdict",
    "collect",
    "conclude",
    "decode",
    "explain",
    "fetch_through",
    "judge",
    "judge_run",
    "loopback_target",
    "make_plan",
    "run",
]
