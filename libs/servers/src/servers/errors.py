"""What can go wrong with a server of ours, in words for the person at the terminal."""


class ServerFailed(Exception):
    """A server did not start, stop or answer; the message says which one and what it wrote last."""


class ProgramMissing(ServerFailed):
    """A server's program is not on this machine; the message says what to install."""
