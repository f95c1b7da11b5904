"""What staff do about a need that stays open: they have seen it, the guest pays, or the time is given up."""

from dataclasses import replace

from booking.application.access import StaffAccess, note
from booking.application.cancel import give_up
from booking.application.needs import review
from booking.application.ports import Desk, Transaction
from booking.domain.booking import NO_FEE, Booking, cancelled_by_staff
from booking.domain.documents import RECEIVED, STATED, patient, verified
from booking.domain.errors import Refused
from booking.domain.need_rules import SELF_PAY
from booking.domain.needs import AS_SELF_PAY, BY_DOCUMENT, BY_RELEASE, OPEN, RELEASED, WAIVED, NeedId


def resolve(access: StaffAccess, need_id: NeedId, how: str, *, desk: Desk) -> Booking:
    """Resolve the need, or refuse and change nothing: one that is not open, or that paying oneself does not lift."""
    now = desk.clock.now()
    known = desk.calendar.known()

    def work(transaction: Transaction) -> Booking:
        booking = access.checked(transaction.lock(access.booking_id), key=desk.manage_key)
        who, unit = patient(booking.guest), transaction.therapy
        chart = unit.chart(who)
        visit = next((each for each in chart.visits if each.session.booking_id == booking.id), None)
        need = next((each for each in visit.needs if each.id == need_id), None) if visit is not None else None
        if visit is None or need is None:
            raise Refused("unknown_need", "This booking has no such need.")
        if need.state != OPEN:
            raise Refused("need_not_open", "This need is not open any more.", state=need.state)
        said = {BY_DOCUMENT: WAIVED, AS_SELF_PAY: OPEN, BY_RELEASE: RELEASED}[how]
        done = replace(need, state=said, resolved_at=None if said == OPEN else now)
        payer = SELF_PAY if how == AS_SELF_PAY else visit.session.payer
        needs = tuple(done if each.id == need.id else each for each in visit.needs)
        unit.keep(replace(visit, session=replace(visit.session, payer=payer), needs=needs), who)
        transaction.note(note(access, "resolve_need", at=now, detail={"need": need.id, "how": how}))
        if how == BY_DOCUMENT:
            for each in chart.documents:
                if each.id in visit.draws and each.kind == need.kind and each.state in {STATED, RECEIVED}:
                    unit.put(verified(each, by=access.actor, now=now))
        if how == BY_RELEASE:
            phone = known.locations[booking.location_id].phone
            booking = cancelled_by_staff(booking, now=now, fee=NO_FEE, phone=phone)
            give_up(transaction, access, booking, desk=desk)
        review(transaction, who, rules=desk.rules, now=now)
        if how == AS_SELF_PAY:
            after = unit.need(need.id)
            if after is not None and after.state == OPEN:
                detail = "Paying oneself does not lift this need: the rule holds for every payer."
                raise Refused("need_stands", detail, rule=after.rule_id)
        return booking

    return desk.bookings.transact(work)
