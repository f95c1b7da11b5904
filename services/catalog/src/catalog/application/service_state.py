"""The published state of a service."""

from collections.abc import Mapping, Sequence

from catalog.application.published import State
from catalog.application.texts import Texts
from catalog.domain.add_on import AddOn
from catalog.domain.identity import LocationId
from catalog.domain.money import Money
from catalog.domain.offer import BookingRules, Offer
from catalog.domain.requirement import PractitionersNeeded, Requirement, RoomNeeded
from catalog.domain.screening import Question
from catalog.domain.service import Service


def service_state(service: Service, rules: Mapping[LocationId, BookingRules]) -> State:
    """The state, with the booking rules of each branch where an offer has none of its own."""
    texts, screening, policy = Texts(), service.screening, service.cancellation
    return {
        "service_id": str(service.id),
        "key": service.key,
        "modality": str(service.modality),
        "name": texts.own("name", service.name),
        "discreet_name": texts.own("discreet_name", service.discreet_name),
        "summary": texts.own("summary", service.summary),
        "techniques": texts.each("techniques", [technique.name for technique in service.techniques]),
        "technique_ids": [technique.id for technique in service.techniques],
        "best_for": texts.each("best_for", service.best_for),
        "preparation": texts.own_or_none("preparation", service.preparation),
        "aftercare": texts.own_or_none("aftercare", service.aftercare),
        "set_up_minutes": service.set_up_minutes,
        "clean_up_minutes": service.clean_up_minutes,
        "requirements": [_requirement(needed) for needed in service.requirements],
        "add_ons": [_add_on(add_on, f"add_ons.{index}", texts) for index, add_on in enumerate(service.add_ons)],
        "screening": screening
        and {
            "version": screening.version,
            "questions": _questions(screening.questions, "screening.questions", texts),
        },
        "cancellation": {
            "free_until_hours": policy.free_until_hours,
            "fee_percent": policy.fee_percent,
            "no_show_fee_percent": policy.no_show_fee_percent,
            "text": texts.own_or_none("cancellation.text", policy.text),
        },
        "offers": [_offer(offer, rules[offer.location_id]) for offer in service.offers],
        "language": service.language,
        "texts": texts.rows,
    }


def _requirement(needed: Requirement) -> State:
    if isinstance(needed, PractitionersNeeded):
        licensed = {"licensed": True} if needed.licensed else {}
        return {"kind": "practitioner", "count": needed.count, "skill": needed.skill, **licensed}
    if isinstance(needed, RoomNeeded):
        return {"kind": "room", "room_kind": needed.room_kind, "capacity": needed.capacity, "count": 1}
    return {"kind": str(needed.kind), "unit_kind": needed.unit_kind, "count": needed.count}


def _add_on(add_on: AddOn, path: str, texts: Texts) -> State:
    return {
        "id": add_on.id,
        "name": texts.own(f"{path}.name", add_on.name),
        "summary": texts.own_or_none(f"{path}.summary", add_on.summary),
        "minutes": add_on.minutes,
        "channel": str(add_on.channel),
        "requirements": [_requirement(needed) for needed in add_on.requirements],
        "questions": _questions(add_on.questions, f"{path}.questions", texts),
    }


def _questions(questions: Sequence[Question], path: str, texts: Texts) -> list[State]:
    return [
        {"id": question.id, "text": texts.own(f"{path}.{index}.text", question.text)}
        for index, question in enumerate(questions)
    ]


def _offer(offer: Offer, of_the_branch: BookingRules) -> State:
    rules = offer.rules(of_the_branch)
    return {
        "location_id": str(offer.location_id),
        "channel": str(offer.channel),
        "minimum_notice_minutes": rules.minimum_notice_minutes,
        "horizon_days": rules.horizon_days,
        "start_grid_minutes": rules.start_grid_minutes,
        "inherited": list(offer.inherited),
        "durations": [{"minutes": each.minutes, "price": _money(each.price)} for each in offer.durations],
        "add_ons": [{"id": priced.id, "price": _money(priced.price)} for priced in offer.add_ons],
    }


def _money(price: Money) -> State:
    return {"amount": f"{price.amount:.2f}", "currency": price.currency}
