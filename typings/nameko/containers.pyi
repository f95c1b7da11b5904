from collections.abc import Callable, Mapping
from typing import Any

class WorkerContext:
    data: dict[str, Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

class ServiceContainer:
    service_cls: type
    service_name: str
    config: Mapping[str, Any]
    max_workers: int
    shared_extensions: Mapping[Any, Any]
    def __init__(self, service_cls: type, config: Mapping[str, Any]) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self, exc_info: Any = None) -> None: ...
    def wait(self) -> None: ...
    def spawn_worker(
        self,
        entrypoint: Any,
        args: Any,
        kwargs: Any,
        context_data: dict[str, Any] | None = None,
        handle_result: Callable[..., tuple[Any, Any]] | None = None,
    ) -> WorkerContext: ...
    def spawn_managed_thread(self, fn: Callable[[], Any], identifier: str | None = None) -> Any: ...
    def _run_worker(self, worker_ctx: WorkerContext, handle_result: Callable[..., tuple[Any, Any]]) -> None: ...
