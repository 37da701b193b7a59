"""The public keys of an OpenID provider, through its own discovery document.

- Kept for ten minutes, by a clock that nobody sets back; an unknown `kid` has them read
  again, at most once in 30 s, so that a stranger's tokens cannot make us knock at the
  provider's door.
- The document must name the issuer it was asked from, and its keys must be fetched
  over https (http only on loopback).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import TypeAdapter, ValidationError

from signal_index.errors import CallerUnknown
from signal_index.settings import SecureUrl

KEPT_SECONDS: Final = 600.0
ASK_AGAIN_SECONDS: Final = 30.0
_TIMEOUT: Final = 5.0
_SECURE: Final[TypeAdapter[str]] = TypeAdapter(SecureUrl)


@dataclass(frozen=True, slots=True)
class _Known:
    keys: KeySet
    read_at: float


class DiscoveredKeys:
    """Reads and keeps the keys of issuers; see `tokens.IssuerKeys`."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        count_seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._client = client
        self._count_seconds = count_seconds
        self._known: dict[str, _Known] = {}
        self._lock = asyncio.Lock()

    async def get_keys(self, issuer: str, kid: str | None) -> KeySet:
        """Give the issuer's keys, or raise `CallerUnknown` when they cannot be had."""
        known = self._known.get(issuer)
        if known is None or self._is_old(known, kid):
            async with self._lock:
                known = self._known.get(issuer)
                if known is None or self._is_old(known, kid):
                    known = _Known(await self._discover(issuer), self._count_seconds())
                    self._known[issuer] = known
        return known.keys

    def _is_old(self, known: _Known, kid: str | None) -> bool:
        age = self._count_seconds() - known.read_at
        if age >= KEPT_SECONDS:
            return True
        has_key = any(key.kid == kid for key in known.keys.keys)
        return not has_key and age >= ASK_AGAIN_SECONDS

    async def _discover(self, issuer: str) -> KeySet:
        path = "/.well-known/openid-configuration"
        document = await self._read(issuer.rstrip("/") + path)
        if document.get("issuer") != issuer:
            raise CallerUnknown
        try:
            address = _SECURE.validate_python(document.get("jwks_uri"))
            return KeySet.import_key_set({"keys": _usable(await self._read(address))})
        except (ValidationError, JoseError, ValueError, TypeError, KeyError) as error:
            raise CallerUnknown from error

    async def _read(self, address: str) -> dict[str, Any]:
        try:
            answer = await self._client.get(address, timeout=_TIMEOUT)
            answer.raise_for_status()
            document = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise CallerUnknown from error
        if not isinstance(document, dict):
            raise CallerUnknown
        return document


def _usable(document: dict[str, Any]) -> list[Any]:
    return [key for key in document["keys"] if key.get("use", "sig") == "sig"]
