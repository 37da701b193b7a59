"""What a citizen was told, for as long as they read it: in memory, sealed.

One login is one view: the number was there for the request that ended the login, and
is nowhere after it. What the index told is kept sealed under a secret that the cookie
of one browser alone holds, under a name that is a hash of it: a process that is
searched has the one, a computer that is left behind the other.

- It is gone after 15 minutes without use, after 30 in any case, and at every logout.
- Memory is bounded: of too many the oldest goes, and its citizen logs in again.
- One process keeps them: a second one behind the same address would not find them.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError

from desk.errors import SessionEnded
from desk.sealing import CookieSecret
from portal.errors import NotLoggedIn
from signal_index.wire.citizen_reports import OwnView

UNUSED: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(minutes=30)
MOST: Final = 500
"""Views at once: at most half a gigabyte."""


@dataclass(frozen=True, slots=True, repr=False)
class PersonPaper:
    """What holders proved of the number that logged in, and the code that opens it.

    Together, and with the number, they give the pseudonym: sealed like the view, and
    the citizen's to keep apart.
    """

    file: str
    code: str


@dataclass(frozen=True, slots=True, repr=False)
class _Kept:
    sealed: bytes
    since: datetime
    used: datetime


class Views:
    """The views that are being read. Prints as `<Views>`."""

    def __init__(self, clock: Callable[[], datetime], most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()

    def __repr__(self) -> str:
        """Show the type, never what is kept."""
        return "<Views>"

    def keep(self, view: OwnView, paper: PersonPaper) -> CookieSecret:
        """Keep a view, and give what opens it: it stands in the cookie alone."""
        self._forget_old()
        now, secret = self._clock(), CookieSecret.new()
        sealed = secret.seal(_write(view, paper))
        self._kept[secret.row_id] = _Kept(sealed, now, now)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return secret

    def get(self, cookie: str | None) -> OwnView:
        """Give the view that this cookie opens, or raise `NotLoggedIn`."""
        return self.open(cookie)[0]

    def open(self, cookie: str | None) -> tuple[OwnView, PersonPaper]:
        """Give the view and whose it is, or raise `NotLoggedIn`."""
        self._forget_old()
        try:
            secret = CookieSecret.parse(cookie or "")
            kept = self._kept[secret.row_id]
            said = secret.open(kept.sealed)
            told = {**said["view"], "padding": ""}
            view = OwnView.model_validate(told, strict=False)
            paper = PersonPaper(**said["paper"])
        except (SessionEnded, KeyError, ValidationError):
            raise NotLoggedIn from None
        self._kept[secret.row_id] = replace(kept, used=self._clock())
        return view, paper

    def put(self, cookie: str | None, view: OwnView) -> None:
        """Keep a view anew in the place of the one that this cookie opens.

        It lasts no longer for it. Raises `NotLoggedIn`.
        """
        _, paper = self.open(cookie)
        secret = CookieSecret.parse(cookie or "")
        kept = self._kept[secret.row_id]
        sealed = secret.seal(_write(view, paper))
        self._kept[secret.row_id] = replace(kept, sealed=sealed)

    def end(self, cookie: str | None) -> None:
        """Forget the view that this cookie opens, if there is one."""
        try:
            self._kept.pop(CookieSecret.parse(cookie or "").row_id, None)
        except SessionEnded:
            return

    def _forget_old(self) -> None:
        now = self._clock()
        for name, one in [*self._kept.items()]:
            if now >= min(one.since + LONGEST, one.used + UNUSED):
                del self._kept[name]


def _write(view: OwnView, paper: PersonPaper) -> dict[str, object]:
    said = view.model_dump(mode="json", exclude={"padding"})
    return {"view": said, "paper": {"file": paper.file, "code": paper.code}}
