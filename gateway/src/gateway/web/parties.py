"""One of two cannot come: go on without them, or keep their place for someone else."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.web.bookings import change_booking
from gateway.web.forms import read_form


async def cancel_guest(request: Request) -> Response:
    """POST /bookings/{id}/cancel-guest: `what` says who does not come, and what then."""
    form = await read_form(request)
    place, _, then = form.get("what", "").partition("-")
    return await change_booking(
        request,
        form,
        "cancel_guest",
        guest=int(place) if place in {"1", "2"} else 0,
        then="keep_place" if then == "keep" else "single",
    )
