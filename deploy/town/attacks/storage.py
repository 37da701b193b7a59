"""Attacks on what lies on disk: guessing BSNs offline, changing rows by SQL."""

import asyncio
import time
from collections.abc import Iterable, Sequence

from sqlalchemy.exc import DBAPIError

from deploy.town.attacks import AttackSucceeded, Scene, demand
from deploy.town.attacks.sql import (
    change_entry,
    change_number,
    drop_guards,
    dump_rows,
    find_newest,
    name_otherwise,
)
from deploy.town.ceremony import PASSPHRASES, read_key_config
from deploy.town.commands import attempt
from deploy.town.ledger_tools import export_ledger, verify_export
from deploy.town.places import HOLDERS, Places
from keys.bsn import Bsn, parse_bsn
from keys.group import generate_scalar, multiply
from keys.keyring import load_share
from keys.oprf import blind_batch, combine, evaluate, verify_evaluation
from keys.pseudonym import (
    derive_stored_point,
    parse_pseudonym,
)
from keys.sealing import PassphraseSealer, read_passphrase
from keys.shares import KeyShare, get_public_share
from keys.suite import VOPRF
from signal_index.key_files import load_keys
from signal_index.keyring import IndexKeys

IMPOSTOR = "+31201234567"
STANDING_SECONDS = 11
"""How long the index may go by what it read of the registry."""
LOOK_AGAIN_SECONDS = 1


async def guess_offline(scene: Scene) -> None:
    """Try every BSN with the database, the index's secrets and one opened share.

    The control: with two opened shares the same search finds rows, so that the guess
    with one fails for want of a key and not for want of skill.
    """
    keys = load_keys(scene.places.index / "keys")
    rows, categories = await dump_rows(scene.places.database_url)
    demand(rows, "the dump holds no row at all")
    shares = [_open_share(scene.places, index) for index in HOLDERS]
    numbers = [parse_bsn(bsn) for bsn in scene.bsns]
    both = _pseudonyms_with(scene.places, shares[:2], [parse_bsn(scene.hit)])
    demand(
        any(row in rows for row in _rows_of(keys, both, categories)),
        "even two shares find no row: the search itself is broken",
    )
    for share in shares:
        guesses = _guesses_with(share, numbers)
        demand(
            not any(row in rows for row in _rows_of(keys, guesses, categories)),
            "one share and the index's secrets named a person",
        )


async def change_ledger_row(scene: Scene) -> None:
    """Change one recorded outcome by SQL and have the ledger verified offline.

    The table's own trigger refuses first; whoever owns the database can drop it, and
    then the tree no longer fits.
    """
    folder = scene.places.folder / "export-after-attack"
    before = verify_export(scene.places, export_ledger(scene.places, folder / "before"))
    demand(before.holds, "the ledger did not verify before the attack")
    try:
        await change_entry(scene.places.database_url)
    except DBAPIError:
        await drop_guards(scene.places.database_url)
    else:
        raise AttackSucceeded("the table let an entry be changed")
    changed = await change_entry(scene.places.database_url)
    demand(changed == 1, "the attacker found no entry to change")
    after = verify_export(scene.places, export_ledger(scene.places, folder / "after"))
    demand(not after.holds, "a changed entry still verified")


async def put_under_anothers_name(scene: Scene) -> None:
    """Write another person beside a lookup: it would stand in their report."""
    await _name_otherwise(scene, is_hidden=False)


async def hide_from_the_report(scene: Scene) -> None:
    """Overwrite the column by which a lookup is found: it would stand in no report."""
    await _name_otherwise(scene, is_hidden=True)


async def _name_otherwise(scene: Scene, *, is_hidden: bool) -> None:
    """Change by what a lookup is found, and put it back.

    The control: before and after it everything is found as the ledger says.
    """
    url = scene.places.database_url
    answer = await scene.case_system.look_up([scene.hit])
    demand(answer.status == 200, f"the honest lookup failed: {answer.status}")
    demand(_is_as_recorded(scene), "entries differed before the attack")
    entry, own, other = await find_newest(url)
    await name_otherwise(url, entry, None if is_hidden else other)
    unseen = _is_as_recorded(scene)
    await name_otherwise(url, entry, own)
    demand(not unseen, "a lookup stood under another name, and nobody said so")
    demand(_is_as_recorded(scene), "the right name is gone")


