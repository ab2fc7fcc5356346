"""The table of checks, and the two functions that hold an answer, or a whole run, against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from mockfire_contract import checks_answer as answer
from mockfire_contract import checks_drift as drift
from mockfire_contract import checks_pictures as pictures
from mockfire_contract import checks_refusals as refusals
from mockfire_contract import checks_run as whole
from mockfire_contract.findings import Finding, Observation, severity_of
from mockfire_contract.situations import Situation, situation_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mockfire_contract.breach import Breach
    from mockfire_spec import Operation

Claim: TypeAlias = "Callable[[Operation, Observation], Iterator[Breach]]"
RunClaim: TypeAlias = "Callable[[Operation, Sequence[Observation]], Iterator[tuple[Observation, Breach]]]"

ACCEPTED = frozenset({Situation.ACCEPTED})
LET_THROUGH = frozenset({Situation.LET_THROUGH})
FAILED = frozenset({Situation.FAILED, Situation.ELSEWHERE})
NOT_WELL = frozenset({Situation.REFUSED, Situation.DENIED, Situation.FAILED, Situation.ELSEWHERE})
TALKATIVE = frozenset({Situation.ACCEPTED, Situation.REFUSED})
ANSWERED = frozenset(Situation) - {Situation.SILENT}


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its stable *code*, what it claims, the situations it speaks in, the relation it needs."""

    code: str
    claim: Claim
    situations: frozenset[Situation] = ACCEPTED
    relation: str | None = None

    def __call__(self, operation: Operation, observation: Observation) -> Iterator[Finding]:
        """Yield a finding for each clause that the answer of *observation* breaks."""
        for breach in self.claim(operation, observation):
            yield _finding(self.code, observation, breach)


@dataclass(frozen=True, slots=True)
class RunCheck:
    """One check of a whole run: its stable *code*, what it claims, the relation that it needs."""

    code: str
    claim: RunClaim
    relation: str | None = None

    def __call__(self, operation: Operation, observations: Sequence[Observation]) -> Iterator[Finding]:
        """Yield a finding for each clause that *observations*, in the order sent, break together."""
        for observation, breach in self.claim(operation, observations):
            yield _finding(self.code, observation, breach)


CHECKS = (
    Check("MF100", answer.every_request_is_answered, frozenset({Situation.SILENT})),
    Check("MF101", answer.valid_request_is_accepted, frozenset({Situation.DENIED})),
    Check("MF102", answer.answer_is_declared_json),
    Check("MF103", answer.answer_is_json),
    Check("MF104", answer.answer_keeps_the_schema),
    Check("MF105", answer.count_is_honoured, relation="count"),
    Check("MF106", answer.asked_transport_is_used, relation="transport"),
    Check("MF107", answer.address_is_absolute, relation="transport"),
    Check("MF108", answer.address_answers_with_a_picture, relation="transport"),
    Check("MF109", answer.base64_is_canonical, relation="transport"),
    Check("MF110", answer.created_is_near_now, relation="created"),
    Check("MF112", answer.usage_adds_up, relation="usage"),
    Check("MF201", pictures.picture_decodes_to_the_end, relation="transport"),
    Check("MF202", pictures.size_is_honoured, relation="size"),
    Check("MF203", pictures.transparent_picture_is_see_through, relation="background"),
    Check("MF204", pictures.opaque_picture_is_solid, relation="background"),
    Check("MF205", pictures.asked_format_is_used, relation="format"),
    Check("MF206", pictures.pictures_differ, relation="distinct"),
    Check("MF207", pictures.content_type_names_the_format, relation="transport"),
    Check("MF301", refusals.broken_request_is_refused, LET_THROUGH),
    Check("MF302", refusals.server_does_not_fail, FAILED),
    Check("MF303", refusals.refusal_has_the_envelope, NOT_WELL),
    Check("MF304", refusals.message_names_the_field, frozenset({Situation.REFUSED})),
    Check("MF305", refusals.answer_has_a_request_id, ANSWERED),
    Check("MF306", refusals.key_does_not_come_back, ANSWERED),
    Check("MF401", refusals.missing_token_is_refused, LET_THROUGH),
    Check("MF402", refusals.unknown_token_is_refused, LET_THROUGH),
    Check("MF403", refusals.other_places_give_no_picture, frozenset({Situation.ELSEWHERE})),
    Check("MF501", drift.answer_has_no_undocumented_field, TALKATIVE),
    Check("MF502", drift.answer_has_no_undocumented_value),
    Check("MF503", drift.expected_field_is_there),
)
"""Every check of one answer, in the order in which its findings are told."""

RUN_CHECKS = (
    RunCheck("MF111", whole.created_moves, "created"),
    RunCheck("MF601", whole.same_request_is_handled_alike),
)
"""Every check of a whole run."""


def judge(observation: Observation) -> Iterator[Finding]:
    """Yield the findings on *observation*; nothing where its answer keeps the contract."""
    operation, situation = observation.case.operation, situation_of(observation)
    for check in CHECKS:
        if situation in check.situations and _is_in(operation, check.relation):
            yield from check(operation, observation)


def judge_run(observations: Sequence[Observation]) -> Iterator[Finding]:
    """Yield the findings that *observations*, in the order sent, give only together."""
    operations = {id(seen.case.operation): seen.case.operation for seen in observations}
    for operation in operations.values():
        mine = [seen for seen in observations if seen.case.operation is operation]
        for check in RUN_CHECKS:
            if _is_in(operation, check.relation):
                yield from check(operation, mine)


def _is_in(operation: Operation, relation: str | None) -> bool:
    return relation is None or relation in operation.relations


def _finding(code: str, observation: Observation, breach: Breach) -> Finding:
    severity = severity_of(breach.source) if breach.severity is None else breach.severity
    return Finding(
        code=code,
        severity=severity,
        clause=str(breach.source),
        pointer=breach.pointer,
        message=breach.message,
        came=breach.came,
        promised=breach.promised,
        case=observation.case.name,
    )
