"""A service's entry in the document, from its published state."""

from collections.abc import Mapping
from typing import Any

from catalog.application.published import State
from catalog.application.said import Said

Entry = dict[str, Any]


def service_entry(name: Entry, state: State, keys: Mapping[str, str]) -> Entry:
    """The entry; `keys` are those of the branches by id. What a row from an earlier release lacks gets its default."""
    said, screening, policy = Said(state), state["screening"], state["cancellation"]
    return {
        **name,
        "modality": state["modality"],
        "name": said.at("name", state["name"]),
        "discreet_name": said.at("discreet_name", state["discreet_name"]),
        "summary": said.at("summary", state["summary"]),
        "techniques": list(_techniques(state, said)),
        "best_for": [said.at(f"best_for.{index}", text) for index, text in enumerate(state["best_for"])],
        "preparation": said.at("preparation", state["preparation"]),
        "aftercare": said.at("aftercare", state["aftercare"]),
        "set_up_minutes": state["set_up_minutes"],
        "clean_up_minutes": state["clean_up_minutes"],
        "requirements": [_requirement(needed) for needed in state["requirements"]],
        "add_ons": [_add_on(add_on, f"add_ons.{index}", said) for index, add_on in enumerate(state["add_ons"])],
        "screening": screening
        and {
            "version": screening["version"],
            "questions": _questions(screening["questions"], "screening.questions", said),
        },
        "cancellation": {
            "free_until_hours": policy["free_until_hours"],
            "fee_percent": policy["fee_percent"],
            "no_show_fee_percent": policy.get("no_show_fee_percent", policy["fee_percent"]),
            "text": said.at("cancellation.text", policy.get("text")),
        },
        "offers": [_offer(offer, keys) for offer in state["offers"]],
    }


def _techniques(state: State, said: Said) -> list[Any]:
    ids = state["technique_ids"] or [None] * len(state["techniques"])
    names = [said.at(f"techniques.{index}", text) for index, text in enumerate(state["techniques"])]
    return [name if id_ is None else {"id": id_, "name": name} for id_, name in zip(ids, names, strict=True)]


def _requirement(needed: State) -> Entry:
    if needed["kind"] == "practitioner":
        licensed = {"licensed": True} if needed.get("licensed") else {}
        return {"kind": "practitioner", "skill": needed["skill"], "count": needed["count"], **licensed}
    if needed["kind"] == "room":
        return {"kind": "room", "room_kind": needed["room_kind"], "capacity": needed["capacity"]}
    return {"kind": needed["kind"], f"{needed['kind']}_kind": needed["unit_kind"], "count": needed["count"]}


def _add_on(state: State, path: str, said: Said) -> Entry:
    return {
        "id": state["id"],
        "name": said.at(f"{path}.name", state["name"]),
        "summary": said.at(f"{path}.summary", state["summary"]),
        "minutes": state["minutes"],
        "channel": state["channel"],
        "requirements": [_requirement(needed) for needed in state["requirements"]],
        "questions": _questions(state["questions"], f"{path}.questions", said),
    }


def _questions(questions: list[State], path: str, said: Said) -> list[Entry]:
    return [
        {"id": question["id"], "text": said.at(f"{path}.{index}.text", question["text"])}
        for index, question in enumerate(questions)
    ]


def _offer(state: State, keys: Mapping[str, str]) -> Entry:
    inherited = state.get("inherited", [])
    rules = ("minimum_notice_minutes", "horizon_days", "start_grid_minutes")
    return {
        "location": keys[state["location_id"]],
        "channel": state["channel"],
        **{name: state[name] for name in rules if name not in inherited},
        "durations": state["durations"],
        "add_ons": state.get("add_ons", []),
    }
