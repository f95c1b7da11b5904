"""What staff send to change bookings, whatever the rules for guests say."""

from gateway.schemas.attendance import reason
from gateway.schemas.base import Request
from gateway.schemas.fields import Choice


class WaiveFee(Request):
    """Why the guest is let off."""

    reason = reason(required=True)


class CancelAsStaff(Request):
    """Why it is cancelled, and what of the fee."""

    reason = reason(required=True)
    fee = Choice(
        "none",
        "owed",
        "waived",
        load_default="none",
        metadata={
            "description": (
                "Of a late cancellation: `owed` or `waived` if it is the guest who cancels, `none` if it is the house"
            ),
            "default": "none",
        },
    )
