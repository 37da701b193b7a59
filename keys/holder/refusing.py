"""Take in whom the index says to refuse: durable, effective with the next request.

A list from the future is not taken: it would shut out every later one.
"""

from pydantic import ValidationError

from keys.errors import InvalidToken, SignatureInvalid
from keys.holder.admission import CLOCK_LEEWAY
from keys.holder.errors import RequestExpired, RequestMalformed, RequestUnsigned
from keys.holder.evaluations import Holder
from keys.refused import Refused, open_refused
from keys.wire import RefusedStatement


def take_refused(holder: Holder, body: bytes) -> int:
    """Take one `PUT /v1/refused` and give how many are refused, or raise.

    Raises a leaf of `RequestRefused` for what the index did not sign, for a list from
    the future and for one that is older than what counts.
    """
    said = _open(holder, body)
    if said.at > holder.now() + CLOCK_LEEWAY:
        raise RequestExpired
    holder.meter.take_refused(said)
    return len(said.accounts)


def _open(holder: Holder, body: bytes) -> Refused:
    try:
        asked = RefusedStatement.model_validate_json(body)
        now = holder.now()
        keys = holder.index_keys.list_between(now, now + CLOCK_LEEWAY)
        return open_refused(asked.statement, keys)
    except SignatureInvalid:
        raise RequestUnsigned from None
    except (InvalidToken, ValidationError):
        raise RequestMalformed from None
