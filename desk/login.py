"""Logging in and staying logged in: from the provider's tokens to a session.

1. `begin`: draw state, nonce and PKCE verifier, keep them sealed in a cookie.
2. `finish`: the state is the one of this browser, the answer comes from this issuer,
   the ID token carries our nonce, the access token is for the index and for a person of
   this organisation, and both name the same `sub`. Then, and only then, a session.
   One that lives in this browser is carried on where it is the same person's, so that
   no tab loses what it shows; another's is ended.
3. `renewed`: a session whose access token is about to end gets a fresh one, same `sub`.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from desk.errors import (
    LoginDenied,
    LoginExpired,
    LoginNeeded,
    LoginRefused,
    RenewalNeeded,
    SessionEnded,
    TokenInvalid,
)
from desk.login_states import LoginStates
from desk.provider import Prompt, Provider, Tokens, new_login_terms
from desk.sealing import CookieSecret
from desk.sessions import Session, Sessions, new_csrf_token
from desk.tokens import (
    AccessClaims,
    Person,
    TokenRules,
    verify_access_token,
    verify_id_token,
    verify_logout_token,
)

CALLBACK_PATH: Final = "/callback"
CLOCKS_DIFFER: Final = 30  # seconds
NOT_SILENT: Final = {"login_required", "interaction_required", "consent_required"}


@dataclass(frozen=True, slots=True, repr=False)
class LoginDone:
    """A login that led to a session: its cookie, and the page asked for."""

    cookie: CookieSecret
    return_to: str
    ended_former: bool = False
    """Whether another person's session lived in this browser until now."""


