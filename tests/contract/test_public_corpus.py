"""The public corpus: every dirty file gives what stands beside it."""

import json
import re
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from keys.bsn import parse_bsn
from keys.errors import InvalidBsn
from sources.__main__ import app
from sources.corpus.cases import make_corpus
from sources.corpus.model import Checked, Dirty, Rejected
from sources.corpus.people import invent_numbers, mistype
from sources.corpus.writing import describe
from sources.errors import InvalidProfile, UnreadableFile
from sources.formats import FORMATS
from sources.intake.files import FileIntake
from sources.passed_over import PassedOver
from sources.profile import parse_profile
from sources.values import Aside, Case, Closing, Reject
from tests.sources_builders import TODAY

CORPUS = tuple(make_corpus(1))
ROOT = Path(__file__).parents[2]
KNOWN = (
    *("--category", "bijstand", "--municipality", "9901", "--informed", "discussed"),
    *("--function", "Klantmanager", "--phone", "0182 555 101"),
    *("--verified", "2026-10-01"),
)
runner = CliRunner()


@pytest.fixture(params=CORPUS, ids=lambda dirty: dirty.name)
def dirty(request: pytest.FixtureRequest) -> Dirty:
    found: Dirty = request.param
    return found


def put(dirty: Dirty, folder: Path) -> Path:
    path = folder / dirty.file
    path.write_bytes(dirty.data)
    return path


def read(dirty: Dirty, path: Path) -> Checked:
    """What reading gives, in the words of the corpus."""
    intake = FileIntake(path, parse_profile(dirty.profile))
    signals, closed, rejects = 0, 0, []
    passed: tuple[PassedOver, ...] = ()
    try:
        for reading in intake.read(today=TODAY):
            for entry in reading:
                signals += isinstance(entry, Case)
                closed += isinstance(entry, Closing)
                if isinstance(entry, Reject):
                    rejects.append(_name(entry))
                if isinstance(entry, Aside):
                    passed += entry.passed
    except UnreadableFile as error:
        return Checked(refusal=str(error))
    return Checked(signals, closed, tuple(rejects), passed=passed)


def _name(entry: Reject) -> Rejected:
    """A line names a record; without one, its place in the file does."""
    place = entry.place
    record = "" if place.line else place.record
    return Rejected(place.line, entry.field, entry.reason, record)


def test_reading_gives_what_is_expected(dirty: Dirty, tmp_path: Path) -> None:
    found = read(dirty, put(dirty, tmp_path))
    if dirty.checked.refusal:
        assert dirty.checked.refusal in found.refusal
    else:
        assert found == dirty.checked


def test_init_proposes_and_asks_what_is_expected(dirty: Dirty, tmp_path: Path) -> None:
    path = put(dirty, tmp_path)
    done = runner.invoke(app, ["profile", "init", str(path), *KNOWN])
    if dirty.proposed.refusal:
        assert done.exit_code == 2
        assert dirty.proposed.refusal in " ".join(done.output.split())
        return
    assert done.exit_code == 0, done.output
    assert _find_asked(done.stdout) == dirty.proposed.asks
    assert _find_columns(done.stdout) == dirty.proposed.columns


def _find_asked(text: str) -> set[str]:
    try:
        parse_profile(text)
    except InvalidProfile as refusal:
        return set(str(refusal).rpartition("bij: ")[2].rstrip(".").split(", "))
    return set()


def _find_columns(text: str) -> dict[str, str]:
    proposed = tomllib.loads(text)
    tables = [proposed[form] for form in ("csv", "xlsx") if form in proposed]
    return tables[0]["columns"] if tables else {}


def test_there_are_enough_of_them_and_each_has_a_name_of_its_own() -> None:
    assert len(CORPUS) >= 60
    assert len({dirty.name for dirty in CORPUS}) == len(CORPUS)
    assert len({sha256(dirty.data).digest() for dirty in CORPUS}) >= 60


def test_every_format_of_a_file_is_in_it() -> None:
    formats = {parse_profile(dirty.profile).format for dirty in CORPUS}
    assert formats == {name for name, facts in FORMATS.items() if facts.is_file}


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others() -> None:
    def digests(seed: int) -> Iterator[bytes]:
        return (sha256(dirty.data).digest() for dirty in make_corpus(seed))

    assert tuple(digests(1)) == tuple(sha256(each.data).digest() for each in CORPUS)
    assert tuple(digests(2)) != tuple(digests(1))


def test_numbers_are_of_nobody_and_pass_the_proof() -> None:
    numbers = invent_numbers(1, "x")
    for _ in range(100):
        number = next(numbers)
        assert number.startswith("9999")
        parse_bsn(number)
        with pytest.raises(InvalidBsn):
            parse_bsn(mistype(number))


def test_the_command_writes_each_file_with_its_profile_and_what_is_right(
    tmp_path: Path,
) -> None:
    out = tmp_path / "corpus"
    done = runner.invoke(app, ["corpus", "--out", str(out)])
    assert done.exit_code == 0, done.output
    index = json.loads((out / "index.json").read_text("utf-8"))
    assert [each["name"] for each in index["files"]] == [each.name for each in CORPUS]
    for each in CORPUS:
        place = out / each.name
        assert (place / each.file).read_bytes() == each.data
        expected = json.loads((place / "expected.json").read_text("utf-8"))
        assert expected == json.loads(json.dumps(describe(each)))
        assert (place / "profile.toml").read_text("utf-8") == each.profile


def test_the_page_names_the_subjects_and_every_file_has_one() -> None:
    page = (ROOT / "docs" / "connectors" / "corpus.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    begins = tuple(
        re.findall(r"`([a-z]+-?)`", "".join(row.split("|")[2] for row in rows))
    )
    assert len(begins) >= 12
    assert [each.name for each in CORPUS if not each.name.startswith(begins)] == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("van mij")
    done = runner.invoke(app, ["corpus", "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert [each.name for each in tmp_path.iterdir()] == ["x"]
