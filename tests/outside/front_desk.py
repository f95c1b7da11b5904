"""Staff of the clinic as a client: the bookings' half of the administration."""

import httpx

from tests.outside.client import Json
from tests.outside.platform import Platform


class FrontDesk:
    """Whoever stands at the desk of a platform; methods return the Response and let the test judge it."""

    def __init__(self, platform: Platform) -> None:
        headers = {"Authorization": f"Bearer {platform.admin_token}"}
        self.http = httpx.Client(base_url=platform.url, headers=headers, timeout=30.0, trust_env=False)

    def book(self, *, key: str | None = None, **wanted: object) -> httpx.Response:
        """Book for a guest; without a `start` from now on."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.http.post("/v1/admin/bookings", json=wanted, headers=headers)

    def act(self, verb: str, booking: Json, *, if_match: str | None = None, **body: object) -> httpx.Response:
        """Do something with a booking: `check-in`, `complete`, `no-show`, `revert`…"""
        headers = {"If-Match": if_match} if if_match else {}
        return self.http.post(f"/v1/admin/bookings/{booking['id']}/{verb}", json=body, headers=headers)
