"""What staff of a location write instead of the house's own words."""

from dataclasses import dataclass

from notifications.domain.values import Channel

LONGEST_TEXT = 4000
LONGEST_SUBJECT = 200
MOST_SEGMENTS = 6

# All that words may speak of, and what each is. Nothing about health is among them: `service` is the discreet name.
VARIABLES = {
    "guest": "the guest's name; may be empty",
    "service": "the service's discreet name",
    "people": "who treats them; may be empty",
    "place": "the location's name",
    "address": "the lines of its address; may be none",
    "phone": "its telephone number; may be empty",
    "phone_link": "the same for dialling: tel:+…",
    "day": "the day in full",
    "short_day": "the day in short",
    "time": "when it starts, by the location's clock",
    "end": "when it ends, by the location's clock",
    "last_day": "until which day a guest waits for a time, where that is what the message is about; may be empty",
    "city": "the city that names the location's time zone",
    "elsewhere": "whether the guest's own clock shows another time",
    "own_time": "when it starts, by the guest's clock",
    "own_city": "the city that names the guest's time zone",
    "sessions": "the appointments, each as a line of its day, its time and who treats; one where there is no series",
    "appointments": "those of a practitioner's day, each as a line of its times, what, how long, where, and initials",
    "count": "how many they are",
    "minutes": "how long it takes",
    "price": "what it costs; may be empty",
    "fee": "what cancelling late costs; may be empty",
    "free": "whether cancelling is still free of charge",
    "free_until_day": "until which day",
    "free_until_time": "until which time",
    "deadline_day": "the day on which an offer ends or a document is due, by the guest's clock; may be empty",
    "deadline_time": "when it ends or is due, by the guest's clock; may be empty",
    "preparation": "what the catalog says to do before the treatment; may be empty",
    "aftercare": "what the catalog says to do after it; may be empty",
    "answers": "whether an answer to a text is heard: only then say that C confirms",
    "manage_url": "the guest's own link to the booking, or to answer an offer",
    "site_url": "the booking page",
    "unsubscribe_url": "where a guest ends messages of this kind; empty where they belong to an appointment",
    "language": "the language's tag",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where words stand: one location's, for one kind of message, on one channel, in one language."""

    location_id: str
    kind: str
    channel: Channel
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words: a text, and for an e-mail its subject. Its HTML is made from the text, in the house's look."""

    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a wording: in which part of it, and what."""

    part: str
    problem: str
