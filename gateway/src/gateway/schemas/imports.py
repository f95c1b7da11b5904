"""What became of the rows of a sheet of bookings."""

from marshmallow import fields, validate

from gateway.schemas.admin import Trying
from gateway.schemas.base import Answer
from gateway.schemas.fields import WholeInQuery
from gateway.schemas.values import text, whole

FATES = ("imported", "would_be_imported", "imported_before", "refused")


class ImportPart(Trying):
    """Whether it is meant, and where to go on."""

    from_line = WholeInQuery(
        least=1, most=1_000_000, load_default=1, metadata={"description": "The `next_line` of the answer before"}
    )


class WrongCell(Answer):
    """A cell, by its column (a guest's details by their field), and what is wrong with it."""

    field = text(example="start")
    problem = text(example="is empty")


class RowFate(Answer):
    """What became of one row."""

    line = whole(description="Where the row begins in the file; the first line is 1", example=2)
    reference = text(example="old-4711")
    fate = fields.String(required=True, validate=validate.OneOf(FATES))
    booking_id = fields.String(metadata={"format": "uuid", "description": "Of what is booked"})
    code = fields.String(metadata={"description": "Why it was refused, for programs", "example": "nobody_is_free"})
    detail = fields.String(metadata={"description": "Why it was refused, for people"})
    fields_ = fields.List(fields.Nested(WrongCell), data_key="fields", attribute="fields")


class FateCounts(Answer):
    """How many rows had which fate."""

    imported = whole()
    would_be_imported = whole()
    imported_before = whole()
    refused = whole()


class ImportedBookings(Answer):
    """What became of the rows, or of as many as there was time for."""

    rows = whole(description="How many the file has")
    counts = fields.Nested(FateCounts, required=True)
    fates = fields.List(
        fields.Nested(RowFate),
        required=True,
        metadata={"description": "By line: every row that is well, and the first 200 of those that were refused"},
    )
    next_line = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Send the same file again with `from_line` of this; null: every row was looked at"},
    )
