from typing import Any

def use_hub(mod: str | None = None) -> None: ...
def get_hub() -> Any: ...
def trampoline(
    fd: object,
    read: bool | None = None,
    write: bool | None = None,
    timeout: float | None = None,
    timeout_exc: type[BaseException] | BaseException = ...,
) -> Any: ...
