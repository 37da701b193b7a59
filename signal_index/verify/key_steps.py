"""Judges what a ledger says of keys: each step shown, each ceremony by its record.

Beside the tiles lie, for whoever may read entries: `key-steps`, with the opened group
`what` of each entry of kind `key`, and `ceremonies/HEX.json`, the records by SHA-256 of
their transcript. What must hold:

1. each such entry of the tree has its text, and it is the one that was recorded; or all
   of them were erased, with their year;
2. each transcript that a text names has a record, and that holds;
3. what the text says of version, epoch and config is what that ceremony came to, or a
   renewal under the same version and epoch;
4. a key that follows another does so by its word (`signal_index.verify.successions`).
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from signal_index.proof import (
    Group,
    JsonObject,
    digest_disclosure,
    parse_disclosure,
    parse_key_steps,
)
from signal_index.verify.ceremonies import CheckedRecord, RecordRefused, check_record
from signal_index.verify.errors import CannotJudge, CeremonyRefused, EntryRefused
from signal_index.verify.sources import LedgerSource
from signal_index.verify.successions import Chain, KeyUse, judge_successions
from signal_index.verify.trust import JudgedKeys, Span

_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def judge_key_steps(
    source: LedgerSource,
    recorded: Mapping[str, bytes],
    span: Span | None,
    successors: Mapping[KeyUse, Chain],
) -> JudgedKeys:
    """Judge the steps of a tree: its entries of kind `key`, and the digest of `what`.

    `successors`: what was taken of the index's keys.

    Raises `ProofRefused` where one is false, `CannotJudge` where something is missing.
    """
    if not recorded:
        judge_successions([], successors, span)
        return JudgedKeys()
    texts = _read_texts(source)
    shown = {entry: texts.get(entry) for entry in recorded}
    if not any(shown.values()) and recorded.keys() <= texts.keys():
        return JudgedKeys(erased=len(recorded))
    records: dict[str, CheckedRecord] = {}
    said: list[JsonObject] = []
    for entry, text in shown.items():
        if text is None:
            raise CannotJudge("what a step with a key says is not shown")
        said.append(_open(text, recorded[entry]))
        _verify_step(source, said[-1], records)
    followed = judge_successions(said, successors, span)
    return JudgedKeys(
        shown=len(shown),
        ceremonies=len(records),
        successors=followed.shown,
        untaken=followed.untaken,
    )


def _read_texts(source: LedgerSource) -> Mapping[str, str | None]:
    data = source.read("key-steps")
    if data is None:
        raise CannotJudge("what was done with keys is not shown at that place")
    return parse_key_steps(data)


def _open(text: str, digest: bytes) -> JsonObject:
    if not compare_digest(digest_disclosure(text), digest):
        raise EntryRefused("what a step with a key says is not what was recorded")
    opened = parse_disclosure(text)
    if opened.group is not Group.WHAT or opened.value is None:
        raise EntryRefused("a step with a key says nothing")
    return opened.value


def _verify_step(
    source: LedgerSource, what: JsonObject, records: dict[str, CheckedRecord]
) -> None:
    transcript = what.get("transcript")
    if transcript is None:  # a step of the index's own, or a key that was dealt
        return
    if not isinstance(transcript, str) or not _DIGEST.fullmatch(transcript):
        raise EntryRefused("a step with a key names no ceremony by its digest")
    if transcript not in records:
        records[transcript] = _read_record(source, transcript)
    _compare(what, records[transcript])


def _read_record(source: LedgerSource, transcript: str) -> CheckedRecord:
    name = f"ceremonies/{transcript}.json"
    data = source.read(name)
    if data is None:
        raise CannotJudge(
            "the record of a ceremony is not there; "
            "`signal-index keys take-record` takes it in"
        )
    try:
        made = check_record(data, name)
    except RecordRefused as refusal:
        said = f"the record of a ceremony does not hold: {refusal}"
        raise CeremonyRefused(said) from None
    if made.transcript.hex() != transcript:
        raise CeremonyRefused("the record is of another ceremony than the entry names")
    return made


def _compare(what: JsonObject, made: CheckedRecord) -> None:
    """Hold what was recorded against what the ceremony came to."""
    config = made.config
    if (what.get("version"), what.get("epoch")) != (config.key_version, config.epoch):
        raise CeremonyRefused("the ceremony made another version or epoch of the key")
    serial, digest = what.get("serial"), what.get("config")
    if not isinstance(serial, int):
        return
    if serial < config.serial:
        raise CeremonyRefused("a key config was used before its ceremony made it")
    if serial == config.serial and digest != sha256(config.encode()).hexdigest():
        raise CeremonyRefused("the ceremony made another key config")
