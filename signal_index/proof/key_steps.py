"""The file `key-steps` beside a year's tiles: what each step with a key says, opened.

    {"format":"signal-index/key-steps/1","steps":{entry id:text|null}}

A text is the disclosure of group `what`; null where it was erased. Nothing in it is
secret: it tells of keys, never of a lookup or a person.
"""

from collections.abc import Mapping
from typing import Final

from signal_index.proof.encoding import decode_json, encode_json
from signal_index.proof.errors import MalformedProof

KEY_STEPS: Final = "signal-index/key-steps/1"


def write_key_steps(texts: Mapping[str, str | None]) -> bytes:
    """Write what was opened of each entry, by its id."""
    return encode_json({"format": KEY_STEPS, "steps": dict(texts)})


def parse_key_steps(data: bytes) -> Mapping[str, str | None]:
    """Read it again, or raise `MalformedProof`."""
    members = decode_json(data)
    if not isinstance(members, dict) or members.keys() != {"format", "steps"}:
        raise MalformedProof("the steps with keys are not a file of them")
    steps = members["steps"]
    if members["format"] != KEY_STEPS or not isinstance(steps, dict):
        raise MalformedProof("the steps with keys are of another format")
    found: dict[str, str | None] = {}
    for entry, text in steps.items():
        if text is not None and not isinstance(text, str):
            raise MalformedProof("a step with a key is no text")
        found[entry] = text
    return found
