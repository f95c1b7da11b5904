"""The `every` entrypoint: a method called again and again."""

from typing import Any

from nameko.timer import Timer


class Every(Timer):
    """Calls the method `seconds` after it last began, or as soon as it has ended if that took longer.

    A call that raises is logged by nameko; the next one comes all the same. Name what is expected, such as
    `expected_exceptions=DatabaseAway`, to have it logged as a warning.
    """

    def __init__(self, seconds: float, **options: Any) -> None:
        super().__init__(interval=seconds, **options)


every = Every.decorator
