"""A service in the document."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, post_load

from catalog import fields as written
from catalog.domain.add_on import AddOn, AddOnPrice
from catalog.domain.channel import Channel
from catalog.domain.money import Money
from catalog.domain.offer import Duration, Offer
from catalog.domain.screening import Question, Screening
from catalog.domain.service import CancellationPolicy, Modality, Technique
from catalog.schemas.base import EntrySchema, Strict, optional, told
from catalog.schemas.requirement import Requirement


class QuestionSchema(Strict):
    """A safety question that is answered with yes or no; `no` is the safe answer."""

    makes = Question
    id = written.Skill(**told("Its name for programs."))
    text = written.Words(longest=300, **told("The question."))


class ScreeningSchema(Strict):
    """The safety questions that every way to book asks."""

    makes = Screening
    version = written.Count(1, 100_000, **told("Raise it with every change of meaning."))
    questions = written.Several(fields.Nested(QuestionSchema), least=1, **told("All must be answered with no."))


class CancellationSchema(Strict):
    """Until when a guest may cancel for nothing, and what it costs after that."""

    makes = CancellationPolicy
    free_until_hours = written.Count(0, 24 * 60, **told("Hours before the start."))
    fee_percent = written.Count(0, 100, **told("Part of the price for cancelling later."))
    no_show_fee_percent = written.Count(
        0, 100, **optional("Part of the price for not coming; as `fee_percent` if left out.")
    )
    text = written.Words(longest=600, **optional("The policy in your own words."))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        if data["no_show_fee_percent"] is None:
            data["no_show_fee_percent"] = data["fee_percent"]
        return CancellationPolicy(**data)


class MoneySchema(Strict):
    """An amount of money."""

    makes = Money
    amount = written.Amount(**told("At most two decimals: `95.00`."))
    currency = written.Word(r"[A-Z]{3}", like="EUR", **told("The branch's."))


class DurationSchema(Strict):
    """A length on sale."""

    makes = Duration
    minutes = written.Count(5, 24 * 60, **told("How long the guest is treated."))
    price = written.Part(MoneySchema, **told("What it costs."))


class TechniqueSchema(Strict):
    """Something that is done in a treatment."""

    makes = Technique
    id = written.Skill(**optional("Its name for safety rules, such as `hot_stones`."))
    name = written.Words(**told("Its name for guests."))


class TechniqueEntry(written.Written[Technique]):
    """A technique; plain text is one without an id."""

    def read(self, value: Any) -> Technique:
        if isinstance(value, Mapping) and "name" in value:
            loaded: Technique = TechniqueSchema().load(dict(value))
            return loaded
        return Technique(id=None, name=written.Words().read(value))


class AddOnSchema(Strict):
    """What a guest may have with a service."""

    makes = AddOn
    id = written.Skill(**told("Its name for programs."))
    name = written.Words(**told("Its name for guests."))
    summary = written.Words(longest=300, **optional("A sentence about it."))
    minutes = written.Count(0, 240, load_default=0, **told("By how much it lengthens the treatment."))
    channel = written.Choice(Channel, load_default=Channel.PHONE, **told("How it is booked."))
    requirements = written.Several(Requirement(), **told("What it claims beside the service's own."))
    questions = written.Several(fields.Nested(QuestionSchema), **told("Safety questions of its own."))


class AddOnPriceSchema(Strict):
    """An add-on that is to be had at this branch."""

    makes = AddOnPrice
    id = written.Skill(**told("The add-on's id."))
    price = written.Part(MoneySchema, **told("What it costs here."))


class OfferSchema(Strict):
    """A service at one branch."""

    makes = Offer
    location_id = written.Reference("location", data_key="location", **told("The branch's key or id."))
    channel = written.Choice(Channel, load_default=Channel.ONLINE, **told("How it is booked here."))
    minimum_notice_minutes = written.Count(0, 60 * 24 * 60, **optional("Instead of the branch's own."))
    horizon_days = written.Count(1, 730, **optional("Instead of the branch's own."))
    start_grid_minutes = written.Count(5, 24 * 60, **optional("Instead of the branch's own."))
    durations = written.Several(fields.Nested(DurationSchema), least=1, **told("Lengths and prices."))
    add_ons = written.Several(fields.Nested(AddOnPriceSchema), **told("Which add-ons are to be had here."))


class ServiceSchema(EntrySchema):
    """What can be booked."""

    modality = written.Choice(Modality, **told("Which of the two trades."))
    name = written.Words(**told("Its name."))
    discreet_name = written.Words(**told("What messages and calendars say instead."))
    summary = written.Words(longest=400, **told("A sentence or two."))
    techniques = written.Several(TechniqueEntry(), least=1, **told("What is done."))
    best_for = written.Several(written.Words(), least=1, **told("Whom it helps."))
    preparation = written.Words(longest=1000, **optional("What a guest does before."))
    aftercare = written.Words(longest=1000, **optional("What a guest does after."))
    set_up_minutes = written.Count(0, 240, load_default=0, **told("Room and people are taken before the start."))
    clean_up_minutes = written.Count(0, 240, load_default=0, **told("And after the end."))
    requirements = written.Several(Requirement(), least=1, **told("What one booking claims."))
    add_ons = written.Several(fields.Nested(AddOnSchema), **told("What may be had with it."))
    screening = written.Part(ScreeningSchema, **optional("Safety questions."))
    cancellation = written.Part(CancellationSchema, **told("The policy."))
    offers = written.Several(fields.Nested(OfferSchema), **told("Where, how and for how much."))
