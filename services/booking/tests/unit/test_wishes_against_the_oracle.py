"""Of many random clinics: whoever meets most of what is wished is given, as the oracle has it who tries everyone."""

from datetime import timedelta

from booking.application.hold import hold
from booking.domain.preference import GENDER, LANGUAGES, preference
from booking.domain.wish import Sought

from services.booking.tests.fakes import office
from services.booking.tests.oracle.naive import Asked, House, Wished
from services.booking.tests.oracle.worlds import world

LOOKED_AT = 60
"""Clinics; in some of them nobody has a choice."""
SOFTLY = Wished(gender="female", languages=("en",), strict_gender=False, strict_languages=False)


def asked_of(house: House) -> list[Asked]:
    return [
        Asked(
            service=service, location=location, minutes=service["offers"][0]["durations"][0]["minutes"], wished=SOFTLY
        )
        for service in house.services.values()
        for location in house.locations.values()
    ]


def test_who_is_given_is_whom_the_oracle_finds_best() -> None:
    differed = 0
    for seed in range(LOOKED_AT):
        here = world(seed)
        house = here.house()
        for asked in asked_of(house):
            since = here.now + timedelta(hours=2)
            found = house.offered(asked, since, since + timedelta(hours=12), [], here.now)
            choices = {start: house.combinations(asked, start, [], here.now) for start in found}
            start = max(choices, key=lambda at: len(choices[at]), default=None)
            if start is None:
                continue
            sought = Sought(
                location_id=asked.location["location_id"],
                service_id=asked.service["service_id"],
                duration_minutes=asked.minutes,
                preference=preference(gender=SOFTLY.gender, languages=SOFTLY.languages, soft=[GENDER, LANGUAGES]),
            )
            there = office(here.clinic())
            there.clock.at = here.now
            given = set(hold(sought, start=start, desk=there.desk).hold.resource_ids)
            assert given == set(house.best(asked, start, choices[start], [])), f"seed {seed}"
            unwished = Asked(service=asked.service, location=asked.location, minutes=asked.minutes)
            differed += given != set(house.best(unwished, start, choices[start], []))
    assert differed > 3, "the wish must matter somewhere"
