"""The clients' HTTP."""

import pytest

from benchmarks.wire import Form, Unexpected, parsed, request


def test_an_answer_is_read_when_it_is_whole_and_not_before() -> None:
    whole = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-Other: 9\r\n\r\n{}"
    for size in range(len(whole)):
        assert parsed(whole[:size]) is None
    answer = parsed(whole)
    assert answer is not None
    assert (answer.status, answer.body, answer.json()) == (201, b"{}", {})


def test_an_answer_that_does_not_say_how_long_it_is_stops_the_run() -> None:
    with pytest.raises(Unexpected):
        parsed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")


def test_a_request_carries_its_body_as_json() -> None:
    sent = request("host:1", "POST", "/v1/holds", {"a": 1}, {"Idempotency-Key": "k"})
    assert sent == (
        b"POST /v1/holds HTTP/1.1\r\nHost: host:1\r\nIdempotency-Key: k\r\n"
        b'Content-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1}'
    )


def test_a_request_without_a_body_ends_with_its_head() -> None:
    assert request("host:1", "GET", "/") == b"GET / HTTP/1.1\r\nHost: host:1\r\n\r\n"


def test_a_form_is_sent_as_a_browser_sends_it() -> None:
    sent = request("host:1", "POST", "/", Form({"name": "Ana Moreau"}))
    assert sent.endswith(
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 15\r\n\r\nname=Ana+Moreau"
    )


def test_a_header_is_found_whatever_its_case() -> None:
    answer = parsed(b"HTTP/1.1 302 Found\r\nLocation: /there\r\ncontent-length: 0\r\n\r\n")
    assert answer is not None
    assert answer.header("location") == "/there"
    assert answer.header("cookie") == ""
