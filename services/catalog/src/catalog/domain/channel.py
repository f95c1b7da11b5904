"""How something is booked."""

from enum import StrEnum


class Channel(StrEnum):
    ONLINE = "online"
    PHONE = "phone"
    ON_REQUEST = "on_request"
