"""Why a start is not offered, as JSON: in a word for guests, resource by resource for staff."""

from typing import Any

from booking.application.explain import Explained
from booking.domain.clinic import resource_name
from booking.domain.explain import Obstacle, Standing
from booking.views.values import written


def explained(found: Explained) -> dict[str, Any]:
    """Return the reasons alone."""
    asked = found.asked
    start, end = asked.treatment(found.start)
    return {
        "location_id": asked.location.id,
        "service_id": asked.service.id,
        "zone": asked.location.zone,
        "duration_minutes": asked.minutes,
        "start": written(start, asked.location.zone),
        "end": written(end, asked.location.zone),
        "offered": not found.explanation.reasons,
        "reasons": list(found.explanation.reasons),
    }


def explained_to_staff(found: Explained) -> dict[str, Any]:
    """Return the reasons, and what keeps each resource."""
    return {**explained(found), "resources": [_standing(each, found) for each in found.explanation.standings]}


def _standing(each: Standing, found: Explained) -> dict[str, Any]:
    return {
        "id": each.resource_id,
        "name": resource_name(found.clinic, each.resource_id),
        "needed_for": each.needed_for,
        "free": not each.obstacles,
        "obstacles": [_obstacle(obstacle, each, found) for obstacle in each.obstacles],
    }


def _obstacle(obstacle: Obstacle, of: Standing, found: Explained) -> dict[str, Any]:
    during, zone = obstacle.during, found.asked.location.zone
    occupied = found.occupied.get((of.resource_id, during)) if during is not None else None
    return {
        "code": obstacle.code,
        "from": written(during[0], zone) if during is not None else None,
        "to": written(during[1], zone) if during is not None else None,
        "by": {"kind": occupied.kind, "id": occupied.id} if occupied is not None else None,
    }
