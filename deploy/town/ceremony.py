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
from deploy.town.places import FIRST_NAMES, HOLDERS
from deploy.town.processes import PartyFailed
from keys import clock
from keys.config import KeyConfig, parse_pins, verify_config
from keys.files import write_secret
from keys.sealing import generate_passphrase

PASSPHRASES: Final = "passphrases"
"""The folder of the passphrases, beside those of the shares and never in one."""
KEY_ORIGIN: Final = "distributed"
INDEX_PINS: Final = "index-pins.json"
"""The pins as the index has them; `pins.json` is what all clients have."""
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
    for name in FIRST_NAMES:
        _choose_passphrase(beside, name)
    _hold_call(beside, FIRST_NAMES)
    for name in ("key-config.json", "pins.json", "record.json"):
        shutil.copyfile(beside / FIRST_NAMES[0] / name, beside / name)
    shutil.copyfile(beside / "pins.json", beside / INDEX_PINS)
    beside.rename(folder)


def _choose_passphrase(folder: Path, name: str) -> None:
    passphrase = f"{generate_passphrase().text}\n".encode()
    write_secret(folder / PASSPHRASES / name, passphrase)


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
    names: Sequence[str],
    kind: str,
    *,
    lost: str | None = None,
    rotation: Path | None = None,
) -> Path:
    """Hold the call in which the key in use is shared anew or rotated, at work.

    Gives the folder with what index and clients get first; no holder serves with its
    new share before `settle_holder`. `names`: who takes part, in their places. `lost`:
    this holder has lost its share, or leaves; who is new in its place has no keys yet.
    `rotation`: what the index asks, beside its public key.
    """
    scope = ["--kind", kind, "--valid-days", "365", "--current", "key-config.json"]
    if rotation is not None:
        scope += ["--rotation", str(rotation)]
        for name in names:
            own = folder / name / "receipt.public.jwk"
            shutil.copyfile(rotation.with_name(own.name), own)
    if lost is not None:
        scope += ["--lost", lost]
        if lost in names:
            (folder / lost / "share.json").unlink()
    for name in names:
        (folder / name / "ceremony.json").unlink(missing_ok=True)
    _hold_call(folder, names, scope)
    pattern = "epoch-*" if rotation is None else "version-*"
    (waiting,) = (folder / names[0]).glob(pattern)
    return waiting


def put_beside(own: Path) -> None:
    """Have one holder serve with its next share beside the former one, as by hand."""
    (waiting,) = own.glob("version-*")
    (waiting / "share.json").rename(own / f"share-{waiting.name}.json")
    beside = own / ".key-config.json"
    shutil.copyfile(waiting / "key-config.json", beside)
    beside.replace(own / "key-config.json")


def settle_holder(folder: Path, names: Sequence[str], index: int) -> None:
    """Have one holder put its new share in the place of the former one."""
    settle = ["signal-keys", "ceremony", "settle", *_given(folder, names, "done")]
    name = names[index - 1]
    run([*settle, *pass_passphrase(name)], folder / name)


def _hold_call(
    folder: Path, names: Sequence[str], scope: Sequence[str] = _FIRST_SCOPE
) -> None:
    for name in names:
        (folder / name).mkdir(mode=_OWNER_FOLDER, exist_ok=True)
        if not (folder / PASSPHRASES / name).exists():
            _choose_passphrase(folder, name)
    _each(folder, names, ["card"], is_card=True)
    cards = [f"../{name}/card.json" for name in names]
    first, *others = (folder / name for name in names)
    opened = run(["signal-keys", "ceremony", "open", *cards, *scope], first)
    for own in others:
        shutil.copyfile(first / "ceremony.json", own / "ceremony.json")
    step = ["ceremony", "commit", "--digits", _read_digits([opened])]
    _each(folder, names, step)
    _each(folder, names, ["ceremony", "share", *_given(folder, names, "commit")])
    accept = ["ceremony", "accept", *_given(folder, names, "message")]
    accepted = _each(folder, names, accept)
    finish = ["ceremony", "finish", *_given(folder, names, "certificate")]
    _each(folder, names, [*finish, "--digits", _read_digits(accepted)])


def _each(
    folder: Path, names: Sequence[str], verb: Sequence[str], *, is_card: bool = False
) -> list[str]:
    """Have every holder take a step at the same time; give what each was told."""

    def take(name: str) -> str:
        own = folder / name
        kind = "again" if (own / "config-signing.key").exists() else "new"
        id_ = [kind, "--id", name, "--into", "."] if is_card else []
        return run(["signal-keys", *verb, *id_, *pass_passphrase(name)], own)

    with ThreadPoolExecutor(len(HOLDERS)) as holders:
        return list(holders.map(take, names))


def pass_passphrase(name: str) -> list[str]:
    """Give the option by which a command in a holder's folder opens its files."""
    return ["--passphrase", f"../{PASSPHRASES}/{name}"]


def _given(folder: Path, names: Sequence[str], kind: str) -> list[str]:
    return [
        str(folder / name / f"{kind}-{at}.json") for at, name in enumerate(names, 1)
    ]


def _read_digits(told: Sequence[str]) -> str:
    """Give the digits that all read aloud, the last ones on their screens."""
    found = {_DIGITS.findall(each)[-1] for each in told}
    if len(found) != 1:
        raise PartyFailed("two holders read other digits")
    digits: str = found.pop()
    return digits
