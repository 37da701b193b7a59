"""What `/.well-known/security.txt` says (RFC 9116): whom to tell of a hole.

Who runs a service says both in its settings; neither has a default, since a report
that is sent to an example reaches nobody. After its day the text no longer holds.
"""

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

_CONTACT = r"^(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+[0-9-]{6,20})$"

SecurityContact = Annotated[str, StringConstraints(pattern=_CONTACT, max_length=200)]
"""Where to report, as the RFC writes it: `mailto:`, `https://` or `tel:`."""


def make_security_text(contact: str, expires: date) -> str:
    """Give the text; it holds until the end of that day (UTC)."""
    return (
        f"Contact: {contact}\n"
        f"Expires: {expires.isoformat()}T23:59:59Z\n"
        "Preferred-Languages: nl, en\n"
    )
