"""What a hold is: a temporary exclusive claim on a slot's resources, and the token that says so.

The token carries all that a confirm needs, signed, so that a guest can still book when the holds' memory is lost.
Holds live in real time, whatever clock the clinic's rules are told.
"""

import base64
import binascii
import hashlib
import hmac
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from .booking import Claim
from .ids import HoldId, LocationId, PractitionerId, ResourceId, ServiceId
from .money import Money
from .preference import ANYONE, Preference, from_words, in_words
from .ranges import Instant, Range

LASTS = 10 * 60
"""Seconds a hold lasts, and by how much an extension renews it, if the installation says nothing else."""
LASTS_AT_MOST = 30 * 60
"""Seconds from its making after which no extension helps."""
CONFIRM_LASTS = 30
"""Seconds a confirm adds for its transaction (whose statements may take 4 s each)."""
RECLAIMABLE_FOR = 24 * 3600
"""Seconds after its expiry in which a confirm may still take the time again, if it is free."""
REMEMBERED_FOR = 48 * 3600
"""Seconds for which what became of a hold, and the answer to its idempotency key, is remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPart:
    """What was held for one guest: what they asked for, by whom they will be served, and their price."""

    duration_minutes: int
    minutes: int
    """The treatment's length, add-ons included."""
    price: Money
    add_on_ids: tuple[str, ...]
    asked_for: PractitionerId | None
    practitioner_id: PractitionerId | None
    preference: Preference = ANYONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What was held, for whom it was asked, at which price, and until when (real time)."""

    id: HoldId
    claim_id: str
    location_id: LocationId
    service_id: ServiceId
    practitioner_id: PractitionerId | None
    """Whom the guest asked for; None for any."""
    practitioner_ids: tuple[PractitionerId, ...]
    resource_ids: tuple[ResourceId, ...]
    """Everything claimed, practitioners included, by id."""
    start: Instant
    minutes: int
    claim: Range
    price: Money
    made_at: Instant
    expires_at: Instant
    shorter: tuple[Claim, ...] = ()
    """Those of the resources that are claimed for less than `claim`: a guest may be treated for less than another."""
    guests: tuple[HeldPart, ...] = ()
    """What each guest gets, if they are several or have add-ons; one guest without any needs no such list."""
    preference: Preference = ANYONE
    """What that one guest wishes of whoever treats them."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What is claimed, by resource."""
        return claims_of(self.resource_ids, self.claim, self.shorter)

    @property
    def end(self) -> Instant:
        """When the treatment ends."""
        return self.start + self.minutes * 60

    @property
    def lasts(self) -> int:
        """Seconds from its making to its expiry."""
        return self.expires_at - self.made_at

    @property
    def extendable_until(self) -> Instant:
        """The latest expiry that extensions can reach."""
        return self.made_at + LASTS_AT_MOST


class HoldState(Enum):
    """What the holds' memory says became of a hold."""

    HELD = "held"
    EXPIRED = "expired"
    RELEASED = "released"
    BOOKED = "booked"
    UNKNOWN = "unknown"
    """Forgotten, or the memory is out of reach."""


