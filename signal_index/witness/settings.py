"""The settings of one witness, from a TOML file; paths count from its folder.

    host = "127.0.0.1"
    port = 8200
    key = "witness.key"
    memory = "memory.json"
    logs = ["checkpoint.vkey", {origin = "log.example/2", keys = ["log.vkey"]}]

`logs` are the public keys of the logs that it witnesses, got by another road than from
the logs themselves; without any it does not start. Each is a file, beside which lies
what follows on it (`keys.pinned_keys`), or the key itself, which then has no successor.
A log that is none of ours, whose keys are not called as its origin is, is a table with
both. `[edge]`, how much it takes at once, may be left out.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from keys.edge.limits import EdgeLimits
from keys.errors import KeysError
from keys.pinned_keys import PinnedKey
from keys.successor import KeyUse
from signal_index.proof import (
    LedgerKey,
    MalformedProof,
    NoteKey,
    SucceededKey,
    parse_note_key,
)
from signal_index.settings import list_reasons
from signal_index.witness.errors import WitnessUnusable
from signal_index.witness.judge import Logs

_KEYS = {"host", "port", "key", "memory", "logs"}
_EDGE = "edge"


@dataclass(frozen=True, slots=True)
class WitnessSettings:
    """Everything one witness needs to know before it serves."""

    host: str
    port: int
    key: Path
    memory: Path
    logs: Logs
    edge: EdgeLimits


def load_witness_settings(
    path: Path, tell: Callable[[Exception], None]
) -> WitnessSettings:
    """Read the settings, or raise `WitnessUnusable` with the reason.

    `tell` hears, while it serves, which successor of a key was not taken up.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as cause:
        raise WitnessUnusable(f"{path.name}: not a readable TOML file") from cause
    edge = _read_edge(path, values.pop(_EDGE, {}))
    if set(values) != _KEYS:
        named = ", ".join(sorted(set(values) ^ _KEYS))
        raise WitnessUnusable(f"{path.name}: missing or unknown: {named}")
    match values:
        case {
            "host": str(host),
            "port": int(port),
            "key": str(key),
            "memory": str(memory),
            "logs": [*logs],
        } if 0 <= port <= 65535:
            folder = path.resolve().parent
            return WitnessSettings(
                host,
                port,
                folder / key,
                folder / memory,
                read_logs(logs, folder, tell, (folder / memory).parent),
                edge,
            )
    raise WitnessUnusable(f"{path.name}: a value is not of its kind")


def _read_edge(path: Path, values: object) -> EdgeLimits:
    try:
        return EdgeLimits.model_validate(values)
    except ValidationError as refusal:
        raise WitnessUnusable(f"{path.name}: {list_reasons(refusal, _EDGE)}") from None


def read_logs(
    named: Sequence[object],
    folder: Path,
    tell: Callable[[Exception], None],
    seen: Path | None,
) -> Logs:
    """Give the logs of these public keys, or raise `WitnessUnusable`.

    `seen`: the folder in which this witness keeps what it saw follow on them.
    """
    texts = [one for one in named if isinstance(one, str)]
    keys = read_keys(texts, folder, tell, seen)
    others = dict(_read_other(one, folder) for one in named if one not in texts)
    if not keys and not others:
        raise WitnessUnusable("logs: a witness of nothing; name at least one log")
    return Logs(keys, others)


def _read_other(named: object, folder: Path) -> tuple[str, Sequence[NoteKey]]:
    match named:
        case {"origin": str(origin), "keys": [*texts], **rest} if (
            origin and texts and not rest
        ):
            try:
                return origin, [_read_one(str(one), folder) for one in texts]
            except (MalformedProof, OSError, UnicodeDecodeError) as cause:
                raise WitnessUnusable("logs: a key of a log cannot be read") from cause
    raise WitnessUnusable("logs: a log is a key, or a table of origin and keys")


def _read_one(text: str, folder: Path) -> NoteKey:
    path = folder / text
    return parse_note_key(path.read_text("utf-8") if path.is_file() else text)


def read_keys(
    texts: Sequence[str],
    folder: Path,
    tell: Callable[[Exception], None],
    seen: Path | None,
) -> Sequence[LedgerKey]:
    """Give public keys, each from a file or as it is, or raise `WitnessUnusable`."""
    try:
        return [_read_log(text, folder / text, tell, seen) for text in texts]
    except (MalformedProof, KeysError) as cause:
        raise WitnessUnusable(f"logs: {cause}") from cause


def _read_log(
    text: str, path: Path, tell: Callable[[Exception], None], seen: Path | None
) -> LedgerKey:
    return _Followed(path, tell, seen) if path.is_file() else parse_note_key(text)


class _Followed:
    """A ledger's key in a file, and what follows on it as it is put beside it."""

    def __init__(
        self, path: Path, tell: Callable[[Exception], None], seen: Path | None
    ) -> None:
        self._pinned = PinnedKey(path, KeyUse.CHECKPOINT, tell, seen=seen)
        self.name = self._pinned.chain.name

    def list_named(
        self, origin: str, since: datetime, until: datetime
    ) -> Sequence[NoteKey]:
        key = SucceededKey(self.name, self._pinned.chain.keys)
        return key.list_named(origin, since, until)
