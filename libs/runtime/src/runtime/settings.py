"""Settings come from the environment once, at start, and every problem is reported together."""

import sys
from typing import NoReturn, Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What all processes share. A service adds its own fields; each is read from `SLOTWELL_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="SLOTWELL_", frozen=True, extra="ignore")

    amqp_url: str = Field(description="where messages go", pattern=r"^(amqps?|embedded)://")
    secret_key: str = Field(min_length=32, repr=False, description="the installation's secret; all keys derive from it")
    installation: str = Field(default="slotwell", pattern=r"^[a-z0-9-]{1,40}$", description="tags shared keys in Redis")
    public_url: str = Field(
        default="http://127.0.0.1:8080", pattern=r"^https?://[^\s]+$", description="where guests reach it"
    )
    process: str = Field(default="", description="the name in the logs, such as booking.2")
    pulse_file: str = Field(default="", description="touched every 5 s while this process is fit, for health checks")
    log_level: str = Field(default="INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")
    demo: bool = Field(default=False, description="demo mode: development inbox and time travel")
    demo_clock: str = Field(default="", description="file with the demo clock's offset; read in demo mode only")

    @classmethod
    def load(cls) -> Self:
        """Read the environment, or name everything that is wrong with it and exit with 2."""
        try:
            return cls()
        except ValidationError as error:
            _refuse(error)


def _refuse(error: ValidationError) -> NoReturn:
    lines = ["The settings are not complete. Set these environment variables:"]
    for problem in error.errors(include_url=False, include_input=False):  # an input may be a secret
        name = "_".join(str(part) for part in problem["loc"]).upper()
        name = name if name.startswith("SLOTWELL_") else f"SLOTWELL_{name}"
        lines.append(f"  {name}: {problem['msg']}")
    sys.stderr.write("\n".join(lines) + "\n")
    raise SystemExit(2)