def claims_of(resource_ids: Sequence[ResourceId], claim: Range, shorter: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return a claim a resource: its own if it is among the shorter ones, and the whole if not."""
    own = {each.resource_id: each.during for each in shorter}
    return tuple(Claim(resource_id=each, during=own.get(each, claim)) for each in resource_ids)


def new_hold_id() -> HoldId:
    """Return an identity nobody can guess."""
    return HoldId(str(uuid.uuid4()))


def hold_id_for(key: bytes, scope: str, idempotency_key: str) -> HoldId:
    """Return the one identity that a repeated request with this idempotency key gets, too."""
    digest = _mac(key, "id", scope, idempotency_key)
    return HoldId(str(uuid.UUID(bytes=digest[:16], version=4)))


def claim_id_for(key: bytes, hold_id: HoldId, body_hash: str) -> str:
    """Return the secret that tells this hold from another of the same identity (after the memory was lost)."""
    return _text(_mac(key, "claim", hold_id, body_hash)[:16])


def sign(hold: Hold, key: bytes) -> str:
    """Return the token of a hold: its facts and their signature, fit for a cookie or a JSON body."""
    payload = json.dumps(_facts(hold), separators=(",", ":")).encode()
    return f"{_text(payload)}.{_text(_mac(key, 'token', payload))}"


def opened(token: str, key: bytes) -> Hold | None:
    """Return the hold a token speaks of, or None if we did not sign it."""
    payload_text, _, signature_text = token.partition(".")
    try:
        payload, signature = _bytes(payload_text), _bytes(signature_text)
    except (binascii.Error, UnicodeEncodeError):
        return None
    if not hmac.compare_digest(signature, _mac(key, "token", payload)):
        return None
    return _hold(json.loads(payload))


def packed(hold: Hold) -> str:
    """Return a hold's facts as text for the holds' memory."""
    return json.dumps(_facts(hold), separators=(",", ":"))


def unpacked(text: str) -> Hold:
    """Return the hold that `packed` wrote."""
    return _hold(json.loads(text))


def _facts(hold: Hold) -> list[object]:
    wished = in_words(hold.preference)
    plain = not hold.guests and not hold.shorter and wished is None
    facts: list[object] = [
        1 if plain else 2 if wished is None else 3,  # the version of this list
        hold.id,
        hold.claim_id,
        hold.location_id,
        hold.service_id,
        hold.practitioner_id,
        hold.practitioner_ids,
        [each for each in hold.resource_ids if each not in hold.practitioner_ids],
        hold.start,
        hold.minutes,
        hold.claim,
        _price(hold.price),
        hold.made_at,
        hold.expires_at,
    ]
    if plain:
        return facts
    facts += [[claim_facts(each) for each in hold.shorter], [part_facts(each) for each in hold.guests]]
    return facts if wished is None else [*facts, wished]


def _price(price: Money) -> list[str]:
    return [str(price.amount), price.currency]


def claim_facts(claim: Claim) -> list[object]:
    """Return a claim as a list, fit for JSON."""
    return [claim.resource_id, *claim.during]


def claim_told(facts: Sequence[Any]) -> Claim:
    """Return the claim that `claim_facts` told of."""
    resource_id, since, until = facts
    return Claim(resource_id=resource_id, during=(since, until))


def part_facts(part: HeldPart) -> list[object]:
    """Return a guest's part as a list, fit for JSON."""
    by = part.asked_for, part.practitioner_id
    told: list[object] = [part.duration_minutes, part.minutes, _price(part.price), part.add_on_ids, *by]
    wished = in_words(part.preference)
    return told if wished is None else [*told, wished]


def part_told(facts: Sequence[Any]) -> HeldPart:
    """Return the part that `part_facts` told of."""
    duration, length, share, add_ons, wanted, by, *theirs = facts
    return HeldPart(
        duration_minutes=duration,
        minutes=length,
        price=_money(share),
        add_on_ids=tuple(add_ons),
        asked_for=wanted,
        practitioner_id=by,
        preference=from_words(next(iter(theirs), None)),
    )


def _hold(facts: list) -> Hold:  # type: ignore[type-arg]  # a signed list: its places are known to hold what we put there
    (
        _,
        hold_id,
        claim_id,
        location,
        service,
        asked_for,
        practitioners,
        others,
        start,
        minutes,
        claim,
        price,
        made,
        ends,
        *party,
    ) = facts
    shorter, guests, *wished = party or ((), ())
    return Hold(
        id=hold_id,
        claim_id=claim_id,
        location_id=location,
        service_id=service,
        practitioner_id=asked_for,
        practitioner_ids=tuple(practitioners),
        resource_ids=tuple(sorted([*practitioners, *others])),
        start=start,
        minutes=minutes,
        claim=(claim[0], claim[1]),
        price=_money(price),
        made_at=made,
        expires_at=ends,
        shorter=tuple(claim_told(each) for each in shorter),
        guests=tuple(part_told(each) for each in guests),
        preference=from_words(next(iter(wished), None)),
    )


def _money(price: list[str]) -> Money:
    return Money(amount=Decimal(price[0]), currency=price[1])


def _mac(key: bytes, purpose: str, *parts: str | bytes) -> bytes:
    mac = hmac.new(key, purpose.encode(), hashlib.sha256)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        mac.update(len(data).to_bytes(8, "big") + data)
    return mac.digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    raw = text.encode("ascii")
    return base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
