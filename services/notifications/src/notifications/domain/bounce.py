"""Which refusals say that nothing will ever arrive at an address, by the codes of RFC 3463."""

import re

# No such mailbox (5.1.1), no such domain (5.1.2), no such syntax (5.1.3), moved without an address (5.1.6), a domain
# that takes no mail (5.1.10), a mailbox that is disabled (5.2.1). Any other may be about us, or about this message.
_GONE = re.compile(r"(?<![\d.])5\.(1\.(1|2|3|6|10)|2\.1)(?![\d.]*\d)")


def names_no_mailbox(said: str) -> bool:
    """Whether what a server said, or the code alone, means that there is no such mailbox."""
    return _GONE.search(said) is not None
