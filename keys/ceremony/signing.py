"""A holder's signed statements: of one kind, about one ceremony, by its config key.

A holder's index is its place among the cards of ceremony.json: never what a message
says of itself.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from keys.ceremony.documents import (
    Blame,
    Commit,
    Done,
    HandOver,
    Message,
    encode,
    parse_file,
)
from keys.ceremony.errors import CeremonyForged, CeremonyMalformed, CeremonyMixed
from keys.ceremony.plan import Plan
from keys.errors import InvalidToken
from keys.jose import PrivateKey, PublicKey, open_compact, sign_compact

Statement = TypeVar("Statement", Commit, Message, Blame, Done, HandOver)
_TYPES: Final[Mapping[type, str]] = {
    Commit: "signal-ceremony-commit+json",
    Message: "signal-ceremony-message+json",
    Blame: "signal-ceremony-blame+json",
    Done: "signal-ceremony-done+json",
    HandOver: "signal-ceremony-hand-over+json",
}


def sign_statement(
    key: PrivateKey, statement: Commit | Message | Blame | Done | HandOver
) -> str:
    """Sign a statement with a holder's config key."""
    return sign_compact(key, _TYPES[type(statement)], json.loads(encode(statement)))


def open_statement(
    model: type[Statement], plan: Plan, token: str, name: str
) -> Statement:
    """Give what a holder of this ceremony signed, or raise `CeremonyRefused`.

    `name` is the file's, for a person who must find it.
    """

    def find_key(claims: Mapping[str, Any]) -> PublicKey:
        index = claims.get("index")
        if not isinstance(index, int) or index not in plan.session.indexes:
            raise CeremonyMalformed(f"{name}: names no holder of this ceremony")
        return plan.card(index).config_key

    try:
        claims = open_compact(token, _TYPES[model], find_key)
    except InvalidToken:
        raise CeremonyForged(
            f"{name}: not as the holder that it names signed it"
        ) from None
    statement = parse_file(model, json.dumps(claims).encode(), name)
    if statement.ceremony != plan.digest:
        raise CeremonyMixed(f"{name}: of another ceremony, or of an earlier try")
    return statement
