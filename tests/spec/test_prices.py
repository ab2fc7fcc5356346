"""Prices: dated, replaceable, and refused with a sentence where they are broken."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from mockfire_spec.errors import SettingError
from mockfire_spec.prices import load_prices


def test_a_listed_model_has_its_own_price() -> None:
    """Pictures are priced one by one."""
    assert Decimal("0.15") == load_prices().of("gpt-image-1", 3)


def test_an_unlisted_model_is_priced_as_the_dearest() -> None:
    """A model without a price is never taken to be free."""
    prices = load_prices()

    assert max(prices.per_picture.values()) == prices.of("no-such-model")


def test_the_table_says_where_it_comes_from() -> None:
    """Prices carry currency, date and source."""
    prices = load_prices()

    assert (prices.currency, prices.date) == ("CNY", "2026-07-17")
    assert "MODEL_PRICE" in prices.source


@pytest.mark.parametrize(
    "text", ["currency: CNY", "- 1", "currency: X\ndate: x\nsource: x\nper_picture: {a: b}\nother: 1"]
)
def test_a_broken_table_is_refused_with_what_it_needs(text: str, tmp_path: Any) -> None:
    """A table without its keys is refused, and the keys are named."""
    (tmp_path / "mine.yaml").write_text(text, "utf-8")

    with pytest.raises(SettingError, match="It needs currency, date, source"):
        load_prices(tmp_path / "mine.yaml")
