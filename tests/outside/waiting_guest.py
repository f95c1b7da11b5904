"""A guest who waits for one start with one therapist, through HTTP alone."""

import re
from datetime import timedelta

import httpx

from tests.outside.client import Api, Json, Slot, a_guest, all_clear, ok
from tests.outside.messages import sent_about
from tests.outside.until import until


class WaitingGuest:
    """Somebody on the waitlist, and what they do there. Methods return the Response and let the test judge it."""

    def __init__(self, api: Api, slot: Slot, practitioner_id: str, **contact: object) -> None:
        self._api = api
        self.guest = a_guest(**contact)
        asked = {
            "service_id": slot.service_id,
            "location_id": slot.location_id,
            "duration_minutes": slot.duration_minutes,
            "practitioner_id": practitioner_id,
            "from": slot.start.isoformat(),
            "to": (slot.start + timedelta(minutes=1)).isoformat(),
            "guest": self.guest,
        }
        self.entry = ok(api.http.post("/v1/waitlist", json=asked), 201)
        self._headers = {"Authorization": f"Bearer {self.entry['token']}"}
        self._path = f"/v1/waitlist/{self.entry['id']}"

    def seen(self) -> Json:
        """Return the entry as it is now."""
        return ok(self._api.http.get(self._path, headers=self._headers))

    def offered(self, *, within: float = 30) -> Json:
        """Wait until a time is offered, and return the entry."""
        return until(self.seen, within=within, expecting="an offer", enough=lambda seen: seen["offer"] is not None)

    def accept(self, **body: object) -> httpx.Response:
        """Take what is offered."""
        return self._api.http.post(f"{self._path}/accept", headers=self._headers, json=body)

    def accepted(self) -> Json:
        """Take what is offered, with no to every safety question, and return the booking."""
        return ok(self.accept(**all_clear(self.seen())), 201)

    def decline(self) -> httpx.Response:
        """Let the next have it."""
        return self._api.http.post(f"{self._path}/decline", headers=self._headers)

    def leave(self) -> httpx.Response:
        """Wait no more."""
        return self._api.http.delete(self._path, headers=self._headers)

    def link(self) -> str:
        """Wait for the e-mail about the offer, and return the path of its link."""
        mail = next(one for one in sent_about(self._api, self.entry, count=1) if one["channel"] == "email")
        found = re.search(rf"/w/{self.entry['id']}/[\w-]+", str(mail))
        assert found is not None, mail
        return found[0]
