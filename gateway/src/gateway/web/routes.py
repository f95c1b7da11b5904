"""The guest page's addresses, mounted by `gateway.app`."""

from starlette.routing import BaseRoute, Route

from gateway.web import (
    assets,
    bookings,
    choose,
    compare,
    details,
    guide,
    holding,
    moving,
    naming,
    parties,
    series,
    series_plan,
    series_repair,
    tonight,
    unsubscribe,
    visit_plan,
    wait,
    waiting,
)
from gateway.web.guard import guarded

routes: list[BaseRoute] = [
    Route("/", guarded(choose.show), methods=["GET"]),
    Route("/tonight", guarded(tonight.show), methods=["GET"]),
    Route("/compare", guarded(compare.show), methods=["GET"]),
    Route("/guide", guarded(guide.show), methods=["GET"]),
    Route("/guide", guarded(guide.answer), methods=["POST"]),
    Route("/book/hold", guarded(holding.take), methods=["POST"]),
    Route("/book/extend", guarded(holding.extend), methods=["POST"]),
    Route("/book/release", guarded(holding.release), methods=["POST"]),
    Route("/book/confirm", guarded(details.confirm), methods=["POST"]),
    Route("/book/details", guarded(details.show), methods=["GET"]),
    # A guest who reloads the answer to a form by its address comes back to where they were.
    *(
        Route(f"/book/{form}", guarded(holding.back), methods=["GET"])
        for form in ("hold", "extend", "release", "confirm")
    ),
    Route("/bookings/{booking_id}", guarded(bookings.show), methods=["GET"]),
    Route("/bookings/{booking_id}/calendar.ics", guarded(bookings.calendar), methods=["GET"]),
    Route("/bookings/{booking_id}/cancel", guarded(bookings.cancel), methods=["POST"]),
    Route("/bookings/{booking_id}/undo", guarded(bookings.undo), methods=["POST"]),
    Route("/bookings/{booking_id}/cancel-guest", guarded(parties.cancel_guest), methods=["POST"]),
    Route("/bookings/{booking_id}/cancel-guest", guarded(bookings.back), methods=["GET"]),
    Route("/bookings/{booking_id}/guests/{place:int}", guarded(naming.show), methods=["GET"]),
    Route("/bookings/{booking_id}/guests/{place:int}", guarded(naming.name), methods=["POST"]),
    Route("/bookings/{booking_id}/move", guarded(moving.show), methods=["GET"]),
    Route("/bookings/{booking_id}/move", guarded(moving.move), methods=["POST"]),
    Route("/bookings/{booking_id}/cancel", guarded(bookings.back), methods=["GET"]),
    Route("/bookings/{booking_id}/undo", guarded(bookings.back), methods=["GET"]),
    Route("/waitlist", guarded(wait.show), methods=["GET"]),
    Route("/waitlist", guarded(wait.join), methods=["POST"]),
    Route("/waitlist/{entry_id}", guarded(waiting.show), methods=["GET"]),
    *(
        route
        for verb, handler in (("accept", waiting.accept), ("decline", waiting.decline), ("leave", waiting.leave))
        for route in (
            Route(f"/waitlist/{{entry_id}}/{verb}", guarded(handler), methods=["POST"]),
            Route(f"/waitlist/{{entry_id}}/{verb}", guarded(waiting.back), methods=["GET"]),
        )
    ),
    Route("/w/{entry_id}/{token}", guarded(waiting.enter), methods=["GET"]),
    Route("/series", guarded(series_plan.show), methods=["GET"]),
    Route("/series/book", guarded(series_plan.book), methods=["POST"]),
    Route("/series/book", guarded(series_plan.back), methods=["GET"]),
    Route("/series/{series_id}", guarded(series.show), methods=["GET"]),
    Route("/series/{series_id}/sessions/{number:int}", guarded(series.session), methods=["GET"]),
    Route("/series/{series_id}/cancel", guarded(series.cancel), methods=["POST"]),
    Route("/series/{series_id}/cancel", guarded(series.back), methods=["GET"]),
    Route("/series/{series_id}/repair", guarded(series_repair.show), methods=["GET"]),
    Route("/series/{series_id}/repair", guarded(series_repair.choose), methods=["POST"]),
    Route("/visits", guarded(visit_plan.show), methods=["GET"]),
    Route("/visits/time", guarded(visit_plan.choose_time), methods=["POST"]),
    Route("/visits/book", guarded(visit_plan.book), methods=["POST"]),
    *(Route(f"/visits/{form}", guarded(visit_plan.back), methods=["GET"]) for form in ("time", "book")),
    Route("/s/{series_id}/{token}", guarded(series.enter), methods=["GET"]),
    Route("/m/{booking_id}/{token}", guarded(bookings.enter), methods=["GET"]),
    Route("/u/{token}", guarded(unsubscribe.show), methods=["GET"]),
    Route("/u/{token}", guarded(unsubscribe.choose), methods=["POST"]),
    Route("/static/{name}", assets.serve, methods=["GET"]),
]
