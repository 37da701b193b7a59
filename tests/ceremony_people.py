"""People at their machines, who type the commands of a ceremony and read digits."""

import re
from collections.abc import Sequence
from pathlib import Path

from typer.testing import CliRunner, Result

from keys.commands import app

RUN = CliRunner()
SAID = "a passphrase that nobody guesses"


def told(result: Result) -> str:
    """The eighteen digits in the last line that holds any."""
    found: list[str] = re.findall(r"(?:\d{3} ){5}\d{3}", result.output)
    return found[-1]


def run(*arguments: object, typed: str | None = None) -> Result:
    return RUN.invoke(app, [str(each) for each in arguments], input=typed)


def done(*arguments: object, typed: str | None = None) -> Result:
    result = run(*arguments, typed=typed)
    assert result.exit_code == 0, result.output
    return result


class People:
    """Holders at their machines, who hand each other files and read digits."""

    def __init__(self, place: Path, holders: Sequence[int] = (1, 2)) -> None:
        self.folders = {at: place / f"holder-{at}" for at in holders}
        self.passphrase = place / "safe" / "passphrase"
        self.passphrase.parent.mkdir()
        self.passphrase.touch(mode=0o600)
        self.passphrase.write_text(SAID)

    def opened(self, at: int) -> list[object]:
        return ["--folder", self.folders[at], "--passphrase", self.passphrase]

    def files(self, kind: str) -> list[Path]:
        return [self.folders[at] / f"{kind}-{at}.json" for at in self.folders]

    def make_cards(self) -> None:
        for at in self.folders:
            done(
                *("card", "new", "--id", f"holder-{at}", "--into", self.folders[at]),
                *("--passphrase", self.passphrase),
            )

    def open(self, *scope: object) -> str:
        """Open a ceremony, carry it to all, and give its digits; of a new key."""
        cards = [folder / "card.json" for folder in self.folders.values()]
        first = self.folders[1] / "ceremony.json"
        opened = done(
            *("ceremony", "open", *cards, *(scope or ("--threshold", 2))),
            *("--valid-days", 730, "--into", first),
        )
        for at, folder in self.folders.items():
            if at != 1:
                (folder / "ceremony.json").write_bytes(first.read_bytes())
        return told(opened)

    def hold_call(self, digits: str) -> str:
        """Take every step up to the share; give the digits of the transcript."""
        committed = self.each("commit", "--digits", digits)
        self.heard = committed[0].output
        self.each("share", *self.files("commit"))
        read_aloud = told(self.each("accept", *self.files("message"))[-1])
        self.each("finish", *self.files("certificate"), "--digits", read_aloud)
        return read_aloud

    def each(self, step: str, *arguments: object) -> list[Result]:
        """Have every holder take a step."""
        return [
            done("ceremony", step, *arguments, *self.opened(at)) for at in self.folders
        ]
