"""A stack with two of everything that guests' bookings and messages go through, and receivers of our own."""

from collections.abc import Iterator

import pytest

from tests.outside.backstage import Backstage
from tests.outside.platform import running
from tests.outside.receivers import Receivers
from tests.outside.stack import StackPlatform

TWO_OF_EACH = {"gateway": 2, "booking": 2, "notifications": 2, "notifications-sender": 2}


@pytest.fixture(scope="module")
def receivers() -> Iterator[Receivers]:
    """A mail server and a text message gateway that share no code with the product."""
    backstage, made = Backstage(), Receivers()
    backstage.do(made.open())
    yield made
    backstage.do(made.close())
    backstage.close()


@pytest.fixture(scope="module")
def scaled(tmp_path_factory: pytest.TempPathFactory, receivers: Receivers) -> Iterator[StackPlatform]:
    """The stack whose messages go to the receivers."""
    settings = {
        "SLOTWELL_SMTP_URL": f"smtp://127.0.0.1:{receivers.mail_port}",
        "SLOTWELL_SMS_URL": f"http://127.0.0.1:{receivers.text_port}/sms",
        # Short, so that nobody has to wait half a minute for what a killed sender had in hand.
        "SLOTWELL_SENDER_LEASE_SECONDS": "9",
    }
    yield from running(StackPlatform(tmp_path_factory.mktemp("scaled"), scale=TWO_OF_EACH, **settings))
