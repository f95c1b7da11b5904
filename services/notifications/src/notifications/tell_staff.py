"""One alert: `python -m notifications.tell_staff` reads {urls, title, body} and ends with 0 when everybody was told."""

import json
import sys

import apprise


def main() -> int:
    """Tell staff what standard input says; 1 when somebody could not be told, 2 when an address is none."""
    asked = json.load(sys.stdin)
    house = apprise.Apprise(asset=apprise.AppriseAsset(app_id="Slotwell", app_desc="Slotwell"))
    if not house.add(asked["urls"]):
        return 2
    told = house.notify(title=asked["title"], body=asked["body"], notify_type=apprise.NotifyType.WARNING)
    return 0 if told else 1


if __name__ == "__main__":
    raise SystemExit(main())
