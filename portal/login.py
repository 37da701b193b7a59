"""Logging in at the broker: each time anew, and ended with the view that it opened.

- The broker is told to ask who it is (`prompt=login`, `max_age=0`) and must say that it
  did (`auth_time`): who sat at this computer before is nobody's way in.
- State, nonce and PKCE verifier are sealed in the browser's own cookie, under a key
  that this process drew at its start and keeps nowhere.
- What the broker's token says is read and forgotten: no token is kept.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from joserfc.jwk import Key

from desk.errors import LoginRefused, ProviderUnreachable
from desk.login_states import LoginStates
from desk.own_seal import OwnSeal
from desk.provider import Provider, new_login_terms
from desk.settings import ClaimNames
from desk.tokens import TokenRules, verify_id_token
from portal.citizen import Citizen, read_citizen
from portal.errors import LoginFailed, LoginTooOld, NoAnswer
from portal.settings import BrokerSettings

CALLBACK: Final = "/terug"
CLOCKS_DIFFER: Final = 30
"""Seconds between the broker's clock and ours."""
_KEY_BYTES: Final = 32


class Login:
    """The way in: to the broker and back."""

    def __init__(
        self,
        provider: Provider,
        broker: BrokerSettings,
        number_key: Key | None,
        *,
        base_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._provider = provider
        self._broker = broker
        self._number_key = number_key
        self._redirect_uri = base_url + CALLBACK
        self._clock = clock
        self._states = LoginStates(OwnSeal(secrets.token_bytes(_KEY_BYTES)), clock)
        self._rules = TokenRules(
            issuer=broker.issuer,
            client_id=broker.client_id,
            audience="",
            organisation="",
            algorithms=broker.token_algorithms,
            claims=ClaimNames(),
        )

    async def begin(self) -> tuple[str, str]:
        """Start a login; give the cookie to set and the address to go to.

        Raises `NoAnswer`.
        """
        terms = new_login_terms()
        levels = {"acr_values": " ".join(self._broker.levels)}
        try:
            url = await self._provider.login_url(
                terms, self._redirect_uri, prompt="login", more=levels
            )
        except ProviderUnreachable:
            raise NoAnswer from None
        return self._states.begin(terms, "/", "login"), url

    async def finish(self, cookie: str, answer: Mapping[str, str]) -> Citizen:
        """Give who logged in, or raise a leaf of `LoginFailed`, or `NoAnswer`."""
        try:
            begun = self._states.take(cookie)
            if not hmac.compare_digest(answer.get("state", ""), begun.terms.state):
                raise LoginFailed
            await self._verify_issuer(answer)
            code = answer.get("code")
            if code is None:
                raise LoginFailed
            tokens = await self._provider.redeem(code, begun.terms, self._redirect_uri)
            if tokens.id_token is None:
                raise LoginFailed
            claims = verify_id_token(
                tokens.id_token,
                await self._provider.keys_for(tokens.id_token),
                self._rules,
                nonce=begun.terms.nonce,
                now=self._clock(),
            )
        except ProviderUnreachable:
            raise NoAnswer from None
        except LoginRefused:
            raise LoginFailed from None
        asked_at = claims.get("auth_time")
        if not isinstance(asked_at, int) or asked_at < begun.begun_at - CLOCKS_DIFFER:
            raise LoginTooOld
        return read_citizen(claims, self._broker, self._number_key)

    async def _verify_issuer(self, answer: Mapping[str, str]) -> None:
        metadata = await self._provider.metadata()
        stated = answer.get("iss")
        needed = metadata.authorization_response_iss_parameter_supported
        if stated != metadata.issuer and (needed or stated is not None):
            raise LoginFailed
