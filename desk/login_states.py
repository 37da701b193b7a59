"""A login under way: sealed in the browser's own cookie, kept nowhere else.

Whoever begins a login costs the desk no row and no disk. The seal is the desk's own,
so that no browser makes one up; it counts for ten minutes. The provider takes each code
once, and the cookie goes when the login is done.

Proven by tests/attack/test_login_is_bound_to_one_browser.py.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from desk.errors import DatabaseRefused, LoginExpired
from desk.own_seal import OwnSeal
from desk.provider import LoginTerms, Prompt
from keys.base64url import decode_b64u, encode_b64u

LOGIN_LIFETIME: Final = timedelta(minutes=10)
_USE: Final = b"login under way"


@dataclass(frozen=True, slots=True, repr=False)
class LoginBegun:
    """One login under way: its secrets, where it leads to, and since when."""

    terms: LoginTerms
    return_to: str
    begun_at: int
    prompt: Prompt | None
    """What the provider was told to show."""


class LoginStates:
    """Seals and opens logins under way."""

    def __init__(self, seal: OwnSeal, clock: Callable[[], datetime]) -> None:
        self._seal = seal
        self._clock = clock

    def begin(self, terms: LoginTerms, return_to: str, prompt: Prompt | None) -> str:
        """Give the value of the cookie that carries a login's secrets."""
        about = {"return_to": return_to, "prompt": prompt, "begun_at": self._now()}
        return encode_b64u(self._seal.seal(asdict(terms) | about, _USE))

    def take(self, cookie: str) -> LoginBegun:
        """Give a login's secrets, or raise `LoginExpired`."""
        try:
            opened = self._seal.open(decode_b64u(cookie), _USE)
        except (ValueError, DatabaseRefused):
            raise LoginExpired from None
        return_to, prompt = str(opened.pop("return_to")), opened.pop("prompt")
        begun_at = int(opened.pop("begun_at"))
        if begun_at < self._now() - int(LOGIN_LIFETIME.total_seconds()):
            raise LoginExpired
        return LoginBegun(LoginTerms(**opened), return_to, begun_at, prompt)

    def _now(self) -> int:
        return int(self._clock().timestamp())
