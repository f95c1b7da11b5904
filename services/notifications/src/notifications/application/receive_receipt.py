"""Use case: a provider says what became of a message."""

from datetime import datetime
from typing import Protocol

from notifications.domain.receipt import Fate, Receipt
from notifications.domain.values import CallReason, Key


class Fates(Protocol):
    """The ledger, as receipts see it; in one transaction."""

    def find(self, receipt: Receipt) -> Key | None:
        """The message that it is about, by our own key or else by the provider's name for it."""

    def move(self, key: Key, receipt: Receipt, *, now: datetime) -> bool:
        """Note its fate and cost; False if a receipt that is worth as much was there before."""

    def mark_bounced(self, key: Key, problem: str, *, now: datetime) -> None:
        """Note that nothing arrives at the address to which that message went."""

    def note(self, receipt: Receipt, *, known: bool, now: datetime) -> None:
        """Write down that the receipt came; one that came before stays as it is."""

    def owe_call_unless_also_by_another_channel(self, key: Key, reason: CallReason, *, now: datetime) -> None:
        """Ask staff to call the guest, if the same was not owed on a second channel too."""


def receive_receipt(receipt: Receipt, *, fates: Fates, now: datetime) -> bool:
    """Move the ledger, and say whether the message is known.

    Receipts may come twice, late, in any order, and about messages that are not ours: each is written down once,
    and only one that is worth more than what is known changes anything.
    """
    key = fates.find(receipt)
    fates.note(receipt, known=key is not None, now=now)
    if key is not None and receipt.gone:
        fates.mark_bounced(key, receipt.problem or "", now=now)
    if key is not None and fates.move(key, receipt, now=now) and receipt.fate is Fate.UNDELIVERED:
        fates.owe_call_unless_also_by_another_channel(key, CallReason.NO_CHANNEL, now=now)
    return key is not None