class Login:
    """The way in, and the way to a fresh access token."""

    def __init__(
        self,
        provider: Provider,
        sessions: Sessions,
        states: LoginStates,
        rules: TokenRules,
        *,
        base_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._provider = provider
        self._sessions = sessions
        self._states = states
        self._rules = rules
        self._redirect_uri = base_url + CALLBACK_PATH
        self._clock = clock

    async def begin(
        self, return_to: str, *, prompt: Prompt | None = None
    ) -> tuple[str, str]:
        """Start a login; give the cookie to set and the address to go to."""
        terms = new_login_terms()
        redirect_uri = self._redirect_uri
        url = await self._provider.login_url(terms, redirect_uri, prompt=prompt)
        return self._states.begin(terms, return_to, prompt), url

    async def finish(
        self,
        cookie: str,
        answer: Mapping[str, str],
        standing: CookieSecret | None,
    ) -> LoginDone:
        """Open a session from the provider's answer, or raise `LoginRefused`.

        `standing`: the session's cookie that this browser has already, if any.

        Where the provider was told to ask who it is, and says itself that it did not
        (`auth_time`, OpenID Connect Core 1.0, section 3.1.3.7), nobody is let in.
        Proven by tests/attack/test_login_is_bound_to_one_browser.py.
        """
        begun = self._states.take(cookie)
        terms = begun.terms
        if not hmac.compare_digest(answer.get("state", ""), terms.state):
            raise LoginExpired
        await self._check_issuer(answer)
        if answer.get("error") in NOT_SILENT:
            raise LoginNeeded
        if "code" not in answer:
            raise LoginDenied
        tokens = await self._provider.redeem(answer["code"], terms, self._redirect_uri)
        session = await self._to_session(tokens, terms.nonce)
        must_be_new = begun.prompt == "login"
        if (
            must_be_new
            and 0 < session.authenticated_at < begun.begun_at - CLOCKS_DIFFER
        ):
            raise TokenInvalid
        former = await self._find(standing)
        if standing is None or former is None:
            return LoginDone(await self._sessions.open(session), begun.return_to)
        if _is_same(former.person, session.person):
            await self._carry_on(standing, session, silently=begun.prompt == "none")
            return LoginDone(standing, begun.return_to)
        await self._sessions.end(standing)
        if begun.prompt == "none":
            raise SessionEnded  # a page of the one must not turn into the other's
        return LoginDone(
            await self._sessions.open(session), begun.return_to, ended_former=True
        )

    async def renewed(self, cookie: CookieSecret, session: Session) -> Session:
        """Give the session with an access token that still lives for a while.

        Raises `SessionEnded` when the provider gives no fresh one: then the person
        logs in again; `RenewalNeeded` where it gives no refresh tokens: then a visit
        to it that shows no page does.
        """
        if not session.needs_renewal(self._clock()):
            return session
        async with self._sessions.renewing(cookie):
            current, _ = await self._sessions.look_at(cookie)
            if not current.needs_renewal(self._clock()):
                return current
            return await self._renew(cookie, current)

    async def verify_bearer(self, token: str, clients: tuple[str, ...]) -> AccessClaims:
        """Check the access token of a case system's user, or raise `LoginRefused`."""
        keys = await self._provider.keys_for(token)
        return verify_access_token(
            token, keys, self._rules, clients=clients, now=self._clock()
        )

    async def log_out_at_provider(self, token: str) -> None:
        """End what the provider says was logged out, or raise `LoginRefused`."""
        keys = await self._provider.keys_for(token)
        said = verify_logout_token(token, keys, self._rules, now=self._clock())
        await self._sessions.end_at_provider(said.sub, said.sid, at=said.at)

    async def _find(self, cookie: CookieSecret | None) -> Session | None:
        try:
            return None if cookie is None else (await self._sessions.look_at(cookie))[0]
        except SessionEnded:
            return None

    async def _carry_on(
        self, cookie: CookieSecret, session: Session, *, silently: bool
    ) -> None:
        """Give a live session what the login brought; its pages stay its own.

        A login that asked nobody anything moves no limit.
        """
        async with self._sessions.renewing(cookie):
            former, _ = await self._sessions.look_at(cookie)
            fresh = replace(session, csrf=former.csrf)
            await self._sessions.renew(cookie, fresh, anew=not silently)

    async def _renew(self, cookie: CookieSecret, session: Session) -> Session:
        if session.refresh_token is None:
            raise RenewalNeeded
        try:
            tokens = await self._provider.refresh(session.refresh_token)
            claims = await self._access_claims(tokens.access_token)
        except LoginRefused:
            await self._sessions.end(cookie)
            raise SessionEnded from None
        if claims.person.sub != session.person.sub:
            await self._sessions.end(cookie)
            raise SessionEnded
        fresh = replace(
            session,
            person=replace(claims.person, name=session.person.name),
            access_token=tokens.access_token,
            access_expires_at=claims.expires_at,
            refresh_token=tokens.refresh_token or session.refresh_token,
            id_token=tokens.id_token or session.id_token,
        )
        await self._sessions.renew(cookie, fresh)
        return fresh

    async def _to_session(self, tokens: Tokens, nonce: str) -> Session:
        if tokens.id_token is None:
            raise TokenInvalid
        keys = await self._provider.keys_for(tokens.id_token)
        opened = verify_id_token(
            tokens.id_token, keys, self._rules, nonce=nonce, now=self._clock()
        )
        claims = await self._access_claims(tokens.access_token)
        if opened.get("sub") != claims.person.sub:
            raise TokenInvalid
        name = str(opened.get(self._rules.claims.name) or claims.person.name)
        return Session(
            person=replace(claims.person, name=name),
            csrf=new_csrf_token(),
            access_token=tokens.access_token,
            access_expires_at=claims.expires_at,
            refresh_token=tokens.refresh_token,
            id_token=tokens.id_token,
            authenticated_at=_read_moment(opened.get("auth_time")),
            provider_session=_read_sid(opened.get("sid")),
        )

    async def _access_claims(self, token: str) -> AccessClaims:
        return await self.verify_bearer(token, (self._rules.client_id,))

    async def _check_issuer(self, answer: Mapping[str, str]) -> None:
        metadata = await self._provider.metadata()
        stated = answer.get("iss")
        needed = metadata.authorization_response_iss_parameter_supported
        if stated != metadata.issuer and (needed or stated is not None):
            raise LoginDenied


def _is_same(one: Person, other: Person) -> bool:
    return (one.sub, one.organisation) == (other.sub, other.organisation)


def _read_sid(sid: object) -> str | None:
    """Read `sid` (OpenID Connect Back-Channel Logout 1.0, section 2.1)."""
    return sid if isinstance(sid, str) and sid else None


def _read_moment(auth_time: object) -> int:
    """Read `auth_time` (OpenID Connect Core 1.0, section 2); 0 where there is none."""
    known = isinstance(auth_time, int) and not isinstance(auth_time, bool)
    return int(auth_time) if known else 0  # type: ignore[call-overload]  # an int
