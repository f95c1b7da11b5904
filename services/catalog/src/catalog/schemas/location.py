"""A branch in the document."""

from marshmallow import fields

from catalog import fields as written
from catalog.domain.location import Address, Closure, OutsideClinic
from catalog.domain.offer import BookingRules
from catalog.schemas.base import REGION, EntrySchema, Strict, WeeklyHoursSchema, optional, told


class AddressSchema(Strict):
    """Where a branch is."""

    makes = Address
    street = written.Text(**told("Street and number."))
    postal_code = written.Text(longest=20, **told("Postal code."))
    city = written.Text(**told("Town."))
    country = written.Word(r"[A-Z]{2}", like="FR", **told("ISO 3166-1, two letters."))


class ClosureSchema(Strict):
    """Days on which a branch is closed, first and last included."""

    makes = Closure
    first = written.Day(data_key="from_date", **told("The first closed day."))
    last = written.Day(data_key="to_date", **told("The last closed day."))
    reason = written.Words(**told("What guests read: a holiday's name."))


class OutsideClinicSchema(Strict):
    """Somebody else's practice that you send guests to; it needs a phone, a website or an address."""

    makes = OutsideClinic
    name = written.Text(**told("Its name."))
    phone = written.Phone(**optional("With country code: `+33 1 99 00 20 20`."))
    website = written.Word(r"https://[^\s<>\"']{3,190}", like="https://example.org", **optional("Begins with https."))
    address = written.Text(longest=200, **optional("In one line."))
    note = written.Words(longest=300, **optional("What it is good at, or how to get in."))


class BookingRulesSchema(Strict):
    """How one may book at a branch, unless a service says otherwise there."""

    makes = BookingRules
    minimum_notice_minutes = written.Count(
        0, 60 * 24 * 60, load_default=120, **told("How long before the start online booking closes.")
    )
    horizon_days = written.Count(1, 730, load_default=90, **told("How many days ahead booking opens."))
    start_grid_minutes = written.Count(
        5, 24 * 60, load_default=15, **told("Starts stand on multiples of this; a day must divide by it.")
    )


class LocationSchema(EntrySchema):
    """A branch."""

    name = written.Text(**told("Its name."))
    zone = written.Text(**told("IANA time zone; every time of day here is on its clock."))
    region = written.Word(
        REGION,
        like="FR or US-NY",
        **told("Where licences must hold and which rules need documents; its country reads phone numbers without +."),
    )
    phone = written.Phone(**told("With country code."))
    emergency_number = written.Word(r"\d{2,6}", like="112", **told("What the guide shows for emergency signs."))
    address = written.Part(AddressSchema, **told("Where it is."))
    currency = written.Word(r"[A-Z]{3}", like="EUR", **told("ISO 4217; all prices here are in it."))
    opening_hours = written.Several(fields.Nested(WeeklyHoursSchema), least=1, **told("When its door is open."))
    closures = written.Several(fields.Nested(ClosureSchema), **told("Holidays and the like."))
    outside_clinics = written.Several(
        fields.Nested(OutsideClinicSchema), **told("Where the guide sends whom you do not treat.")
    )
    booking_rules = written.Part(
        BookingRulesSchema,
        load_default=lambda: BookingRules(minimum_notice_minutes=120, horizon_days=90, start_grid_minutes=15),
        **told("Notice, horizon and grid, for services that do not say."),
    )
