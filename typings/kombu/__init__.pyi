from typing import Any

class Connection:
    hostname: str
    transport: Any
    def __init__(
        self,
        hostname: str,
        *,
        connect_timeout: float = 5,
        heartbeat: float = 0,
        transport_options: dict[str, Any] | None = None,
    ) -> None: ...

class Exchange:
    name: str
    def __init__(self, name: str = "", type: str = "", **kwargs: Any) -> None: ...  # noqa: A002

class Queue:
    name: str
    def __init__(
        self, name: str = "", exchange: Exchange | None = None, routing_key: str = "", **kwargs: Any
    ) -> None: ...
    def __call__(self, channel: Any) -> Queue: ...
    def declare(self) -> str: ...
