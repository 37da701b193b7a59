"""The settings of one witness, from a TOML file; paths count from its folder.

    host = "127.0.0.1"
    port = 8200
    key = "witness.key"
    memory = "memory.json"
    logs = ["index.example.nl/ledger/2026+0a1b2c3d+AQ…"]

`logs` are the public keys of the ledgers that it witnesses, got by another road than
from the ledgers themselves; without any it does not start. `[edge]`, how much it takes
at once, may be left out.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from keys.edge.limits import EdgeLimits
from signal_index.proof import MalformedProof, parse_note_key
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


def load_witness_settings(path: Path) -> WitnessSettings:
    """Read the settings, or raise `WitnessUnusable` with the reason."""
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
                host, port, folder / key, folder / memory, read_logs(logs), edge
            )
    raise WitnessUnusable(f"{path.name}: a value is not of its kind")


def _read_edge(path: Path, values: object) -> EdgeLimits:
    try:
        return EdgeLimits.model_validate(values)
    except ValidationError as refusal:
        raise WitnessUnusable(f"{path.name}: {list_reasons(refusal, _EDGE)}") from None


def read_logs(texts: list[object]) -> Logs:
    """Give the ledgers of these public keys, or raise `WitnessUnusable`."""
    try:
        keys = [parse_note_key(str(text)) for text in texts]
    except MalformedProof as cause:
        raise WitnessUnusable(f"logs: {cause}") from cause
    if not keys:
        raise WitnessUnusable("logs: a witness of nothing; name at least one ledger")
    return Logs(keys)