def _is_as_recorded(scene: Scene) -> bool:
    """Tell whether each entry is found as the ledger says, by the index's command."""
    command = ["signal-index", "ledger", "compare", "--settings", "index.toml"]
    _, printed, complained = attempt(command, scene.places.index)
    demand("entries held" in printed, f"it could not be compared: {complained}")
    return "entries held, 0 differ" in printed


async def change_whom_to_call(scene: Scene) -> None:
    """Write an impostor's number in the database, and have a generalist call it.

    Whom a flag says to call, and the own number of an organisation. The control: before
    and after it the right number is in the answer.
    """
    url = scene.places.database_url
    for named in ("flags", "sources"):
        numbers = await _read_numbers(scene, named)
        place, number = next(
            ((at, one) for at, one in enumerate(numbers) if one), (0, None)
        )
        if number is None:
            raise AttackSucceeded("no number to change: the attack itself is broken")
        changed = await change_number(url, number, IMPOSTOR)
        demand(changed, "the attacker found no number to change")
        shown = await _read_changed(scene, named, place, number)
        await change_number(url, IMPOSTOR, number)
        demand(shown is None, "a generalist would have called an impostor")
        back = await _read_changed(scene, named, place, shown)
        demand(back == number, "the right number is gone")


async def _read_changed(
    scene: Scene, named: str, place: int, before: str | None
) -> str | None:
    """Give the number there once it is another, or after the longest that one stays."""
    deadline = time.monotonic() + STANDING_SECONDS
    while True:
        is_last = time.monotonic() > deadline
        shown = (await _read_numbers(scene, named))[place]
        if shown != before or is_last:
            return shown
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _read_numbers(scene: Scene, named: str) -> list[str | None]:
    """Give whom the flags, or the sources, of the known hit say to call."""
    answer = await scene.case_system.look_up([scene.hit])
    contacts = [one["contactHolder"] for one in answer.body["answers"][0][named]]
    return [None if one is None else str(one["phone"]) for one in contacts]


def _open_share(places: Places, index: int) -> KeyShare:
    """Open a holder's share of the key in use: after a rotation it has two."""
    name = places.holder_name(index)
    sealer = PassphraseSealer(read_passphrase(places.keys / PASSPHRASES / name))
    files = (places.keys / name).glob("share*.json")
    shares = [load_share(path, name, sealer) for path in files]
    return max(shares, key=lambda share: share.sharing.key_version)


def _guesses_with(share: KeyShare, numbers: Sequence[Bsn]) -> list[bytes]:
    """Give what one share can make of each number: P and k_i*P."""
    points = [VOPRF.hash_to_group(number.registered) for number in numbers]
    alone = [multiply(share.scalar, point).encoded for point in points]
    return [*alone, *(point.encoded for point in points)]


def _pseudonyms_with(
    places: Places, shares: Sequence[KeyShare], numbers: Sequence[Bsn]
) -> list[bytes]:
    batch = blind_batch([number.registered for number in numbers])
    config = read_key_config(places.keys)
    verified = [
        verify_evaluation(
            get_public_share(config, share.index),
            batch.points,
            evaluate(share, batch.points, generate_scalar()),
        )
        for share in shares
    ]
    return [found.encoded for found in combine(batch.blinds, verified)]


def _rows_of(
    keys: IndexKeys, pseudonyms: Iterable[bytes], categories: Sequence[str]
) -> Iterable[bytes]:
    scalar = keys.get_scalar(max(keys.scalars))
    for pseudonym in pseudonyms:
        stored = derive_stored_point(scalar, parse_pseudonym(pseudonym))
        for category in categories:
            yield keys.row_keys.seal(stored, category).row_key
