"""What a request asks for, in the terms of a relation between request and answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockfire_contract.cases import Expectation
from mockfire_contract.findings import severity_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockfire_contract.cases import Case
    from mockfire_contract.findings import Severity
    from mockfire_spec import Operation, Relation


def asked_for(operation: Operation, relation: Relation, payload: Any) -> Any:
    """Return what *payload* asks for in *relation*, or None where it demands nothing.

    The relation's terms (`x-relations` of the contract) name the field of the request, the value
    that counts where it is left out or null, and the one that leaves the choice to the server.
    """
    terms = relation.terms
    value = _given(relation, payload)
    if value is None:
        value = _left_out(operation, terms.get("left_out"), payload)
    return None if value == terms.get("left_open") else value


def severity_in(relation: Relation, case: Case) -> Severity:
    """Return how much it weighs that an answer to *case* breaks *relation*.

    What a request says in so many words rests on the relation alone; what it leaves out, and what
    the contract leaves to the server, rests on the case's own source too.
    """
    explicit = case.expectation is Expectation.ACCEPTED and _given(relation, case.payload) is not None
    return severity_of(relation.source if explicit or not relation.source.documented else case.source)


def _given(relation: Relation, payload: Any) -> Any:
    name = relation.terms.get("request")
    return payload.get(name) if isinstance(payload, dict) else None


def _left_out(operation: Operation, default: Any, payload: Any) -> Any:
    """Return the value of a field that was left out: *default*, or that of its first rule that applies."""
    if not isinstance(default, list):
        return default
    rules = (rule for rule in default if _applies(operation, rule, payload))
    return next((rule["value"] for rule in rules), None)


def _applies(operation: Operation, rule: Mapping[str, str], payload: Any) -> bool:
    """Tell whether each field of the request that *rule* names matches its pattern there."""
    given = payload if isinstance(payload, dict) else {}
    properties = operation.request.definition.get("properties", {})
    return all(
        re.search(pattern, str(given.get(name) or properties.get(name, {}).get("default", "")))
        for name, pattern in rule.items()
        if name != "value"
    )
