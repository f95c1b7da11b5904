from typing import Any

class Message:
    body: bytes | str
    channel: Any
    headers: dict[str, Any]
    properties: dict[str, Any]
    delivery_info: dict[str, Any]
    def __init__(self, body: bytes | str | None = None, **kwargs: Any) -> None: ...
    def ack(self) -> None: ...
    def requeue(self) -> None: ...
