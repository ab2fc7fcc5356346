"""The key is in no report, whole, cut or encoded."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from mockfire_contract.outcome import conclude
from mockfire_contract.redaction import MARK, forms, holds_key, redactor
from mockfire_contract.reports import REPORTS, About, render, show
from mockfire_spec import Response
from mockfire_spec.wording import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_contract.outcome import Outcome
    from tests.contract.conftest import Bench

JSON = (("content-type", "application/json"),)


def _shown(outcome: Outcome, about: About, *, terminal: bool = False) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=80, legacy_windows=False)
    show(outcome, conclude(outcome), about, console)
    return file.getvalue()


@pytest.mark.parametrize(
    "planted",
    [
        str,
        quote,
        lambda key: b64encode(key.encode()).decode(),
        lambda key: b64encode(f"1{key}2".encode()).decode(),
        lambda key: b64encode(f"12{key}".encode()).decode(),
        lambda key: "x" * 150 + key,
        json.dumps,
    ],
)
@pytest.mark.parametrize(
    "key", ["sk-toy-0123456789abcdefghij", "sk/with+odd=characters&<\"'>é%20", "Zürich-鍵-0123"]
)
def test_key_is_in_no_report(served: Bench, planted: Callable[[str], str], key: str) -> None:
    """Wherever a server puts the key, whole or cut, no report holds it or half of it."""
    text = planted(key)
    body = json.dumps({"error": {"message": text, "type": text, text: text, "code": [text]}}).encode()
    headers = (*JSON, ("x-request-id", "1"))
    cases = [served.valid(f"case {key}", prompt=f"a heron {key}"), served.broken(f"broken {key}", n=key)]
    outcome = served.run(lambda _request: Response(500, headers, body), cases)
    about = About(f"http://127.0.0.1/{key}", "as-served", redactor(key))
    reports = [render(name, outcome, conclude(outcome), about) for name in REPORTS]
    reports += [_shown(outcome, about), _shown(outcome, about, terminal=True)]

    assert outcome.findings
    assert [
        report for report in reports if holds_key(key, report) or key[: len(key) // 2 + 1] in report
    ] == []
    assert all(MARK in report for report in reports)


def test_report_without_a_key_is_left_alone() -> None:
    """A short key is no secret: it does not tear holes into ordinary text."""
    assert redactor("test")("this is a test") == "this is a test"
    assert forms("test") == ()


@given(
    key=st.text(
        st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="[]"), min_size=8, max_size=60
    ),
    before=st.text(max_size=20),
    after=st.text(max_size=20),
)
def test_redaction_is_complete(key: str, before: str, after: str) -> None:
    """Whatever stands around the key, it is gone, plain and in base64."""
    redact = redactor(key)
    encoded = b64encode(f"{before}{key}{after}".encode("utf-8", "replace")).decode()

    assert not holds_key(key, redact(f"{before}{key}{after}"))
    assert not holds_key(key, redact(encoded))
    assert holds_key(key, encoded)


@given(text=st.text())
def test_printable_text_can_be_printed(text: str) -> None:
    """Whatever a server sends becomes text that is safe to print and to put into XML."""
    assert printable(text).isprintable()
