"""Make the town's key as its holders would: three processes, files, digits compared.

Each holder works in a folder of its own and reads what the others gave out; this
module carries the files and compares what each of them would read aloud. Nobody has
the key: the config says `origin: distributed`, as in production. That one computer
plays all three is what makes it a demo.
"""

import re
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from deploy.town.commands import run
from deploy.town.places import HOLDERS
from deploy.town.processes import PartyFailed
from keys import clock
from keys.config import KeyConfig, parse_pins, verify_config
from keys.files import write_secret
from keys.sealing import generate_passphrase

PASSPHRASES: Final = "passphrases"
"""The folder of the passphrases, beside those of the shares and never in one."""
KEY_ORIGIN: Final = "distributed"
_OWNER_FOLDER: Final = 0o700
_DIGITS: Final = re.compile(r"(?:\d{3} ){5}\d{3}")
_FIRST_SCOPE: Final = ("--threshold", "2", "--valid-days", "365")


def make_key(folder: Path) -> None:
    """Make the key in a new folder: one for each holder, and the public documents.

    All of it appears at once or not at all. Raises `PartyFailed` with the words of the
    step that refused, and when two holders would read other digits aloud.
    """
    beside = folder.with_name(f".{folder.name}")
    shutil.rmtree(beside, ignore_errors=True)
    (beside / PASSPHRASES).mkdir(mode=_OWNER_FOLDER, parents=True)
    for index in HOLDERS:
        passphrase = f"{generate_passphrase().text}\n".encode()
        write_secret(beside / PASSPHRASES / f"holder-{index}", passphrase)
    _hold_call(beside)
    for name in ("key-config.json", "pins.json", "record.json"):
        shutil.copyfile(_holder(beside, 1) / name, beside / name)
    beside.rename(folder)


def read_key_config(folder: Path) -> KeyConfig:
    """Read the key config as any client would that pinned these holders."""
    pins = parse_pins((folder / "pins.json").read_bytes())
    document = (folder / "key-config.json").read_bytes()
    return verify_config(
        document, pins, accepted_origin=KEY_ORIGIN, known=None, now=clock.now()
    )


def verify_key(folder: Path) -> KeyConfig:
    """Have the ceremony checked again by its record; give the config it came to."""
    verify = ["signal-keys", "ceremony", "verify", "record.json"]
    run([*verify, "--pins", "pins.json"], folder)
    return read_key_config(folder)


def share_anew(
    folder: Path,
    kind: str,
    *,
    lost: int | None = None,
    rotation: Path | None = None,
) -> Path:
    """Hold the call in which the key in use is shared anew or rotated, at work.

    Gives the folder with what index and clients get first; no holder serves with its
    new share before `settle_holder`. `lost`: this holder has lost its share.
    `rotation`: what the index asks, beside its public key.
    """
    scope = ["--kind", kind, "--valid-days", "365", "--current", "key-config.json"]
    if rotation is not None:
        scope += ["--rotation", str(rotation)]
        for index in HOLDERS:
            own = _holder(folder, index) / "receipt.public.jwk"
            shutil.copyfile(rotation.with_name(own.name), own)
    if lost is not None:
        (_holder(folder, lost) / "share.json").unlink()
        scope += ["--lost", f"holder-{lost}"]
    for index in HOLDERS:
        (_holder(folder, index) / "ceremony.json").unlink()
    _hold_call(folder, "again", scope)
    pattern = "epoch-*" if rotation is None else "version-*"
    (waiting,) = _holder(folder, HOLDERS[0]).glob(pattern)
    return waiting


def put_beside(folder: Path, index: int) -> None:
    """Have one holder serve with its next share beside the former one, as by hand."""
    own = _holder(folder, index)
    (waiting,) = own.glob("version-*")
    (waiting / "share.json").rename(own / f"share-{waiting.name}.json")
    beside = own / ".key-config.json"
    shutil.copyfile(waiting / "key-config.json", beside)
    beside.replace(own / "key-config.json")


def settle_holder(folder: Path, index: int) -> None:
    """Have one holder put its new share in the place of the former one."""
    settle = ["signal-keys", "ceremony", "settle", *_given(folder, "done")]
    run([*settle, *_passphrase(index)], _holder(folder, index))


def _hold_call(
    folder: Path, card: str = "new", scope: Sequence[str] = _FIRST_SCOPE
) -> None:
    _each(folder, ["card", card], named=True)
    cards = [f"../holder-{index}/card.json" for index in HOLDERS]
    first = _holder(folder, HOLDERS[0])
    opened = run(["signal-keys", "ceremony", "open", *cards, *scope], first)
    for index in HOLDERS[1:]:
        shutil.copyfile(
            first / "ceremony.json", _holder(folder, index) / "ceremony.json"
        )
    _each(folder, ["ceremony", "commit", "--digits", _read_digits([opened])])
    _each(folder, ["ceremony", "share", *_given(folder, "commit")])
    accepted = _each(folder, ["ceremony", "accept", *_given(folder, "message")])
    certificates = _given(folder, "certificate")
    _each(
        folder,
        ["ceremony", "finish", *certificates, "--digits", _read_digits(accepted)],
    )


def _each(folder: Path, verb: Sequence[str], *, named: bool = False) -> list[str]:
    """Have every holder take a step at the same time; give what each was told."""

    def take(index: int) -> str:
        own = _holder(folder, index)
        own.mkdir(mode=_OWNER_FOLDER, exist_ok=True)
        id_ = ["--id", f"holder-{index}", "--into", "."] if named else []
        return run(["signal-keys", *verb, *id_, *_passphrase(index)], own)

    with ThreadPoolExecutor(len(HOLDERS)) as holders:
        return list(holders.map(take, HOLDERS))


def _passphrase(index: int) -> list[str]:
    return ["--passphrase", f"../{PASSPHRASES}/holder-{index}"]


def _given(folder: Path, kind: str) -> list[str]:
    return [str(_holder(folder, at) / f"{kind}-{at}.json") for at in HOLDERS]


def _read_digits(told: Sequence[str]) -> str:
    """Give the digits that all read aloud, the last ones on their screens."""
    found = {_DIGITS.findall(each)[-1] for each in told}
    if len(found) != 1:
        raise PartyFailed("two holders read other digits")
    digits: str = found.pop()
    return digits


def _holder(folder: Path, index: int) -> Path:
    return folder / f"holder-{index}"
