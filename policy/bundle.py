"""A policy as one file: every text of catalogue and rules, under one SHA-256.

- A bundle has one text: sorted JSON, two spaces, a line feed at the end. So
  `sha256sum` of the file is the digest that two persons approve and the ledger names.
- A bundle that is read has been checked whole: nothing can be proposed or taken up
  that `signal-policy check` would refuse.

Proven by tests/unit/policy/test_bundle.py.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from policy.catalogue import parse_catalogue, shipped_texts
from policy.coherence import verify_coherence
from policy.errors import Finding, InvalidBundle
from policy.faults import Fault
from policy.policy import Policy
from policy.rules import parse_rules, shipped_rules
from policy.vocabulary import Establishment

FORMAT: Final = "signal-policy/bundle/1"
MOST_BYTES: Final = 512 * 1024
_MOST_FILES: Final = 50
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\.(?:toml|cedar|cedarschema)")


@dataclass(frozen=True, slots=True)
class Bundle:
    """The texts of a catalogue (TOML) and its rules (Cedar): file name to text."""

    catalogue: Mapping[str, str]
    rules: Mapping[str, str]

    def __repr__(self) -> str:
        return f"<Bundle {self.digest.hex()[:12]}>"

    def encode(self) -> bytes:
        """Give the one text of this bundle."""
        whole = {
            "catalogue": dict(self.catalogue),
            "format": FORMAT,
            "rules": dict(self.rules),
        }
        text = json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True)
        return f"{text}\n".encode()

    @property
    def digest(self) -> bytes:
        """Give the SHA-256 of that text."""
        return hashlib.sha256(self.encode()).digest()


def version_of(bundle: Bundle) -> str:
    """Give the version that the catalogue of a valid bundle names itself by."""
    for text in bundle.catalogue.values():
        version = tomllib.loads(text).get("version")
        if isinstance(version, str):
            return version
    raise _fault(Fault.NO_VERSION)


@cache
def shipped_bundle() -> Bundle:
    """Give the policy that this version of the software came with, read once."""
    return Bundle(shipped_texts(), shipped_rules())


def parse_bundle(data: bytes) -> Bundle:
    """Read a bundle from its one text, or raise `InvalidBundle`.

    Any other text of the same JSON is refused: it would have another SHA-256 than the
    one that was approved. What the files say is checked by `load_bundle`.
    """
    if len(data) > MOST_BYTES:
        raise _fault(Fault.BUNDLE_TOO_LARGE)
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        raise _fault(Fault.BUNDLE_NOT_JSON) from None
    match whole:
        case {
            "format": str(form),
            "catalogue": dict(catalogue),
            "rules": dict(rules),
        } if form == FORMAT and len(whole) == 3:
            found = Bundle(_texts(catalogue), _texts(rules))
        case _:
            raise _fault(Fault.BUNDLE_OTHER_FORMAT)
    if found.encode() != data:
        raise _fault(Fault.BUNDLE_OTHER_TEXT)
    return found


def load_bundle(bundle: Bundle, establishments: Iterable[Establishment] = ()) -> Policy:
    """Give the policy of a bundle, or raise `InvalidPolicy` with every fault."""
    catalogue = parse_catalogue(bundle.catalogue)
    book = parse_rules(bundle.rules)
    verify_coherence(catalogue, book)
    return Policy(catalogue, book, establishments)


def _texts(files: Mapping[object, object]) -> dict[str, str]:
    if len(files) > _MOST_FILES:
        raise _fault(Fault.BUNDLE_TOO_MANY_FILES)
    texts: dict[str, str] = {}
    for name, text in files.items():
        if not isinstance(name, str) or not isinstance(text, str):
            raise _fault(Fault.FILE_NOT_TEXT)
        if not _NAME.fullmatch(name):
            raise _fault(Fault.FILE_NAME)
        texts[name] = text
    return texts


def _fault(fault: Fault) -> InvalidBundle:
    return InvalidBundle((Finding("bundle.json", 1, fault),))
