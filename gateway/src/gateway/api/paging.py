"""Lists in pages: a cursor names the last item seen, so a list that grows meanwhile repeats and skips nothing."""

import base64
import binascii
from collections.abc import Sequence

from gateway.application.errors import Refused, WrongField
from gateway.domain.catalog import View
from gateway.schemas.fields import is_id


def page(items: Sequence[View], *, limit: int, cursor: str | None) -> dict[str, object]:
    """At most `limit` items after `cursor`, and the cursor of the next page, or None at the end."""
    first = 0 if cursor is None else _place(items, cursor) + 1
    shown = items[first : first + limit]
    more = first + limit < len(items)
    return {"items": shown, "next_cursor": _cursor(shown[-1]["id"]) if more else None}


def _cursor(item_id: str) -> str:
    return base64.urlsafe_b64encode(item_id.encode()).rstrip(b"=").decode()


def _place(items: Sequence[View], cursor: str) -> int:
    try:
        item_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        item_id = ""
    places = [place for place, item in enumerate(items) if item["id"] == item_id] if is_id(item_id) else []
    if not places:
        wrong = WrongField(field="cursor", problem="is not a cursor of this list; begin again without one")
        raise Refused(code="invalid_request", detail="The cursor does not belong to this list.", fields=[wrong])
    return places[0]
