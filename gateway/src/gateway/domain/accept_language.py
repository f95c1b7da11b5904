"""Which languages a reader asks for, by the header that says so (RFC 9110, 12.5.4)."""


def accepted(header: str, *, most: int) -> list[str]:
    """Return the language tags of the header's first `most` parts, the best first. Empty: any will do."""
    weighed = []
    for part in header.split(",")[:most]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if weight > 0 and tag.isascii() and tag.replace("-", "").isalnum():
            weighed.append((weight, tag[:35]))
    return [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]
