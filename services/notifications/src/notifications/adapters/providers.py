"""Which provider carries which channel, by the settings. A further provider is chosen here."""

from pathlib import Path

from runtime.logs import get_logger

from notifications.adapters.file_drop import FileDrop
from notifications.adapters.http_sms import HttpSms
from notifications.adapters.smtp_email import SmtpEmail
from notifications.adapters.twilio_sms import TwilioSms
from notifications.adapters.vonage_sms import VonageSms
from notifications.application.ports import Provider
from notifications.domain.values import Channel
from notifications.settings import NotificationsSettings

log = get_logger(__name__)


def providers_of(settings: NotificationsSettings) -> dict[Channel, Provider]:
    """The channels that are set up; in a dry run every one, and none of them reaches anybody."""
    if settings.dry_run_folder:
        log.warning("dry run: messages become files and reach nobody")
        folder = Path(settings.dry_run_folder)
        return {channel: FileDrop(folder=folder, sender=settings.mail_from) for channel in Channel}
    providers: dict[Channel, Provider] = {}
    # An exchange takes twice the patience at most, and must end before the lease does: who holds it alone may send.
    patience = settings.sender_lease_seconds / 3
    if settings.smtp_url:
        providers[Channel.EMAIL] = SmtpEmail(url=settings.smtp_url, sender=settings.mail_from, timeout=patience)
    if (texts := _texts(settings, timeout=patience * 0.8)) is not None:
        providers[Channel.SMS] = texts
    for channel in Channel:
        if channel not in providers:
            log.warning("channel not set up: its messages are skipped", channel=channel.value)
    return providers


def _texts(settings: NotificationsSettings, *, timeout: float) -> Provider | None:
    hooks = f"{settings.public_url.rstrip('/')}/v1/hooks/sms"
    if settings.twilio_account_sid:
        return TwilioSms(
            account=settings.twilio_account_sid,
            token=settings.twilio_auth_token,
            sender=settings.sms_from,
            receipts=f"{hooks}/twilio/receipts",
            base=settings.twilio_url,
            timeout=timeout,
        )
    if settings.vonage_api_key:
        return VonageSms(
            key=settings.vonage_api_key,
            secret=settings.vonage_api_secret,
            sender=settings.sms_from,
            receipts=f"{hooks}/vonage/receipts",
            base=settings.vonage_url,
            timeout=timeout,
        )
    if settings.sms_url:
        return HttpSms(url=settings.sms_url, secret=settings.sms_secret, timeout=timeout)
    return None
