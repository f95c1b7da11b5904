"""Hand out the whole catalog, for a reader that starts or has lost its copy."""

from typing import Any

from catalog.application.ports import Catalog


def snapshot(*, catalog: Catalog) -> list[dict[str, Any]]:
    """Every entity at its version, tombstones included, as `{name, data}` of the event that last told of it.

    Replaying all events and applying a snapshot lead to the same state.
    """
    return [{"name": entity.kind.event, "data": entity.data} for entity in catalog.snapshot()]
