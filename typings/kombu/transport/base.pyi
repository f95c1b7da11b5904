from typing import Any

class StdChannel: ...

class Transport:
    client: Any
    can_parse_url: bool
    driver_type: str
    driver_name: str
    def __init__(self, client: Any, **kwargs: Any) -> None: ...
