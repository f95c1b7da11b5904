"""Calendar files: one appointment with one UID for life (SEQUENCE on a change, CANCEL on cancellation), or a feed."""

from invites.calendar import Entry, Method, build, build_all, build_feed, content_type

__all__ = ["Entry", "Method", "build", "build_all", "build_feed", "content_type"]
