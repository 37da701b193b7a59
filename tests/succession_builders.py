"""Holders that have a key, and share it anew."""

import shutil
from pathlib import Path

import pytest

from keys.config import KeyConfig
from keys.config_document import (
    SignedDocument,
    parse_document,
    read_payload,
)
from tests.ceremony_builders import Call

NEW = 3


KINDS = [(), (NEW,)]


EITHER = pytest.mark.parametrize("lost", KINDS, ids=["refresh", "replace"])


def make_first(folder: Path) -> Call:
    """Holders that have made a key, and may make no more of it."""
    call = Call(folder / "now")
    call.all(call.commit, call.share, call.accept, call.finish)
    return call


def go_on(first: Call, folder: Path) -> Call:
    """The same, for one test to go on with."""
    call = Call.__new__(Call)
    call.__dict__ |= first.__dict__
    shutil.copytree(first.folders[1].parent, folder / "now")
    call.folders = {at: folder / "now" / f.name for at, f in first.folders.items()}
    call.cards, call.table = list(first.cards), {}
    return call


def take(call: Call, *, settle: bool = True) -> None:
    call.all(call.commit, call.share, call.accept, call.finish)
    if settle:
        call.all(call.settle)


def config_of(folder: Path) -> KeyConfig:
    document = (folder / "key-config.json").read_bytes()
    return read_payload(parse_document(SignedDocument, document))
