from typing import Any

from nameko.extensions import Entrypoint

class Consumer(Entrypoint):
    def __init__(self, queue: Any, requeue_on_error: bool = False, **kwargs: Any) -> None: ...

consume = Consumer.decorator
