"""What a finished ceremony leaves with a holder, and what it takes away.

    record.json, pins.json, key-config.json     public
    share.json                                  the sealed share: written last

- Of a new key they lie in the holder's folder. Where a key is shared anew they lie in
  `epoch-2` beside it, at a rotation in `version-2`, and done-1.json says so to the
  others: the former share stays until `settle` has seen that every holder has its new
  one, and at a rotation that the index says that the former version is over.
- At a rotation hand-over-1.json is written for the index.
- Written in that order: while share.json is not there, nothing of it can be used, and
  `finish` may be taken again; so may `settle`, which puts share.json in place last.
- A file that is there already must be the same; `settle` alone replaces one.
- Erased after `finish`: the states, the ceremony key, and the messages in this folder
  with what was sealed in them. Copies in mail or chat open with no key that is left.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from keys.ceremony.cards import (
    CARD,
    CEREMONY_KEY,
    KEY_CONFIG,
    find_waiting,
    open_card,
)
from keys.ceremony.conclusion import encode_pins, make_pins
from keys.ceremony.documents import (
    CardFile,
    Done,
    DoneFile,
    encode,
    read_file,
)
from keys.ceremony.errors import (
    CeremonyIncomplete,
    CeremonyMixed,
    CeremonyStepRefused,
)
from keys.ceremony.exchange import collect_done
from keys.ceremony.former_share import PINS, verify_index
from keys.ceremony.holder import Holder, give_out
from keys.ceremony.plan import Plan
from keys.ceremony.rotation import (
    Rotated,
    RotatedFile,
    Rotation,
    open_told,
)
from keys.ceremony.signing import sign_statement
from keys.ceremony.state import erase_states
from keys.ceremony.steps import Finished
from keys.config import KeyConfig, open_config
from keys.errors import KeyFileExists, SharesRefused
from keys.files import (
    make_folder,
    remove_unfinished,
    replace_public,
    write_public,
)
from keys.keyring import SHARE, load_share, write_share
from keys.sealing import Sealer
from keys.shares import KeyShare, get_public_share, get_sharing

RECORD: Final = "record.json"
FORMER_CONFIG: Final = "former-key-config.json"


def write_results(holder: Holder, finished: Finished, sealer: Sealer) -> Path:
    """Write what the holder serves with; give the folder that it lies in.

    Raises `KeyFileExists` over another key, `SharesRefused` for a share that the config
    does not name.
    """
    plan = holder.plan
    config = finished.conclusion.config
    share = KeyShare(get_sharing(config), holder.index, finished.share)
    if share.public != get_public_share(config, holder.index):
        raise SharesRefused("the share is not the one that the key config names")
    folder = _find_results(holder.folder, plan)
    make_folder(folder)
    _put(folder / RECORD, encode(finished.record) + b"\n")
    _put(folder / PINS, encode_pins(plan))
    _put(folder / KEY_CONFIG, finished.document)
    id_ = plan.card(holder.index).id
    if not (folder / SHARE).exists():
        write_share(folder / SHARE, share, id_, sealer)
    elif load_share(folder / SHARE, id_, sealer) != share:
        raise KeyFileExists(f"{SHARE} is of another key; keys are never overwritten")
    if finished.handed is not None:
        give_out(holder, "hand-over", finished.handed)
    if plan.former is not None:
        _tell_done(holder, config)
    return folder


def erase_traces(folder: Path) -> None:
    """Remove everything with which the messages of a ceremony could be opened again.

    The key goes first: what a run that dies leaves behind then opens with nothing.
    """
    (folder / CEREMONY_KEY).unlink(missing_ok=True)
    erase_states(folder)
    for path in folder.glob("message-*.json"):
        path.unlink()


def sweep(folder: Path) -> None:
    """Remove what a run that died left in a holder's folder, before a step begins.

    Files that were never whole; and, once the ceremony key has gone, all that only it
    opened. A folder without a card is not a holder's: nothing there is touched.
    """
    if not (folder / CARD).exists():
        return
    for each in (folder, *find_waiting(folder)):
        remove_unfinished(each)
    if not (folder / CEREMONY_KEY).exists():
        erase_traces(folder)


def settle(
    folder: Path,
    plan: Plan,
    files: Iterable[tuple[str, DoneFile]],
    sealer: Sealer,
    *,
    rotated: RotatedFile | None,
) -> None:
    """Put the new share in the place of the former one, now that every holder has one.

    At a rotation the index must have said that the former version is over (`rotated`):
    without its secret, or before it took the next one up, every row is lost with the
    former key. No clock of this machine is asked. Raises `CeremonyIncomplete` while one
    has not said so, `CeremonyStepRefused` where nothing waits, and what opening the new
    share raises: the former one then stays.
    """
    index = plan.find_index(open_card(read_file(CardFile, folder / CARD)))
    waiting = _find_results(folder, plan)
    if plan.former is None or not (waiting / KEY_CONFIG).exists():
        raise CeremonyStepRefused(
            "no new share waits here for this ceremony: it is in its place already, or "
            "`finish` was not taken here"
        )
    config = open_config((waiting / KEY_CONFIG).read_bytes(), make_pins(plan))
    for done in collect_done(plan, files):
        if done.transcript != config.ceremony:
            raise CeremonyMixed(
                f"{plan.card(done.index).id}: has a share of another transcript"
            )
    if plan.former.rotation is not None:
        _verify_retired(folder, plan.former.rotation, config, rotated)
    _verify_waiting(folder, waiting, config, plan.card(index).id, sealer)
    _put_in_place(folder, waiting)


def _verify_retired(
    folder: Path, asked: Rotation, config: KeyConfig, file: RotatedFile | None
) -> None:
    if file is None:
        raise CeremonyIncomplete(
            "no rotated.json of the index: it says so when the former version is over; "
            "give it with --rotated"
        )
    said = open_told(Rotated, file.rotated, "rotated.json")
    if said.transcript != config.ceremony:
        raise CeremonyMixed("rotated.json is of another rotation")
    if said.index_key != asked.index_key:  # its key may have been succeeded meanwhile
        verify_index(said.index_key, folder, "rotated.json")


def _verify_waiting(
    folder: Path, waiting: Path, config: KeyConfig, id_: str, sealer: Sealer
) -> None:
    """Hold that the new share opens and is the config's, before a former one goes.

    A run that died near the end has put it in its place already.
    """
    new = waiting / SHARE
    share = load_share(new if new.exists() else folder / SHARE, id_, sealer)
    if share.public != get_public_share(config, share.index):
        raise SharesRefused("the share is not the one that the key config names")


def _put_in_place(folder: Path, waiting: Path) -> None:
    public = [waiting / name for name in (RECORD, PINS, KEY_CONFIG)]
    _keep_former(folder / KEY_CONFIG, waiting / KEY_CONFIG)
    for path in public:
        if path.exists():
            data = path.read_bytes()
            replace_public(folder / path.name, data)
    if (waiting / SHARE).exists():
        (waiting / SHARE).replace(folder / SHARE)
    for path in public:
        path.unlink(missing_ok=True)
    waiting.rmdir()


def _keep_former(config: Path, waiting: Path) -> None:
    """Keep the config that the ceremony followed on, by which others check it."""
    if config.exists() and waiting.exists():
        data = config.read_bytes()
        if data != waiting.read_bytes():
            replace_public(config.with_name(FORMER_CONFIG), data)


def _find_results(folder: Path, plan: Plan) -> Path:
    draft = plan.file.draft
    if plan.former is None:
        return folder
    if plan.former.kind == "rotate":
        return folder / f"version-{draft.key_version}"
    return folder / f"epoch-{draft.epoch}"


def _tell_done(holder: Holder, config: KeyConfig) -> None:
    if config.ceremony is None:
        raise CeremonyMixed("the key config names no ceremony")
    done = Done(
        ceremony=holder.plan.digest,
        index=holder.index,
        transcript=config.ceremony,
    )
    file = DoneFile(done=sign_statement(holder.config_key, done))
    path = holder.folder / f"done-{holder.index}.json"
    replace_public(path, encode(file) + b"\n")


def _put(path: Path, data: bytes) -> None:
    if path.exists() and path.read_bytes() == data:
        return
    write_public(path, data)
