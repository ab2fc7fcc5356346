"""What is asked of the servers: requests made from the contract's own example."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import orjson
from commands import mockfire
from servers import Question, ask, running

MARK = "#" * 12
"""Stands in each prompt; where a workload is *numbered*, a number takes its place in each request."""

PROMPT = f"benchmark {MARK}: a heron in golden reeds, warm against cold, the words 早安 above it"
SIZE = "1024x1024"


@dataclass(frozen=True, slots=True)
class Workload:
    """A kind of request: *changes* to the contract's example, the *status* it is answered with.

    *numbered*: no prompt comes twice. *fetched*: what is measured is GET of the picture's address.
    *options*: what `mockfire serve` is told for it.
    """

    name: str
    title: str
    changes: tuple[tuple[str, str], ...] = ()
    status: int = 200
    numbered: bool = False
    fetched: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A workload that mockfire was asked once: the *question*, and what a constant must look like."""

    question: Question
    content_type: str
    length: int


_B64 = ("response_format", "b64_json")

WORKLOADS = (
    Workload("url", "url"),
    Workload("url-new", "url, prompts never seen", numbered=True),
    Workload("b64_json", "b64_json", (_B64,)),
    Workload("b64_json-new", "b64_json, prompts never seen", (_B64,), numbered=True),
    Workload("refused", "refused, one violation", (("size", "7x7"),), status=400),
    Workload("picture", "picture by its URL", fetched=True),
    Workload("realistic", "b64_json, realistic", (_B64,), options=("--payload", "realistic")),
)


def rehearse(workload: Workload) -> Rehearsed:
    """Return *workload* as it is to be sent, and the shape of mockfire's own answer to it.

    Raise BenchmarkError where mockfire does not answer as the workload says.
    """
    question = _question(workload)
    with running(mockfire(*workload.options)) as server:
        answer = server.first_answer(question)
        if workload.fetched:
            address = orjson.loads(answer.body)["data"][0]["url"]
            question = replace(question, method="GET", path=urlsplit(address).path, body="")
            answer = ask(server.port, question)
    return Rehearsed(question, answer.content_type, len(answer.body))


def _question(workload: Workload) -> Question:
    from mockfire_spec import Contract

    operation = Contract.load("documented").operations[0]
    payload = {**operation.request_examples[0], "prompt": PROMPT, "size": SIZE, **dict(workload.changes)}
    return Question(
        method=operation.method,
        path=operation.path,
        body=orjson.dumps(payload).decode(),
        status=workload.status,
        mark=MARK if workload.numbered else "",
    )
