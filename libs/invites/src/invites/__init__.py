"""Calendar files for one appointment: one UID for life, SEQUENCE on a change, CANCEL on cancellation."""

from invites.calendar import Method, build, content_type

__all__ = ["Method", "build", "content_type"]
