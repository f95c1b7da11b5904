"""The tools that break lines must break them as they say: a fault that never happened proves nothing."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.outside.proxy import Proxy
from tests.outside.receivers import Receivers

pytestmark = pytest.mark.anyio


@pytest.fixture
async def echo() -> AsyncIterator[tuple[Proxy, list[bytes]]]:
    """A proxy before a server that answers what it is told; the list is what it was told."""
    told: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(1000):
                told.append(data)
                writer.write(data)
        writer.transport.abort()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    proxy = Proxy(server.sockets[0].getsockname()[1])
    await proxy.open()
    yield proxy, told
    await proxy.down()
    server.close()


async def say(proxy: Proxy, words: bytes, *, within: float = 5) -> bytes:
    """Say something over a new line and return the answer; empty if the line was cut."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(words)
    try:
        return await asyncio.wait_for(reader.read(1000), within)
    except ConnectionError:
        return b""
    finally:
        await hang_up(writer)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close a line and see it closed."""
    writer.transport.abort()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def test_an_open_line_carries_both_ways(echo: tuple[Proxy, list[bytes]]) -> None:
    assert await say(echo[0], b"hello") == b"hello"


async def test_a_line_that_is_down_refuses_and_comes_back_at_the_same_address(
    echo: tuple[Proxy, list[bytes]],
) -> None:
    proxy, _ = echo
    await proxy.down()
    with pytest.raises(ConnectionRefusedError):
        await say(proxy, b"hello")
    await proxy.open()
    assert await say(proxy, b"hello") == b"hello"


async def test_a_line_silent_towards_the_client_tells_the_server_and_answers_when_it_heals(
    echo: tuple[Proxy, list[bytes]],
) -> None:
    proxy, told = echo
    await proxy.silent(to_server=False)
    answer = asyncio.create_task(say(proxy, b"hello"))
    while not told:  # noqa: ASYNC110 - the server is another loop's business in earnest
        await asyncio.sleep(0.01)
    assert not answer.done()
    await proxy.open()
    assert await answer == b"hello"


@pytest.mark.parametrize("swallow", [True, False])
async def test_a_cut_commit_reaches_the_server_or_not_and_is_never_answered(
    echo: tuple[Proxy, list[bytes]], swallow: bool
) -> None:
    proxy, told = echo
    await proxy.cut_commits(1, swallow=swallow)
    assert await say(proxy, b"BEGIN\x00") == b"BEGIN\x00"
    assert await say(proxy, b"Q\x00\x00\x00\x0bCOMMIT\x00") == b""
    assert len(told) == (2 if swallow else 1)
    assert proxy.commits_cut == 1
    assert await say(proxy, b"Q\x00\x00\x00\x0bCOMMIT\x00") != b""


async def test_a_text_message_that_is_repeated_under_its_key_is_delivered_once() -> None:
    receivers = Receivers()
    await receivers.open()
    body = b'{"key": "a:1:confirmation:sms", "to": "+33199001234", "text": "hello"}'
    request = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    answers = [await say(Proxy(0, port=receivers.text_port), request) for _ in range(2)]
    assert all(b"200" in answer for answer in answers)
    assert len(receivers.received) == 1
    await receivers.close()


async def test_a_receiver_that_takes_and_hangs_up_has_the_message_and_says_nothing() -> None:
    receivers = Receivers(mail="takes_and_hangs_up")
    await receivers.open()
    mail = b"EHLO x\r\nRCPT TO:<a@example.com>\r\nDATA\r\nMessage-ID: <b.1.confirmation.email@x>\r\n\r\nhi\r\n.\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", receivers.mail_port)
    writer.write(mail)
    said = b""
    try:
        while piece := await reader.read(1000):
            said += piece
    except ConnectionError:
        pass
    await hang_up(writer)
    assert b"250 taken" not in said
    assert [message.key for message in receivers.received] == ["b.1.confirmation.email@x"]
    await receivers.close()
