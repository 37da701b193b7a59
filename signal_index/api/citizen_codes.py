"""Codes of citizens' rights, read by hand; until its routes are read by models."""

from __future__ import annotations

from collections.abc import Mapping

from signal_index.errors import CallerNotAllowed
from signal_index.notice import InvalidField, parse_slug
from signal_index.store.scope import OfficerScope


def verify_whole_municipality(scope: OfficerScope) -> None:
    """Raise `CallerNotAllowed` for an officer of only one organisation of it."""
    if scope.organisation is not None:
        raise CallerNotAllowed


def parse_code(value: object, field: str, codes: Mapping[str, object]) -> str:
    """Read a code of one of the catalogue's closed lists, or raise `InvalidField`."""
    code = parse_slug(value, field)
    if code not in codes:
        raise InvalidField(field, "unknown-code")
    return code
