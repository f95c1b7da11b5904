from messaging import wire


def test_a_deadline_never_travels_as_a_later_one() -> None:
    headers = wire.call_headers(correlation_id=None, deadline=1_764_374_400.0009)
    assert headers == {"nameko.deadline": "1764374400.000"}
