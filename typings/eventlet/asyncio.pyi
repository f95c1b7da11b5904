from collections.abc import Awaitable
from typing import Any

from eventlet.greenthread import GreenThread

def spawn_for_awaitable(coroutine: Awaitable[Any]) -> GreenThread: ...
