"""Referrals, authorizations and clearances: whose, from when to when, for how much, and how sure staff are of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NewType

from .errors import Problem, Refused
from .guest import Guest

DocumentId = NewType("DocumentId", str)

REFERRAL, AUTHORIZATION, CLEARANCE = "referral", "authorization", "clearance"
DOCUMENTS = (REFERRAL, AUTHORIZATION, CLEARANCE)
STATED, RECEIVED, VERIFIED, REVOKED = "stated", "received", "verified", "revoked"
"""Said by the guest; seen by staff; checked by staff; no longer good."""
VISITS, UNITS = "visits", "units"
UNIT_MINUTES = 15
MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Whom a document is about: a name, and an e-mail or a phone that go with it. One phone may serve a family."""

    name: str
    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a document says. Days are the location's, the last one included; an allowance of None has no end."""

    issuer: str
    issued_on: date
    expires_on: date | None = None
    allowance: int | None = None
    counted_in: str = VISITS
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document, with who last said so of its state; `reserved` and `used` follow from its sessions' states."""

    id: DocumentId
    kind: str
    patient: Patient
    terms: Terms
    state: str
    stated_at: datetime
    changed_at: datetime
    changed_by: str
    reserved: int = 0
    used: int = 0
    body_hash: str | None = None
    """Of the request that added it, if that had an idempotency key."""

    @property
    def left(self) -> int | None:
        """What of it is neither used nor reserved; below nothing after a reduction; None: no end."""
        allowance = self.terms.allowance
        return None if allowance is None else allowance - self.reserved - self.used

    def covers(self, day: date) -> bool:
        """Say whether it is good on a local day."""
        last = self.terms.expires_on or date.max
        return self.state != REVOKED and self.terms.issued_on <= day <= last

    def costs(self, minutes: int) -> int:
        """Return what a session of this length takes of it: a visit, or each quarter of an hour begun."""
        return 1 if self.terms.counted_in == VISITS else -(-minutes // UNIT_MINUTES)


def patient(guest: Guest) -> Patient:
    """Return whom documents about this guest are about."""
    return Patient(
        name=" ".join(guest.name.split()).casefold(),
        email=guest.email.lower() if guest.email else None,
        phone=guest.phone,
    )


def checked(terms: Terms, *, today: date, field: str, on: date | None = None) -> Terms:
    """Return the terms, or refuse with each field that is wrong; `on` is a day on which they should be good."""
    wrong: list[Problem] = []

    def mend(name: str, problem: str) -> None:
        wrong.append(Problem(field=f"{field}.{name}" if field else name, problem=problem))

    if not terms.issuer.strip() or not terms.issuer.isprintable():
        mend("issuer", "Say who issued it.")
    if terms.issued_on > today:
        mend("issued_on", "This day has not come yet: give the day on which it was issued.")
    if terms.expires_on is not None and terms.expires_on < terms.issued_on:
        mend("expires_on", "It would run out before it was issued: check the two dates.")
    elif terms.expires_on is not None and terms.expires_on < today:
        mend("expires_on", "It has run out: give the newer one, or mend its last day.")
    elif terms.expires_on is not None and on is not None and terms.expires_on < on:
        mend("expires_on", "It runs out before the appointment: bring a newer one, or choose an earlier time.")
    if terms.allowance is not None and not 1 <= terms.allowance <= MOST:
        mend(terms.counted_in, f"Give a number from 1 to {MOST}, or leave it out.")
    if wrong:
        raise Refused("invalid_request", "The document's details need mending.", fields=wrong)
    return replace(terms, issuer=" ".join(terms.issuer.split()))


def best_for(documents: Sequence[Document], *, kind: str, day: date, minutes: int) -> Document | None:
    """Return the document to take the session from: the surest, and of these the soonest to end."""
    fitting = [
        each
        for each in documents
        if each.kind == kind and each.covers(day) and (each.left is None or each.left >= each.costs(minutes))
    ]
    order = (VERIFIED, RECEIVED, STATED)
    return min(
        fitting, key=lambda each: (order.index(each.state), each.terms.expires_on or date.max, each.id), default=None
    )


def verified(document: Document, *, by: str, now: datetime) -> Document:
    """Return it as checked by staff, or refuse one that was revoked."""
    return _said(_standing(document), VERIFIED, by=by, now=now)


def revoked(document: Document, *, by: str, now: datetime) -> Document:
    """Return it as no longer good."""
    return document if document.state == REVOKED else _said(document, REVOKED, by=by, now=now)


def reduced(document: Document, allowance: int, *, by: str, now: datetime) -> Document:
    """Return it for fewer visits or units, or refuse what would be no reduction."""
    before = _standing(document).terms.allowance
    if allowance < 0 or (before is not None and allowance > before):
        most = f" It is for {before} now." if before is not None else ""
        raise Refused(
            "invalid_request",
            "This is no reduction.",
            fields=[Problem(field="to", problem=f"Give fewer than before, and not less than nothing.{most}")],
        )
    return replace(document, terms=replace(document.terms, allowance=allowance), changed_at=now, changed_by=by)


def _standing(document: Document) -> Document:
    if document.state == REVOKED:
        raise Refused("document_revoked", "This document was revoked: add the new one instead.")
    return document


def _said(document: Document, state: str, *, by: str, now: datetime) -> Document:
    return document if document.state == state else replace(document, state=state, changed_at=now, changed_by=by)
