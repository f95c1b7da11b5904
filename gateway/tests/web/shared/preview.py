"""The guest page on the fake clinic, to look at while working on it: `python preview.py [port]`.

/preview/{taken,free,expire,offer}, /preview/{away,unheard}/{method} and /preview/closed/{days} set the stage.
"""

import asyncio
import sys
import tempfile
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import uvicorn
from fake_clinic import AWAY, UNHEARD
from fake_messages import FakeMessageStore
from fake_waitlist import with_waitlist
from gateway.demo.message import email, text_message
from gateway.demo.routes import routes as demo_routes
from la_belle import ANA
from page_app import page_app
from runtime.clock import DemoClock
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8099
    clock = DemoClock(Path(tempfile.mkdtemp()) / "offset")
    app = with_waitlist(page_app(clock, public_url=f"http://127.0.0.1:{port}", demo=True))
    app.state.demo_messages = FakeMessageStore()
    asyncio.run(_fill(app.state.demo_messages, clock))
    app.router.routes.extend(demo_routes)
    app.router.routes.append(Route("/preview/{what}", _set_the_stage))
    app.router.routes.append(Route("/preview/{what}/{how}", _set_the_stage))
    uvicorn.run(app, port=port, log_level="warning")


async def _set_the_stage(request: Request) -> Response:
    service = request.app.state.slotwell.booking
    how = request.path_params.get("how", "")
    match request.path_params["what"]:
        case "taken":
            for ahead in range(0, 24 * 60 * 8, 60):
                at = request.app.state.slotwell.clock.now() + timedelta(minutes=ahead)
                if 10 <= at.hour < 13:
                    service.take(ANA, at.replace(minute=0, second=0, microsecond=0))
        case "free":
            service.bookings.clear()
            service.holds.clear()
        case "expire":
            service.expire_holds()
        case "away":
            service.before[how] = AWAY
        case "unheard":
            service.after[how] = UNHEARD
        case "offer":
            for entry_id in request.app.state.slotwell.waitlist.entries:
                request.app.state.slotwell.waitlist.offers(entry_id)
        case "closed":
            service.closed_days = int(how)
    return PlainTextResponse("done")


async def _fill(store: FakeMessageStore, clock: DemoClock) -> None:
    mail = EmailMessage()
    mail["From"] = "La Belle <hello@labelle.example>"
    mail["To"] = "Ana Moreau <ana@example.com>"
    mail["Subject"] = "Your appointment on Tuesday 1 December, 10:30"
    mail["Message-ID"] = "<1@labelle.example>"
    mail.set_content("Hello Ana,\n\nyou are booked: Tuesday 1 December, 10:30.\n\nhttp://127.0.0.1:8080/m/1/2\n")
    mail.add_alternative(
        "<html><body style='font-family:Georgia;margin:32px'><h1>You are booked</h1>"
        "<p>Tuesday 1 December, 10:30, with Ana.</p></body></html>",
        subtype="html",
    )
    mail.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="appointment.ics")
    await store.add(email(mail.as_bytes(), recipient="ana@example.com", received_at=clock.now()))
    await store.add(
        text_message(
            to="+33199001234",
            text="La Belle: tomorrow 10:30, 14 rue des Tilleuls. Changes: http://127.0.0.1:8080/m/1/2",
            key="1",
            received_at=clock.now() + timedelta(hours=20),
        )
    )


if __name__ == "__main__":
    main()
