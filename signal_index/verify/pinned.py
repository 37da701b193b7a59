"""A key that was pinned in a file, with what follows on it beside it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from signal_index.proof import Quorum
from signal_index.verify.key_steps import judge_key_steps
from signal_index.verify.successions import (
    Chain,
    KeyUse,
    as_ledger_key,
    read_pinned,
)
from signal_index.verify.trust import Trust, names_file, parse_ledger_key


def read_trust(
    key: str,
    receipt_key: Path | None,
    earlier: Sequence[str],
    year: int | None,
    quorum: Quorum | None,
) -> Trust:
    """Read what is pinned: a key in a file has beside it what follows on it.

    Raises `SuccessionRefused` or `MalformedProof`.
    """
    successors: dict[KeyUse, Chain] = {}
    path, pinned = Path(key), None
    if names_file(key):
        successors[KeyUse.CHECKPOINT] = read_pinned(path, KeyUse.CHECKPOINT)
        pinned = as_ledger_key(successors[KeyUse.CHECKPOINT])
    if receipt_key is not None:
        successors[KeyUse.RECEIPT] = read_pinned(receipt_key, KeyUse.RECEIPT)
    judge_keys = partial(judge_key_steps, successors=successors)
    return Trust(
        pinned or parse_ledger_key(key), earlier, year, quorum, judge_keys=judge_keys
    )
