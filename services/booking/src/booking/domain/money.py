"""Money: a decimal amount in one currency."""

from collections.abc import Iterable
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

    def plus(self, others: "Iterable[Money]") -> "Money":
        """Return this and others of the same currency together."""
        return Money(amount=self.amount + sum(each.amount for each in others), currency=self.currency)

    def shared_by(self, count: int) -> "tuple[Money, ...]":
        """Return this in `count` parts that make it up exactly, as equal as its decimals allow, larger ones first."""
        unit = Decimal((0, (1,), int(self.amount.as_tuple().exponent)))
        share, rest = divmod(self.amount / unit, count)
        parts = ((share + (1 if number < rest else 0)) * unit for number in range(count))
        return tuple(Money(amount=part, currency=self.currency) for part in parts)
