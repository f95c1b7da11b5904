"""How to start, from the environment."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.problem import Problem

# The repository's root: clinics, contracts and the front end's sources lie below it.
ROOT = Path(__file__).resolve().parents[4]
DEMO_CLINIC = ROOT / "deploy" / "demo" / "clinic.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person may choose about a start."""

    data: Path
    host: str
    port: int
    demo: bool
    public_url: str
    # A document for `catalog.load`, or None to load nothing.
    clinic: Path | None

    @property
    def local_url(self) -> str:
        """Where the gateway answers on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - not bound
        return f"http://{host}:{self.port}"


def read_options(environment: Mapping[str, str]) -> Options:
    """Read SLOTWELL_DATA, _HOST, _PORT, _DEMO, _PUBLIC_URL and _CLINIC; raises Problem for what makes no sense."""
    demo = _switch(environment, "SLOTWELL_DEMO", default=True)
    port = _port(environment.get("SLOTWELL_PORT") or "8080")
    host = environment.get("SLOTWELL_HOST") or "127.0.0.1"
    clinic = environment.get("SLOTWELL_CLINIC") or ""
    return Options(
        data=Path(environment.get("SLOTWELL_DATA") or ROOT / "data").expanduser().absolute(),
        host=host,
        port=port,
        demo=demo,
        public_url=(environment.get("SLOTWELL_PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
        clinic=Path(clinic).expanduser().absolute() if clinic else DEMO_CLINIC if demo else None,
    )


def refuse_taken_port(options: Options) -> None:
    """Raise Problem when the address can't be listened on."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.host, options.port))
        except PermissionError as error:
            raise Problem(
                f"Port {options.port} needs root's rights. Choose one above 1023: SLOTWELL_PORT=8080."
            ) from error
        except OSError as error:
            raise Problem(
                f"Port {options.port} of {options.host} is taken or not ours ({error.strerror})."
                f" Choose another: SLOTWELL_PORT={options.port + 1 if options.port < 65535 else 8080}."
            ) from error


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Problem(f"SLOTWELL_PORT={text!r} is no port: write a number from 1 to 65535.")
    return int(text)


def _switch(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = (environment.get(name) or "").strip().lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    if text:
        raise Problem(f"{name}={text!r} is neither 0 nor 1.")
    return default
