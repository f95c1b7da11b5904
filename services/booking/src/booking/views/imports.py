"""What became of a sheet's rows, as JSON."""

from typing import Any

from booking.application.import_sheet import Part, RowFate
from booking.application.take_over import Fate


def part(done: Part) -> dict[str, Any]:
    """Return the report of a part."""
    return {
        "rows": done.rows,
        "counts": {str(fate): done.counts.get(fate, 0) for fate in Fate},
        "fates": [_fate(each) for each in done.told],
        "next_line": done.next_line,
    }


def _fate(each: RowFate) -> dict[str, Any]:
    told: dict[str, Any] = {"line": each.line, "reference": each.reference[:500], "fate": str(each.fate)}
    if each.booking_id is not None:
        told["booking_id"] = each.booking_id
    if each.refused is not None:
        told |= {"code": each.refused.code, "detail": each.refused.detail}
        told["fields"] = [{"field": one.field, "problem": one.problem} for one in each.refused.fields]
    return told
