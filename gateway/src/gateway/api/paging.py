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
    return {"items": shown, "next_cursor": cursor_after(shown[-1]["id"]) if more else None}


def after(cursor: str | None) -> str | None:
    """The id that a cursor stands for, where who keeps the list looks for it; None for the beginning."""
    if cursor is None:
        return None
    item_id = _id_in(cursor)
    if not is_id(item_id):
        raise _stranger()
    return item_id


def page_after(items: Sequence[View], *, limit: int) -> dict[str, object]:
    """At most `limit` of the items that follow a cursor; one more says that there is a next page."""
    shown = items[:limit]
    return {"items": shown, "next_cursor": cursor_after(shown[-1]["id"]) if len(items) > limit else None}


def cursor_after(item_id: str) -> str:
    """The cursor of what follows an item."""
    return base64.urlsafe_b64encode(item_id.encode()).rstrip(b"=").decode()


def _place(items: Sequence[View], cursor: str) -> int:
    item_id = _id_in(cursor)
    places = [place for place, item in enumerate(items) if item["id"] == item_id] if is_id(item_id) else []
    if not places:
        raise _stranger()
    return places[0]


def _id_in(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _stranger() -> Refused:
    wrong = WrongField(field="cursor", problem="is not a cursor of this list; begin again without one")
    return Refused(code="invalid_request", detail="The cursor does not belong to this list.", fields=[wrong])
