"""The settings of notifications' processes, from the environment."""

from typing import Self

from pydantic import Field, field_validator, model_validator
from runtime.settings import Settings

from notifications.adapters.mime import BadAddress, address


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
        return self
