"""Real tokens in software: SoftHSM, by the PKCS#11 library that a real one has too.

Their objects lie in files below a folder of the test: that is what makes it no HSM.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pkcs11
import pytest

from keys.files import write_secret
from keys.sealing import Pin, Sealer, parse_pin
from keys.token_file import TokenPlace, make_token_key, open_token

MODULE: Final = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN: Final = "7319402658"
KEY: Final = "signal-keys"


@dataclass(frozen=True)
class ATokenAtHand:
    """A token with its key, the file that names it, and that of its PIN."""

    place: TokenPlace
    file: Path
    pin_file: Path

    @property
    def sealer(self) -> Sealer:
        return open_token(self.place, parse_pin(PIN))


class SoftHsm:
    """The tokens of one test, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def insert(self, label: str = "holder-1", *, with_key: bool = True) -> ATokenAtHand:
        """Make a token that has a key, or none yet."""
        before = self._serials()
        command = ["softhsm2-util", "--init-token", "--free", "--label", label]
        subprocess.run(  # noqa: S603 - its own tool
            [*command, "--pin", PIN, "--so-pin", "83610275"],
            check=True,
            capture_output=True,
        )
        pkcs11.lib(str(MODULE)).finalize()  # it looks for tokens when it begins
        (serial,) = self._serials() - before
        apart = self.folder / serial / "apart"
        apart.mkdir(parents=True)
        write_secret(apart / "pin", f"{PIN}\n".encode())
        place = TokenPlace(module=MODULE, serial=serial, key=KEY, pin=apart / "pin")
        if with_key:
            make_token_key(place, Pin(PIN))
        file = self.write(place, self.folder / serial / "token.toml")
        return ATokenAtHand(place, file, apart / "pin")

    def write(self, place: TokenPlace, file: Path) -> Path:
        members = place.model_dump(mode="json", exclude_none=True)
        # A JSON string is the TOML one as well.
        lines = (f"{name} = {json.dumps(value)}" for name, value in members.items())
        file.write_text("\n".join(lines) + "\n")
        return file

    def _serials(self) -> set[str]:
        slots = pkcs11.lib(str(MODULE)).get_slots(token_present=True)
        return {slot.get_token().serial.decode().strip() for slot in slots} - {""}


@contextmanager
def running_softhsm(folder: Path) -> Iterator[SoftHsm]:
    """Give tokens whose files lie in this folder alone."""
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(settings))
        yield SoftHsm(folder)
        pkcs11.lib(str(MODULE)).finalize()
