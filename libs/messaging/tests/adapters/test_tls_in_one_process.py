"""In the embedded default asyncio's side can speak TLS: a mail server or an SMS provider asks for it."""

import subprocess
import sys

TRIAL = """
from messaging.green import patch
patch(asyncio_hub=True)
import asyncio, ssl
from eventlet.asyncio import spawn_for_awaitable

async def no_tls(reader, writer):
    writer.write(b"220 not what you hoped for\\r\\n" * 40)
    await writer.drain()
    await reader.read(100)
    writer.close()

async def main():
    server = await asyncio.start_server(no_tls, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        await asyncio.open_connection("127.0.0.1", port, ssl=ssl.create_default_context())
    except ssl.SSLError as error:  # the handshake was tried; a TypeError would say that the context was refused
        print("tried", error.reason)
    server.close()

spawn_for_awaitable(main()).wait()
"""


def test_asyncio_takes_the_contexts_that_libraries_make() -> None:
    done = subprocess.run([sys.executable, "-c", TRIAL], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("tried")
