"""What a holder signed with its config key: one key config for each serial.

Two configs of one serial, both signed by all, are two registers that no client can tell
apart. A holder that would sign a second one is told, and gives the first up by name.
What was signed stands within the file of the key (`keys.keyring`).

Proven by tests/contract/test_keys_renewal_commands.py.
"""

from hashlib import sha256
from pathlib import Path

from keys.config_document import KeyConfig
from keys.errors import RenewalRefused
from keys.keyring import load_signed, write_signed
from keys.sealing import Sealer


def remember_signed(
    key: Path, config: KeyConfig, sealer: Sealer, *, anew: bool = False
) -> None:
    """Write down that a config is signed, before the signature leaves the house.

    `key` is the file of the config-signing key, which `sealer` opens. Raises
    `RenewalRefused` where another config of that serial was signed with it, unless that
    one is given up (`anew`).
    """
    known, serial = load_signed(key, sealer), str(config.serial)
    digest = sha256(config.encode()).hexdigest()
    if known.get(serial, digest) != digest and not anew:
        raise RenewalRefused(
            f"serial: you signed another config with number {serial} before; if all "
            "gave that one up, sign with --anew"
        )
    if known.get(serial) != digest:
        write_signed(key, {**known, serial: digest}, sealer)
