"""The contract: its documents, how they are loaded, what they demand, and the exchange types."""

from mockfire_spec.contract import Contract, Operation, Relation
from mockfire_spec.errors import ContractError, MockfireError, UnknownProfileError
from mockfire_spec.exchange import Exchange, Request, Response, Send
from mockfire_spec.sources import Source
from mockfire_spec.validation import Schema, Violation, violations

__all__ = [
    "Contract",
    "ContractError",
    "Exchange",
    "MockfireError",
    "Operation",
    "Relation",
    "Request",
    "Response",
    "Schema",
    "Send",
    "Source",
    "UnknownProfileError",
    "Violation",
    "violations",
]
