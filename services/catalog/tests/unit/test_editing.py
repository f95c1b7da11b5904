"""One entry at a time: the same rules as a whole document, one event for what changed, nothing half done."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from catalog import admin, answers
from catalog.admin import Wanted
from catalog.application.errors import InvalidEntry, Refused
from catalog.application.export import export
from catalog.application.load import load, revision_of
from catalog.application.published import Kind
from catalog.documents import parse
from catalog.domain.identity import derived_id
from catalog.domain.problem import spell

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ANA = str(derived_id("practitioner", "ana"))
SWEDISH = str(derived_id("service", "swedish"))
PARIS = str(derived_id("location", "paris"))


class Desk:
    """Somebody who edits the small clinic."""

    def __init__(self, catalog: Any, document: Any) -> None:
        self.catalog = catalog
        load(parse(document), catalog=catalog, now=NOW, correlation_id="c-1")
        self.told_before = len(catalog.events)
        self.editing: dict[str, Any] = {
            "catalog": catalog, "read": parse, "now": NOW, "correlation_id": "c-2"
        }  # fmt: skip

    def entry(self, kind: Kind, id_: str) -> dict[str, Any]:
        return next(entry for entity, entry in admin.listed(kind, self.catalog) if str(entity.id) == id_)

    def put(self, kind: Kind, entry: Any, *, revision: int | None = None, dry_run: bool = False, **ids: str) -> Any:
        wanted = Wanted(kind=kind, entry=entry, **ids)  # type: ignore[arg-type]
        return admin.put(wanted, if_version=revision, dry_run=dry_run, **self.editing)

    def withdraw(self, kind: Kind, id_: str, *, revision: int | None = None) -> None:
        admin.withdraw(kind, id_, if_version=revision, **self.editing)

    @property
    def told(self) -> list[tuple[str, int]]:
        """The events since the clinic was loaded."""
        return [(event.name, event.version) for event in self.catalog.events[self.told_before :]]


@pytest.fixture
def desk(catalog_in_memory: Any, document: Any) -> Desk:
    return Desk(catalog_in_memory, document)


def without_id(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "id"}


@pytest.mark.parametrize("kind", list(Kind))
def test_what_was_read_can_be_put_back_without_a_change(desk: Desk, kind: Kind) -> None:
    for entity, entry in admin.listed(kind, desk.catalog):
        done = desk.put(kind, without_id(entry), id=str(entity.id), revision=1)
        assert done.entity.version == 1
        assert done.entry == entry
    assert desk.told == []


def test_a_change_is_told_once_and_raises_the_revision(desk: Desk) -> None:
    entry = {**desk.entry(Kind.SERVICE, SWEDISH), "name": {"en": "Swedish", "fr": "Suédois"}}
    done = desk.put(Kind.SERVICE, entry, id=SWEDISH)
    assert (done.entity.version, done.entry["name"]) == (2, {"en": "Swedish", "fr": "Suédois"})
    assert desk.told == [("catalog.service_changed.v1", 2)]


def test_a_rule_of_the_branch_changes_the_services_that_follow_it(desk: Desk) -> None:
    rules = {"minimum_notice_minutes": 30, "horizon_days": 60, "start_grid_minutes": 30}
    desk.put(Kind.LOCATION, {**desk.entry(Kind.LOCATION, PARIS), "booking_rules": rules}, id=PARIS)
    assert desk.told == [("catalog.location_changed.v1", 2), ("catalog.service_changed.v1", 2)]


def test_whoever_has_an_older_revision_is_refused(desk: Desk) -> None:
    entry = {**desk.entry(Kind.SERVICE, SWEDISH), "summary": "Gentler."}
    desk.put(Kind.SERVICE, entry, id=SWEDISH, revision=1)
    with pytest.raises(Refused) as refused:
        desk.put(Kind.SERVICE, {**entry, "summary": "Gentlest."}, id=SWEDISH, revision=1)
    assert (refused.value.code, refused.value.extra) == ("revision_mismatch", {"revision": 2})
    with pytest.raises(Refused, match="revision 2"):
        desk.withdraw(Kind.SERVICE, SWEDISH, revision=1)


def test_a_dry_run_changes_nothing_and_answers_what_would_be(desk: Desk) -> None:
    entry = {**desk.entry(Kind.SERVICE, SWEDISH), "summary": "Gentler."}
    done = desk.put(Kind.SERVICE, entry, id=SWEDISH, dry_run=True)
    assert (done.entity.version, done.entry["summary"]) == (2, "Gentler.")
    room = desk.put(Kind.RESOURCE, {"kind": "room", "location": "paris", "name": "Lavande", "room_kind": "treatment"})
    told_so_far = desk.told
    gone = admin.withdraw(Kind.RESOURCE, str(room.entity.id), if_version=1, dry_run=True, **desk.editing)
    told = answers.tried([*done.changes, *gone.changes], dry_run=True)["changes"]
    assert [(each["name"], each["data"]["version"], each["data"]["deleted"]) for each in told] == [
        ("catalog.service_changed.v1", 2, False),
        ("catalog.resource_changed.v1", 2, True),
    ]
    assert answers.tried(done.changes, dry_run=False) == {}
    assert desk.told == told_so_far


def test_problems_are_placed_within_the_entry_and_nothing_is_changed(desk: Desk) -> None:
    entry = desk.entry(Kind.SERVICE, SWEDISH)
    entry["requirements"][0]["skill"] = "swedsh"
    entry["offers"][0]["durations"][0]["minutes"] = 700
    with pytest.raises(InvalidEntry) as refused:
        desk.put(Kind.SERVICE, entry, id=SWEDISH)
    places = {spell(problem.place) for problem in refused.value.problems}
    assert places == {"requirements[0].skill", "offers[0].durations[0].minutes"}
    assert desk.told == []


def test_an_unknown_zone_is_refused_with_the_nearest_one_and_nothing_is_changed(desk: Desk) -> None:
    before = desk.entry(Kind.LOCATION, PARIS)
    with pytest.raises(InvalidEntry) as refused:
        desk.put(Kind.LOCATION, {**without_id(before), "zone": "Europe/Pariss"}, id=PARIS)
    assert [(spell(one.place), one.message) for one in refused.value.problems] == [
        ("zone", "no time zone is called 'Europe/Pariss'; perhaps Europe/Paris is meant")
    ]
    assert desk.entry(Kind.LOCATION, PARIS) == before
    assert desk.told == []


def test_what_others_rely_on_cannot_go(desk: Desk) -> None:
    with pytest.raises(InvalidEntry) as refused:
        desk.withdraw(Kind.LOCATION, PARIS)
    assert any("breaks services[0].offers[0].location" in problem.message for problem in refused.value.problems)
    person = {**desk.entry(Kind.PRACTITIONER, ANA), "skills": ["deep_tissue"]}
    with pytest.raises(InvalidEntry, match="one problem") as refused:
        desk.put(Kind.PRACTITIONER, person, id=ANA)
    assert "no practitioner has the skill 'swedish'" in refused.value.problems[0].message


def test_a_new_entry_gets_an_id_and_may_go_again(desk: Desk) -> None:
    room = {"kind": "room", "location": "paris", "name": "Lavande", "room_kind": "treatment"}
    new_id = str(uuid4())
    done = desk.put(Kind.RESOURCE, room, new_id=new_id)
    assert (str(done.entity.id), done.entity.version, done.entry["capacity"]) == (new_id, 1, 1)
    assert desk.put(Kind.RESOURCE, room, new_id=new_id).entity.version == 1
    desk.withdraw(Kind.RESOURCE, new_id, revision=1)
    assert desk.told == [("catalog.resource_changed.v1", 1), ("catalog.resource_changed.v1", 2)]
    with pytest.raises(Refused, match="no such entry"):
        desk.withdraw(Kind.RESOURCE, new_id)


def test_a_name_that_is_taken_is_refused_and_a_key_stays_what_it_is(desk: Desk) -> None:
    room = {"kind": "room", "key": "tilleul", "location": "paris", "name": "Another", "room_kind": "treatment"}
    with pytest.raises(Refused) as refused:
        desk.put(Kind.RESOURCE, room)
    assert refused.value.code == "already_exists"
    with pytest.raises(InvalidEntry):
        desk.put(Kind.SERVICE, {**desk.entry(Kind.SERVICE, SWEDISH), "key": "suedois"}, id=SWEDISH)
    unkeyed = {name: value for name, value in desk.entry(Kind.SERVICE, SWEDISH).items() if name != "key"}
    assert desk.put(Kind.SERVICE, unkeyed, id=SWEDISH).entry["key"] == "swedish"


def test_a_person_and_their_hours_are_changed_apart(desk: Desk) -> None:
    with pytest.raises(InvalidEntry) as refused:
        desk.put(Kind.PRACTITIONER, {**desk.entry(Kind.PRACTITIONER, ANA), "weekly": []}, id=ANA)
    assert refused.value.problems[0].message == "belongs to the practitioner's schedule"
    desk.put(Kind.PRACTITIONER, {**desk.entry(Kind.PRACTITIONER, ANA), "gender": "female"}, id=ANA)
    desk.put(Kind.SCHEDULE, {"weekly": [], "daily_hands_on_minutes": 300}, id=ANA)
    assert desk.entry(Kind.SCHEDULE, ANA) == {
        "weekly": [], "one_off": [], "time_off": [], "daily_hands_on_minutes": 300,
    }  # fmt: skip
    assert desk.told == [("catalog.practitioner_changed.v1", 2), ("catalog.schedule_changed.v1", 2)]


def test_time_off_is_added_once_and_taken_away(desk: Desk) -> None:
    for until in ("2027-02-08T00:00:00+01:00", "2027-02-07T23:00:00Z"):
        off, _ = admin.add_time_off(ANA, "2027-02-01T00:00:00+01:00", until, dry_run=False, **desk.editing)
    assert (off["from"], off["practitioner_id"]) == ("2027-01-31T23:00:00Z", ANA)
    assert len(admin.time_off(desk.catalog)) == 2
    assert desk.told == [("catalog.schedule_changed.v1", 2)]
    admin.remove_time_off(off["id"], **desk.editing)
    assert len(admin.time_off(desk.catalog)) == 1
    with pytest.raises(Refused, match="no such time off"):
        admin.remove_time_off(off["id"], **desk.editing)
    with pytest.raises(InvalidEntry):
        admin.add_time_off(ANA, "2027-02-08T00:00:00Z", "2027-02-01T00:00:00Z", dry_run=False, **desk.editing)
    with pytest.raises(Refused, match="no such practitioner"):
        admin.add_time_off(SWEDISH, "2027-02-01T00:00:00Z", "2027-02-08T00:00:00Z", dry_run=False, **desk.editing)


@pytest.mark.parametrize("entry", [None, [], 7, {}, {"id": ANA}, {"kind": "sauna"}, {"key": ["a"]}, {"kind": []}])
@pytest.mark.parametrize("kind", list(Kind))
def test_an_entry_that_cannot_be_read_is_refused_and_breaks_nothing(desk: Desk, kind: Kind, entry: Any) -> None:
    if kind is Kind.SCHEDULE:
        if entry == {}:
            return  # no hours at all are hours too
        with pytest.raises(InvalidEntry):
            desk.put(kind, entry, id=ANA)
    else:
        with pytest.raises(InvalidEntry):
            desk.put(kind, entry)
    assert desk.told == []


def test_a_whole_document_can_be_guarded_by_the_revision_it_was_read_at(desk: Desk, document: Any) -> None:
    revision = revision_of(desk.catalog.snapshot())
    desk.put(Kind.SERVICE, {**desk.entry(Kind.SERVICE, SWEDISH), "summary": "Gentler."}, id=SWEDISH)
    with pytest.raises(Refused) as refused:
        load(
            parse(document), catalog=desk.catalog, now=NOW, correlation_id="c-3", if_revision=revision
        )  # fmt: skip
    assert refused.value.extra == {"revision": revision + 1}
    now = export(desk.catalog.snapshot())
    assert load(
        parse(now), catalog=desk.catalog, now=NOW, correlation_id="c-3", if_revision=revision + 1
    ).unchanged == 5  # fmt: skip
