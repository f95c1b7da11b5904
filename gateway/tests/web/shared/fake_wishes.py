"""The booking service in memory, with an ear for what guests wish of whoever treats them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fake_clinic import FakeBookingService
from starlette.applications import Starlette

Wishes = Mapping[str, Any]


@dataclass
class FakeWishfulBookingService(FakeBookingService):
    """Every wish is strict."""

    wished: dict[str, Wishes | None] = field(default_factory=dict)

    async def availability(self, **asked: Any) -> Any:
        with self._only(asked.pop("preferences", None)):
            return await super().availability(**asked)

    async def hold(self, **asked: Any) -> Any:
        wished = asked.pop("preferences", None)
        with self._only(wished):
            held = await super().hold(**asked)
        self.wished[held["id"]] = wished
        return {**held, "preferences": wished}

    async def describe_hold(self, *, hold_id: str, token: str) -> Any:
        held = await super().describe_hold(hold_id=hold_id, token=token)
        return {**held, "preferences": self.wished[hold_id]}

    @contextmanager
    def _only(self, wished: Wishes | None) -> Iterator[None]:
        everyone = self.catalog
        self.catalog = _Narrowed(everyone, wished or {})  # type: ignore[assignment]
        try:
            yield
        finally:
            self.catalog = everyone


class _Narrowed:
    """A catalog with those practitioners alone who are as wished."""

    def __init__(self, everyone: Any, wished: Wishes) -> None:
        self._everyone, self._wished = everyone, wished

    def __getattr__(self, name: str) -> Any:
        return getattr(self._everyone, name)

    def practitioners(self, **which: Any) -> list[Mapping[str, Any]]:
        return [one for one in self._everyone.practitioners(**which) if self._is_wished(one)]

    def _is_wished(self, one: Mapping[str, Any]) -> bool:
        gender, languages = self._wished.get("gender"), self._wished.get("languages") or ()
        return gender in {None, one["gender"]} and (not languages or not set(languages).isdisjoint(one["languages"]))


def with_wishes(app: Starlette) -> FakeWishfulBookingService:
    """Let the page's app talk to it."""
    plain = app.state.slotwell.booking
    app.state.slotwell.booking = FakeWishfulBookingService(now=plain.now, catalog=plain.catalog)
    service: FakeWishfulBookingService = app.state.slotwell.booking
    return service
