"""Who may treat: anyone, a woman or a man, one by name; and which languages they should speak."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.web.languages import Language
from gateway.web.presenters.choice import GENDERS, Choice
from gateway.web.presenters.people import TWO, Person, Row, people_of, rows_of

People = Sequence[Mapping[str, Any]]


def rows_with_wishes(people: People, *, guests: int, choice: Choice, language: Language) -> list[Row]:
    """By whom, with what may be wished of whoever it is: of two guests a row for each, and one language for both."""
    if guests == TWO:
        rows = rows_of(people, guests=guests, choice=choice, language=language)
        rows = [replace(row, people=_with_genders(row, people, choice=choice, language=language)) for row in rows]
        all_named = bool(choice.practitioner and choice.second)
    else:
        hands = hands_of(people, choice=choice, language=language)
        rows = [Row(key="person", label=language.text("With"), people=hands)]
        all_named = bool(choice.practitioner)
    spoken = [] if all_named else languages_of(people, choice=choice, language=language)
    rows = [*rows, Row(key="speaks", label=language.text("Who speaks"), people=spoken)]
    return [row for row in rows if row.people]


def _with_genders(row: Row, people: People, *, choice: Choice, language: Language) -> list[Person]:
    """One of two guests' row, with the genders that some of the practitioners say."""
    wish = "gender" if row.key == "practitioner" else "gender2"
    wished = getattr(choice, wish)
    anyone, *rest = (
        Person(
            id=one.id,
            name=one.name,
            chosen=one.chosen and not (one.id is None and wished),
            address=choice.address("when", **{row.key: one.id, wish: None}),
        )
        for one in row.people
    )
    genders = [
        Person(
            id=gender,
            name=in_a_word(gender, language),
            chosen=wished == gender,
            address=choice.address("when", **{row.key: None, wish: gender}),
        )
        for gender in GENDERS
        if any(person.get("gender") == gender for person in people)
    ]
    return [anyone, *genders, *rest]


def hands_of(people: People, *, choice: Choice, language: Language) -> list[Person]:
    """The practitioners to choose from, and between "anyone" and them the genders that some of them say."""
    named = people_of(people, choice=choice, language=language)
    if not named:
        return []
    anyone, *rest = (
        Person(id=one.id, name=one.name, chosen=one.chosen, address=choice.address("when", **_only(one.id)))
        for one in named
    )
    if choice.gender:
        anyone = Person(id=None, name=anyone.name, chosen=False, address=anyone.address)
    genders = [
        Person(
            id=gender,
            name=in_a_word(gender, language),
            chosen=choice.gender == gender,
            address=choice.address("when", practitioner=None, gender=gender),
        )
        for gender in GENDERS
        if any(person.get("gender") == gender for person in people)
    ]
    return [anyone, *genders, *rest]


def languages_of(people: People, *, choice: Choice, language: Language) -> list[Person]:
    """Any language, then each that some of them speak and not all; empty where there is nothing to choose."""
    spoken = [set(person.get("languages") or ()) for person in people]
    some = sorted(set().union(*spoken) - set.intersection(*spoken)) if spoken else []
    if not some:
        return []
    listed = sorted((name_of(each, language), each) for each in some)
    return [
        Person(
            id=None,
            name=language.text("Any language"),
            chosen=choice.spoken is None,
            address=choice.address("when", spoken=None),
        ),
        *(
            Person(id=each, name=name, chosen=each == choice.spoken, address=choice.address("when", spoken=each))
            for name, each in listed
        ),
    ]


def in_a_word(gender: str, language: Language) -> str:
    """ "A woman"."""
    return language.text("A woman") if gender == "female" else language.text("A man")


def name_of(code: str, language: Language) -> str:
    """ "Portuguese"; a code that has no name stays what it is."""
    name = str(language.locale.languages.get(code, code))
    return name[:1].upper() + name[1:]


def wished_in_words(choice: Choice, language: Language) -> str:
    """ "A woman, Portuguese"; empty where nothing is wished for."""
    wished = [in_a_word(choice.gender, language)] if choice.gender else []
    return ", ".join([*wished, *([name_of(choice.spoken, language)] if choice.spoken else [])])


def possible(choice: Choice, people: People, *, guests: int) -> dict[str, Any]:
    """What of the wishes somebody here could meet; the rest counts as not wished, as does all beside a name."""
    two = guests == TWO
    all_named = choice.practitioner and (choice.second or not two)
    genders = {person.get("gender") for person in people}
    spoken = {each for person in people for each in person.get("languages") or ()}
    return {
        "gender": choice.gender if choice.gender in genders and not choice.practitioner else None,
        "gender2": choice.gender2 if two and choice.gender2 in genders and not choice.second else None,
        "spoken": choice.spoken if choice.spoken in spoken and not all_named else None,
    }


def wish_kept_in(hold: Mapping[str, Any]) -> dict[str, Any]:
    """The wishes that a hold was made with, as the page's own fields; of two guests, each one's own."""
    guests = hold.get("guests") or ()
    theirs = [guest.get("preferences") or {} for guest in guests]
    kept = hold.get("preferences") or next(iter(theirs), {})
    second = theirs[1] if len(theirs) == TWO else {}
    languages = kept.get("languages") or second.get("languages") or ()
    return {
        **({"gender": kept["gender"]} if kept.get("gender") else {}),
        **({"gender2": second["gender"]} if second.get("gender") else {}),
        **({"spoken": languages[0]} if languages else {}),
    }


def _only(practitioner: str | None) -> dict[str, str | None]:
    """Whoever is named is named alone: what is wished of anyone else goes."""
    cleared: dict[str, str | None] = {"practitioner": practitioner, "gender": None}
    return {**cleared, "spoken": None} if practitioner else cleared
