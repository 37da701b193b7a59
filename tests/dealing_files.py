"""Write a dealt key as holders of a test serve it.

DIR/key-config.json, DIR/pins.json            public, for clients
DIR/holder-1/                                 share, keys, and copies of both
DIR/passphrases/holder-1                      opens the share

The product seals at its own cost: no setting or option names another, as
tests/contract/test_ceremony_commands.py reads.
"""

from pathlib import Path
from typing import Final

from keys.files import write_secret
from keys.jose import PrivateKey
from keys.keyring import SealedUse, write_share, write_signing_key
from keys.sealing import PassphraseSealer, generate_passphrase, read_passphrase
from tests.dealing import Dealing, DealtHolder

PASSPHRASES: Final = "passphrases"
TEST_COST: Final = 2**14
"""The least that a seal may cost to open: these shares are worth nothing."""


def write_dealing(out: Path, dealing: Dealing) -> None:
    """Write all folders of a dealing into a new folder."""
    (out / PASSPHRASES).mkdir(parents=True)
    _write_public(out, dealing)
    for holder in dealing.holders:
        (out / holder.id).mkdir()
        _write_holder(out, holder)
        _write_public(out / holder.id, dealing)


def _write_holder(out: Path, holder: DealtHolder) -> None:
    passphrase = generate_passphrase()
    write_secret(out / PASSPHRASES / holder.id, passphrase.text.encode())
    folder = out / holder.id
    sealer = PassphraseSealer(passphrase, TEST_COST)
    write_share(folder / "share.json", holder.share, holder.id, sealer)
    config, ticket = SealedUse.CONFIG, SealedUse.TICKET
    write_signing_key(
        folder / "config-signing.key", holder.config_key, config, holder.id, sealer
    )
    write_signing_key(
        folder / "ticket.key", holder.ticket_key, ticket, holder.id, sealer
    )


def open_sealer(folder: Path) -> PassphraseSealer:
    """Give what opens the files of a holder's folder."""
    passphrase = folder.with_name(PASSPHRASES) / folder.name
    return PassphraseSealer(read_passphrase(passphrase), TEST_COST)


def replace_ticket_key(
    path: Path, key: PrivateKey, holder: str, sealer: PassphraseSealer
) -> None:
    """Put another ticket key in the place of the one before, in one step."""
    beside = path.with_name("next-ticket.key")
    write_signing_key(beside, key, SealedUse.TICKET, holder, sealer)
    beside.replace(path)


def _write_public(folder: Path, dealing: Dealing) -> None:
    (folder / "key-config.json").write_bytes(dealing.document)
    (folder / "pins.json").write_bytes(dealing.pins)
