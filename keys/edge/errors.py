"""What the edge refuses; facts about how a request came, never about what it held.

    EdgeRefused
    ├── HeadTooLarge         431  more than a request may have beside its body
    ├── BodyTooLarge         413  more bytes than this address takes
    ├── TooSlow              408  fewer bytes a second than a request must have
    ├── NotHttp              400  no HTTP/1.1, or too many requests that wait in a row
    └── ComeAgain                 there is no room now; says when there may be
        ├── TooManyAtOnce    429  one address has its share already
        ├── TooOften         429  one address, or one account, asked too often
        └── Busy             503  all of it is taken

`title` says each to a person. `CannotListen` stands apart: a service that would begin
in the open does not begin.
"""

import json
import math
from collections.abc import Mapping
from typing import ClassVar


class CannotListen(Exception):
    """A service may not serve there; the message names the setting."""


class TooFewFiles(CannotListen):
    """The system allows this process fewer files than its limits can need."""


class EdgeRefused(Exception):
    """A request that nobody read; `title` says why, to a person."""

    status: ClassVar[int]
    title: ClassVar[str]

    @property
    def headers(self) -> Mapping[str, str]:
        """What the answer says beside its status."""
        return {}

    @property
    def body(self) -> bytes:
        """The problem that says so (RFC 9457)."""
        told = {"type": "about:blank", "title": self.title, "status": self.status}
        return json.dumps(told, ensure_ascii=False).encode()


class HeadTooLarge(EdgeRefused):
    """The head of the request, and what else is not its body, is too large."""

    status = 431
    title = "De koppen van dit verzoek zijn te groot."


class BodyTooLarge(EdgeRefused):
    """The body has more bytes than is taken here."""

    status = 413
    title = "Dit verzoek is te groot."

    @property
    def headers(self) -> Mapping[str, str]:
        """The connection ends: the rest of the body would stand before what follows."""
        return {"connection": "close"}


class TooSlow(EdgeRefused):
    """The request came too slowly."""

    status = 408
    title = "Dit verzoek kwam te langzaam binnen."


class NotHttp(EdgeRefused):
    """What was sent is no request that this server reads."""

    status = 400
    title = "Dit is geen geldig HTTP-verzoek."


class ComeAgain(EdgeRefused):
    """There is no room for this now."""

    def __init__(self, seconds: float = 1) -> None:
        super().__init__()
        self.seconds = max(1, math.ceil(seconds))

    @property
    def headers(self) -> Mapping[str, str]:
        """After how many seconds there may be room."""
        return {"retry-after": str(self.seconds)}


class TooManyAtOnce(ComeAgain):
    """Who asks has as much under way as one may have."""

    status = 429
    title = "U vraagt te veel tegelijk."


class TooOften(ComeAgain):
    """Who asks did so, or was refused, too often in a while."""

    status = 429
    title = "U vraagt te veel in korte tijd."


class Busy(ComeAgain):
    """The service has as much under way as it can."""

    status = 503
    title = "Het is nu te druk."
