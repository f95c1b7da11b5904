"""What stops a start, in one clear line for the person at the terminal."""

import sys
from typing import NoReturn


class Problem(Exception):
    """Slotwell can't start or go on; the message says why and what to do about it."""


def say_and_exit(problem: Exception) -> NoReturn:
    """Print the problem and end with status 1."""
    sys.stderr.write(f"slotwell: {problem}\n")
    raise SystemExit(1)
