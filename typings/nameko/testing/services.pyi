from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

_Service = TypeVar("_Service")

def worker_factory(service_cls: type[_Service], **dependencies: Any) -> _Service: ...
def entrypoint_hook(
    container: Any, method_name: str, context_data: dict[str, Any] | None = None, timeout: float = 30
) -> AbstractContextManager[Callable[..., Any]]: ...
