"""Do forgotten holds give their time back? Read from Redis itself, by a client of its own."""

import redis

from tests.checker.account import Finding

HOLD_LASTS = 10 * 60
EXTENDED = 30 * 60
TOLERANCE = 10.0


def overdue(redis_url: str, load_ended: float) -> list[Finding]:
    """Return the claims that outlast any hold that was asked for before the load ended."""
    client = redis.Redis.from_url(redis_url, decode_responses=True, socket_timeout=5)
    found = []
    try:
        for key in client.scan_iter("*"):
            if client.type(key) != "zset":
                continue
            found += [
                Finding("blocked", f"{key} {member}", f"for {round(expiry - load_ended)} s after the last wish")
                for member, expiry in client.zrange(key, 0, -1, withscores=True)
                if expiry > load_ended + HOLD_LASTS + TOLERANCE
            ]
    finally:
        client.close()
    return found
