"""Money: a decimal amount in one currency."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount with the number of decimals its currency is written with."""

    amount: Decimal
    currency: str

    def percent(self, percent: int) -> "Money":
        """Return `percent` hundredths of this, rounded half up to as many decimals as this has."""
        exact = self.amount * percent / 100
        return Money(amount=exact.quantize(self.amount, rounding=ROUND_HALF_UP), currency=self.currency)
