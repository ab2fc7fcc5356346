"""What a picture costs: a dated table, replaceable by a file with the same keys."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mockfire_spec.compiled import HOME, kept
from mockfire_spec.documents import read_yaml
from mockfire_spec.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices per picture in *currency*, as of *date*, read at *source*."""

    currency: str
    date: str
    source: str
    per_picture: Mapping[str, Decimal]
    other: Decimal

    def of(self, model: str, pictures: int = 1) -> Decimal:
        """Return what *pictures* pictures of *model* cost, in the table's currency."""
        return self.per_picture.get(model, self.other) * pictures


def load_prices(path: Traversable | None = None) -> Prices:
    """Return the price table at *path*, or the contract's own.

    Raise SettingError where a key is missing or no number.
    """
    raw = read_yaml(path) if path else kept("documents", "prices") or read_yaml(HOME / "prices.yaml")
    try:
        return _prices(raw)
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise SettingError(
            f"{path} is not a price table ({reason}). It needs currency, date, source, "
            "per_picture (model: price) and other (the price of any other model)."
        ) from None


def _prices(raw: Mapping[str, Any]) -> Prices:
    return Prices(
        currency=str(raw["currency"]),
        date=str(raw["date"]),
        source=str(raw["source"]),
        per_picture={model: Decimal(str(price)) for model, price in raw["per_picture"].items()},
        other=Decimal(str(raw["other"])),
    )
