"""What Mailpit has received, by its API."""

import httpx


class Mailbox:
    """The far end of SMTP. It keeps a message as often as it comes."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=10, trust_env=False)

    def sent_to(self, address: str) -> list[str]:
        """The subjects of all messages to an address."""
        answer = self._http.get("/api/v1/search", params={"query": f"to:{address}"})
        answer.raise_for_status()
        return [str(message["Subject"]) for message in answer.json()["messages"]]

    def total(self) -> int:
        """How many messages came at all."""
        answer = self._http.get("/api/v1/messages", params={"limit": "1"})
        answer.raise_for_status()
        return int(answer.json()["total"])
