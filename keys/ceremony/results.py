"""What a finished ceremony leaves in a holder's folder, and what it takes away.

    record.json, pins.json, key-config.json     public
    share.json                                  the sealed share: written last

- Written in that order: while share.json is not there, nothing of it can be used, and
  `finish` may be taken again.
- A file that is there already must be the same; a key is never overwritten.
- Erased afterwards: the states, the ceremony key, and the messages in this folder with
  what was sealed in them. Copies in mail or chat open with no key that is left.
"""

from pathlib import Path
from typing import Final

from keys.ceremony.cards import CEREMONY_KEY
from keys.ceremony.conclusion import encode_pins
from keys.ceremony.documents import encode
from keys.ceremony.state import erase_states
from keys.ceremony.steps import Finished, Holder
from keys.errors import KeyFileExists, SharesRefused
from keys.files import write_public
from keys.keyring import load_share, write_share
from keys.sealing import Sealer
from keys.shares import KeyShare, get_public_share, get_sharing

SHARE: Final = "share.json"
KEY_CONFIG: Final = "key-config.json"
PINS: Final = "pins.json"
RECORD: Final = "record.json"


def write_results(holder: Holder, finished: Finished, sealer: Sealer) -> None:
    """Write what the holder serves with.

    Raises `KeyFileExists` over another key, `SharesRefused` for a share that the config
    does not name.
    """
    folder, plan = holder.folder, holder.plan
    config = finished.conclusion.config
    share = KeyShare(get_sharing(config), holder.index, finished.share)
    if share.public != get_public_share(config, holder.index):
        raise SharesRefused("the share is not the one that the key config names")
    _put(folder / RECORD, encode(finished.record) + b"\n")
    _put(folder / PINS, encode_pins(plan))
    _put(folder / KEY_CONFIG, finished.document)
    id_ = plan.card(holder.index).id
    if not (folder / SHARE).exists():
        write_share(folder / SHARE, share, id_, sealer)
    elif load_share(folder / SHARE, id_, sealer) != share:
        raise KeyFileExists(f"{SHARE} is of another key; keys are never overwritten")


def erase_traces(folder: Path) -> None:
    """Remove everything with which the messages of a ceremony could be opened again.

    The key goes first: what a run that dies leaves behind then opens with nothing.
    """
    (folder / CEREMONY_KEY).unlink(missing_ok=True)
    erase_states(folder)
    for path in folder.glob("message-*.json"):
        path.unlink()


def _put(path: Path, data: bytes) -> None:
    if path.exists() and path.read_bytes() == data:
        return
    write_public(path, data)
