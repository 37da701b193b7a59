"""Exports to propose a profile for, and what was proposed."""

import csv
import io
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sources.__main__ import app
from sources.errors import InvalidProfile
from sources.layouts import CsvLayout
from sources.profile import Profile, parse_profile
from tests.sources_builders import a_number

runner = CliRunner()

KNOWN = (
    "--category",
    "bijstand",
    "--function",
    "Klantmanager",
    "--phone",
    "0182 555101",
    "--informed",
    "discussed",
    "--verified",
    "2026-10-01",
)


HEADER = (
    *("Cliëntnaam", "BSN", "Geboortedatum", "Zaaknummer", "Startdatum", "Einddatum"),
    *("Status", "Gemeentecode", "Team", "Telefoon", "TelefoonTeam", "Toelichting"),
    *("Schuldbedrag", "Diagnose", "Xyz"),
)


STORY = "mevrouw slaapt slecht sinds zij haar werk kwijt is en durft niet te bellen"


def a_line(count: int, **changed: str) -> list[str]:
    row = {
        "Cliëntnaam": f"De Wit-{count}",
        "BSN": a_number(count),
        "Geboortedatum": "05-08-1967",
        "Zaaknummer": f"Z-{count}",
        "Startdatum": f"{10 + count % 15}-01-2026",
        "Einddatum": "",
        "Status": ("Lopend", "Beëindigd", "Aanvraag")[count % 3],
        "Gemeentecode": "9901",
        "Team": ("Noord", "Zuid")[count % 2],
        "Telefoon": f"06{10_000_000 + count}",
        "TelefoonTeam": "0182 555 101",
        "Toelichting": f"{STORY} {count}",
        "Schuldbedrag": f"{count * 7},50",
        "Diagnose": f"F{count % 90}",
        "Xyz": f"xyz-{count}",
    } | changed
    return [row[name] for name in HEADER]


@dataclass(frozen=True)
class Proposed:
    text: str
    shown: str

    @property
    def toml(self) -> dict[str, object]:
        return tomllib.loads(self.text)


def propose(path: Path, *given: str) -> Proposed:
    out = path.with_suffix(".proposal.toml")
    done = runner.invoke(
        app,
        ["profile", "init", str(path), "--out", str(out), *given],
        env={"COLUMNS": "200"},
    )
    assert done.exit_code == 0, done.output
    # Where the file lies is ours to choose, and its name may hold anything.
    shown = done.output.replace(str(path.parent), "MAP")
    return Proposed(out.read_text("utf-8"), shown)


def write_table(
    path: Path, rows: list[list[str]], *, delimiter: str = ";", encoding: str = "utf-8"
) -> Path:
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=delimiter).writerows([HEADER, *rows])
    path.write_bytes(made.getvalue().encode(encoding))
    return path


def find_asked(found: Proposed) -> set[str]:
    """Give the keys that the proposal leaves to a person, as the profile names them."""
    with pytest.raises(InvalidProfile) as refusal:
        parse_profile(found.text)
    return set(str(refusal.value).rpartition("bij: ")[2].rstrip(".").split(", "))


KNOWN_HERE = (*KNOWN, "--municipality", "9901")


def write(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    every = list(rows)
    lines = [";".join(every[0]), *(";".join(row.values()) for row in every)]
    path.write_text("\n".join(lines) + "\n")
    return path


def a_file(path: Path, count: int = 30, /, **columns: Sequence[str]) -> Path:
    """A file of good rows; a column is given as the values that come by in turn."""
    return write(
        path,
        (
            {
                "BSN": a_number(at),
                "Zaaknummer": f"Z-{at}",
                "Startdatum": f"{13 + at % 15}-03-2026",
            }
            | {name: values[at % len(values)] for name, values in columns.items()}
            for at in range(count)
        ),
    )


def look(path: Path) -> Proposed:
    return propose(path, *KNOWN_HERE)


def load(found: Proposed) -> tuple[Profile, CsvLayout]:
    profile = parse_profile(found.text)
    assert profile.csv
    return profile, profile.csv
