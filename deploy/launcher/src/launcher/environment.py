"""The settings that the platform's processes find in their environment."""

from collections.abc import Mapping
from pathlib import Path

from servers.places import free_ports

from launcher.options import Options


def database_variable(owner: str) -> str:
    return f"SLOTWELL_{owner.upper()}_DATABASE_URL"


def platform_environment(
    options: Options,
    *,
    databases: Mapping[str, str],
    redis_url: str,
    amqp_url: str,
    secret_key: str,
    admin_token_sha256: str,
    demo_clock: Path,
) -> dict[str, str]:
    """What every process gets. In demo mode messages go to the sink on this machine."""
    environment = {
        **{database_variable(owner): url for owner, url in databases.items()},
        "SLOTWELL_REDIS_URL": redis_url,
        "SLOTWELL_AMQP_URL": amqp_url,
        "SLOTWELL_SECRET_KEY": secret_key,
        "SLOTWELL_ADMIN_TOKEN_SHA256": admin_token_sha256,
        "SLOTWELL_PUBLIC_URL": options.public_url,
        "SLOTWELL_HOST": options.host,
        "SLOTWELL_PORT": str(options.port),
        "SLOTWELL_DEMO": "1" if options.demo else "0",
    }
    if options.demo:
        mail_port, text_port = free_ports(2)
        environment |= {
            "SLOTWELL_DEMO_CLOCK": str(demo_clock),
            "SLOTWELL_DEMO_SMTP_PORT": str(mail_port),
            "SLOTWELL_DEMO_SMS_PORT": str(text_port),
            "SLOTWELL_SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
            "SLOTWELL_SMS_URL": f"http://127.0.0.1:{text_port}/sms",
            "SLOTWELL_SMS_SECRET": secret_key,
            "SLOTWELL_SMS_ANSWERS": "1",
            "SLOTWELL_MAIL_FROM": "La Belle <bonjour@labelle.example>",
        }
    return environment
