"""Who is measured when."""

from benchmarks.rounds import in_turn, medians


def test_every_side_is_measured_once_a_round_and_each_begins_in_its_turn() -> None:
    order: list[str] = []

    def side(name: str) -> float:
        order.append(name)
        return float(len(order))

    measured = in_turn({"a": lambda _: side("a"), "b": lambda _: side("b")}, rounds=3)
    assert "".join(order) == "abbaab"
    assert measured == {"a": [1.0, 4.0, 5.0], "b": [2.0, 3.0, 6.0]}


def test_a_side_is_told_the_round() -> None:
    assert in_turn({"a": float}, rounds=3) == {"a": [0.0, 1.0, 2.0]}


def test_one_slow_round_does_not_move_the_median() -> None:
    assert medians({"a": [1.0, 90.0, 2.0]}) == {"a": 2.0}
