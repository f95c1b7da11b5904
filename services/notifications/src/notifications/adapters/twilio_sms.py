"""Text messages by Twilio's REST API.

Source: https://www.twilio.com/docs/messaging/api/message-resource and https://www.twilio.com/docs/api/errors
"""

from urllib.parse import quote, urlencode

from notifications.adapters.sms_exchange import Said, SmsExchange
from notifications.application.ports import Letter
from notifications.domain.outcome import NotNow, Outcome, Rejected, Repeats

BASE = "https://api.twilio.com"
_STOPPED = 21610  # its owner answered STOP to Twilio
# Of this message nothing will ever come: no number, a country switched off, no mobile, a landline, too long.
_NEVER = frozenset({21211, 21217, 21265, 21408, _STOPPED, 21612, 21614, 21617, 21635})


class TwilioSms:
    """The SMS `Provider` behind Twilio. It knows no keys: an unknown outcome is never repeated, its receipt tells."""

    name = "twilio"
    repeats = Repeats.NEVER

    def __init__(
        self, *, account: str, token: str, sender: str, receipts: str, base: str = BASE, timeout: float = 8
    ) -> None:
        """`sender` is a number, a name, or a messaging service (MG…); `receipts` the address for status callbacks."""
        self._url = f"{base.rstrip('/')}/2010-04-01/Accounts/{quote(account, safe='')}/Messages.json"
        self._auth = (account, token)
        self._sender = ("MessagingServiceSid" if sender.startswith("MG") else "From", sender)
        self._receipts = receipts
        self._exchange = SmsExchange(timeout=timeout)

    async def send(self, letter: Letter) -> Outcome:
        form = {
            "To": letter.to,
            self._sender[0]: self._sender[1],
            "Body": letter.text,
            # Twilio signs the address that it calls, so the key comes back as it left.
            "StatusCallback": f"{self._receipts}?{urlencode({'key': str(letter.key)})}",
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return await self._exchange.post(
            self._url,
            content=urlencode(form).encode(),
            headers=headers,
            auth=self._auth,
            name=lambda said: said.get("sid"),
            refusal=_refusal,
        )

    async def close(self) -> None:
        await self._exchange.close()


def _refusal(status: int, said: Said) -> Outcome | None:
    """Twilio's own error code says more than a 400; one that is not about this guest is a setting to be mended."""
    code = said.get("code")
    if status != 400 or not isinstance(code, int) or isinstance(code, bool):
        return None
    if code in _NEVER:
        return Rejected(f"Twilio {code}", silenced=code == _STOPPED)
    return NotNow(f"Twilio {code}")
