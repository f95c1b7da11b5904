"""What the sink reads from the environment."""

from pydantic import Field
from runtime.settings import Settings


class SinkSettings(Settings):
    """The sink's settings, each from `SLOTWELL_<NAME>`."""

    gateway_database_url: str = Field(
        pattern=r"^postgresql://\S+$", repr=False, description="the gateway's own database"
    )
    demo_smtp_port: int = Field(default=8025, ge=1, le=65535, description="where the sink takes e-mail, on 127.0.0.1")
    demo_sms_port: int = Field(default=8026, ge=1, le=65535, description="where the sink takes SMS, on 127.0.0.1")
    sms_secret: str = Field(min_length=16, repr=False, description="signs the requests to the SMS provider")
