"""The settings of notifications' processes, from the environment."""

import re
from typing import Self

from pydantic import Field, field_validator, model_validator
from runtime.settings import Settings

from notifications.adapters.mime import BadAddress, address
from notifications.adapters.twilio_sms import BASE as TWILIO
from notifications.adapters.vonage_sms import BASE as VONAGE
from notifications.domain.allowance import Limits
from notifications.domain.values import Channel

_ANSWERABLE = re.compile(r"\+?\d+|MG\w+", re.ASCII)  # a number, or a service that owns numbers; not a name


class NotificationsSettings(Settings):
    """What the service and its sender need; see `Settings` for what all processes share.

    A channel whose address is empty is not set up: what is owed on it is skipped, and says why.
    """

    notifications_database_url: str = Field(
        pattern=r"^postgresql://", repr=False, description="notifications' own database and role"
    )
    smtp_url: str = Field(
        default="",
        pattern=r"^(smtps?://[^\s/]+/?)?$",
        repr=False,
        description="smtp://[user:password@]host[:port], or smtps://…",
    )
    mail_from: str = Field(default="", description="the sender of e-mails: La Belle <hello@example.com>")
    sms_url: str = Field(
        default="", pattern=r"^(https?://\S+)?$", repr=False, description="see docs/sms.md for what it answers"
    )
    sms_secret: str = Field(default="", repr=False, description="signs the requests to it")
    twilio_account_sid: str = Field(default="", pattern=r"^(AC[0-9A-Za-z]{4,64})?$", description="AC…")
    twilio_auth_token: str = Field(default="", repr=False, description="signs Twilio's callbacks too")
    twilio_url: str = Field(default=TWILIO, pattern=r"^https?://\S+$", description="another region, or a test's own")
    vonage_api_key: str = Field(default="", description="the account's API key")
    vonage_api_secret: str = Field(default="", repr=False, description="the account's API secret")
    vonage_url: str = Field(default=VONAGE, pattern=r"^https?://\S+$", description="another region, or a test's own")
    sms_from: str = Field(default="", description="the number, name or messaging service that texts come from")
    sms_answers: bool = Field(
        default=False, description="guests' answers reach /v1/hooks/sms/…, so reminders say that C confirms"
    )
    sms_daily_parts: int = Field(default=0, ge=0, description="the most parts of texts a day (UTC); 0 for no limit")
    sms_per_second: int = Field(default=0, ge=0, description="the most parts a second; 0 for no limit")
    email_daily: int = Field(default=0, ge=0, description="the most e-mails a day (UTC); 0 for no limit")
    email_per_second: int = Field(default=0, ge=0, description="the most e-mails a second; 0 for no limit")
    dry_run_folder: str = Field(default="", description="messages of every channel become files here, and reach nobody")
    alert_urls: str = Field(
        default="",
        pattern=r"^(\s*[a-zA-Z][a-zA-Z0-9+.-]*://[^\s,]+[\s,]*)*$",
        repr=False,
        description="where staff are told of incidents: addresses of Apprise, with spaces between",
    )
    alert_language: str = Field(default="en", pattern=r"^(en|fr|es)$", description="the language that staff read")
    inbox_attempts: int = Field(
        default=12, ge=1, le=1000, description="tries of one event before it is parked; 12 take about 20 minutes"
    )
    sender_lease_seconds: float = Field(
        default=30,
        ge=3,
        le=600,
        description="after so long a message goes to another sender if its own has died; providers get a third of it",
    )

    @property
    def limits(self) -> dict[Channel, Limits]:
        """How much each channel's provider may be given."""
        return {
            Channel.EMAIL: Limits(a_second=self.email_per_second or None, a_day=self.email_daily or None),
            Channel.SMS: Limits(a_second=self.sms_per_second or None, a_day=self.sms_daily_parts or None),
        }

    @property
    def carriers(self) -> dict[Channel, str]:
        """The name of each channel's provider, for those that are set up."""
        if self.dry_run_folder:
            return dict.fromkeys(Channel, "file")
        texts = (("twilio", self.twilio_account_sid), ("vonage", self.vonage_api_key), ("http", self.sms_url))
        named = [(Channel.EMAIL, "smtp", self.smtp_url), *((Channel.SMS, name, given) for name, given in texts)]
        return {channel: name for channel, name, given in named if given}

    @property
    def daily_budgets(self) -> dict[str, int]:
        """What each provider may be given in a day, for those that have a limit."""
        return {
            name: limit for channel, name in self.carriers.items() if (limit := self.limits[channel].a_day) is not None
        }

    @property
    def organizer(self) -> str:
        """Whom calendar entries name."""
        return address(self.mail_from).addr_spec if self.mail_from else "noreply@slotwell.invalid"

    @field_validator("mail_from")
    @classmethod
    def _is_a_mailbox(cls, text: str) -> str:
        if text:
            try:
                address(text)
            except BadAddress:
                raise ValueError("is not a mailbox such as La Belle <hello@example.com>") from None
        return text

    @model_validator(mode="after")
    def _each_channel_is_whole(self) -> Self:
        if self.smtp_url and not self.mail_from:
            raise ValueError("SLOTWELL_SMTP_URL needs SLOTWELL_MAIL_FROM")
        if self.sms_url and len(self.sms_secret) < 16:
            raise ValueError("SLOTWELL_SMS_URL needs SLOTWELL_SMS_SECRET of at least 16 characters")
        by = {
            "SMS_URL": self.sms_url,
            "TWILIO_ACCOUNT_SID": self.twilio_account_sid,
            "VONAGE_API_KEY": self.vonage_api_key,
        }
        chosen = [f"SLOTWELL_{name}" for name, value in by.items() if value]
        if len(chosen) > 1:
            raise ValueError(f"text messages go by one provider: set only one of {', '.join(chosen)}")
        if self.twilio_account_sid and not (self.twilio_auth_token and self.sms_from):
            raise ValueError("SLOTWELL_TWILIO_ACCOUNT_SID needs SLOTWELL_TWILIO_AUTH_TOKEN and SLOTWELL_SMS_FROM")
        if self.vonage_api_key and not (self.vonage_api_secret and self.sms_from):
            raise ValueError("SLOTWELL_VONAGE_API_KEY needs SLOTWELL_VONAGE_API_SECRET and SLOTWELL_SMS_FROM")
        if self.sms_answers and self.sms_from and not _ANSWERABLE.fullmatch(self.sms_from):
            raise ValueError("SLOTWELL_SMS_ANSWERS needs a number to answer to: nobody can answer SLOTWELL_SMS_FROM")
        return self
