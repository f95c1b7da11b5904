"""What the gateway reads from the environment."""

from email.utils import parseaddr
from typing import Literal

from pydantic import Field
from runtime.settings import Settings

_POSTGRES = r"^postgresql://\S+$"


class GatewaySettings(Settings):
    """The gateway's settings, each from `SLOTWELL_<NAME>`."""

    gateway_database_url: str = Field(pattern=_POSTGRES, repr=False, description="the gateway's own database")
    host: str = Field(default="127.0.0.1", min_length=1, description="the address to listen on")
    port: int = Field(default=8080, ge=0, le=65535, description="the port to listen on")
    mail_from: str = Field(default="", description="the sender of e-mails: La Belle <hello@example.com>")
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        pattern=r"^[0-9A-Fa-f:.,/* ]*$",
        description="whose X-Forwarded-For and -Proto are believed, comma-separated; * for all",
    )

    sms_secret: str = Field(default="", repr=False, description="proves callbacks of the generic SMS provider")
    email_hook_secret: str = Field(default="", repr=False, description="proves what is told of e-mails")
    twilio_auth_token: str = Field(default="", repr=False, description="proves Twilio's callbacks")
    vonage_signature_secret: str = Field(default="", repr=False, description="proves Vonage's callbacks")

    admin_token_sha256: str = Field(
        default="",
        pattern=r"^([0-9a-f]{64})?$",
        repr=False,
        description="the SHA-256 of the token that opens /v1/admin; without it nobody is let in",
    )

    @property
    def broker(self) -> Literal["broker", "rabbitmq"]:
        """What carries our calls, as `/readyz` names it."""
        return "broker" if self.amqp_url.startswith("embedded:") else "rabbitmq"

    @property
    def organizer(self) -> str:
        """The address in calendar files, the same as in those that are mailed: a calendar compares them."""
        return parseaddr(self.mail_from)[1] or "noreply@slotwell.invalid"
