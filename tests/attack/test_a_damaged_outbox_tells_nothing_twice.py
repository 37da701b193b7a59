"""A page, half or all of an outbox is not what it was: a sentence, and how to go on."""

import sqlite3
from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner, Result

from sources.__main__ import app
from sources.agency_keys import create_keys
from sources.errors import OutboxDamaged, OutboxRefused
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.restarting import set_aside
from tests.held_builders import take_over_lost
from tests.sources_builders import NOW, SECRET, Agency, a_number, a_row, an_agency
from tests.unit.sources.test_agency_keys_and_settings import SETTINGS

PAGE = 4_096
COUNT = 700
runner = CliRunner()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an agency that has published, some hundred pages of it."""
    folder = tmp_path_factory.mktemp("agency")
    create_keys(folder / "keys", name="agency", algorithm="Ed25519")
    (folder / "keys" / "outbox.key").write_bytes(SECRET)
    (folder / "agency.toml").write_text(SETTINGS)
    agency = an_agency(folder)
    agency.write(*(a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, COUNT + 1)))
    anyio.run(agency.publish)
    with sqlite3.connect(agency.outbox_path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture
def agency(sound: Path, tmp_path: Path) -> Agency:
    for name in ("agency.toml", "outbox.sqlite"):
        (tmp_path / name).write_bytes((sound / name).read_bytes())
    (tmp_path / "keys").mkdir()
    for path in (sound / "keys").iterdir():
        made = tmp_path / "keys" / path.name
        made.write_bytes(path.read_bytes())
        made.chmod(0o600)
    return an_agency(tmp_path)


def break_page(path: Path, number: int) -> None:
    data = bytearray(path.read_bytes())
    assert len(data) > number * PAGE
    data[(number - 1) * PAGE : number * PAGE] = b"\xa5" * PAGE
    path.write_bytes(data)


def cut_off(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def fill_with_text(path: Path) -> None:
    path.write_text("BSN;Zaak\n" * 1_000)


def put_another_database(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE something (else_ TEXT)")


def ask(agency: Agency, *words: str) -> Result:
    settings = str(agency.folder / "agency.toml")
    return runner.invoke(app, [*words, "--settings", settings])


def find_pages_of(path: Path, name: str, kind: str = "%") -> list[int]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT pageno FROM dbstat WHERE name = ? AND pagetype LIKE ?"
            " ORDER BY pageno",
            (name, kind),
        )
        return [row[0] for row in rows]


@pytest.mark.parametrize("table", ["signal", "delivery", "meta", "evaluated"])
@pytest.mark.parametrize("command", [("status",), ("doctor",), ("deliveries", "show")])
def test_one_broken_page_is_a_sentence_and_no_traceback(
    agency: Agency, table: str, command: tuple[str, ...]
) -> None:
    try:
        pages = find_pages_of(agency.outbox_path, table)
    except sqlite3.OperationalError:  # this SQLite was built without dbstat
        pages = [3, 20, 60]
    break_page(agency.outbox_path, pages[len(pages) // 2])
    said = ask(agency, *command)
    # doctor goes on with the rest of its list, and says in the end that it is not well
    assert said.exit_code == (1 if command == ("doctor",) else 2)
    assert isinstance(said.exception, SystemExit)
    assert "outbox restart" in " ".join(said.output.split())


@pytest.mark.parametrize("table", ["signal", "evaluated", "evidence_item"])
def test_a_page_in_the_place_of_another_is_a_sentence(
    agency: Agency, table: str
) -> None:
    """A disk that wrote a page elsewhere leaves two that are each well formed."""
    try:
        first, second = find_pages_of(agency.outbox_path, table, "leaf")[1:3]
    except sqlite3.OperationalError:
        pytest.skip("this SQLite was built without dbstat")
    data = bytearray(agency.outbox_path.read_bytes())
    page = data[(first - 1) * PAGE : first * PAGE]
    data[(second - 1) * PAGE : second * PAGE] = page
    agency.outbox_path.write_bytes(data)
    said = ask(agency, "status")
    assert said.exit_code == 2
    assert "outbox restart" in " ".join(said.output.split())


def break_words(path: Path) -> None:
    """Break the words of the schema, so that SQLite's own message is no text."""
    data = path.read_bytes()
    words = b"CREATE TABLE delivery"
    assert words in data
    path.write_bytes(data.replace(words, b"CREATE TAB\xd4\xd4 delivery"))


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    "harm", [cut_off, fill_with_text, put_another_database, break_words, empty]
)
def test_a_file_that_is_no_whole_outbox_is_a_sentence(
    agency: Agency, harm: object
) -> None:
    assert callable(harm)
    harm(agency.outbox_path)
    said = ask(agency, "status")
    assert said.exit_code == 2
    assert isinstance(said.exception, SystemExit)
    assert "postvak" in said.stderr


def test_another_database_is_left_as_it_is(agency: Agency) -> None:
    put_another_database(agency.outbox_path)
    before = agency.outbox_path.read_bytes()
    with pytest.raises(OutboxRefused, match="geen postvak"):
        Outbox(agency.outbox_path, OutboxKey(SECRET))
    assert agency.outbox_path.read_bytes() == before


def test_what_breaks_while_it_is_open_leaves_as_a_sentence(agency: Agency) -> None:
    def read_what_breaks() -> None:
        with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
            connection = outbox.connection
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("UPDATE sqlite_master SET rootpage = 9999")
            connection.execute("PRAGMA schema_version = 99")
            connection.execute("SELECT count(*) FROM signal").fetchall()

    with pytest.raises(OutboxDamaged):
        read_what_breaks()


@pytest.mark.anyio
async def test_a_damaged_outbox_begins_anew_and_doubles_no_flag(
    tmp_path: Path,
) -> None:
    agency = an_agency(tmp_path)
    agency.write(*(a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 30)))
    await agency.publish()
    cut_off(agency.outbox_path)
    with pytest.raises(OutboxDamaged):
        await agency.publish()
    aside = set_aside(agency.outbox_path, OutboxKey(SECRET), now=NOW)
    assert aside is not None
    assert aside.exists()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        assert await take_over_lost(outbox, agency.index) == 29
    await agency.publish(approve=True)
    shown = agency.index.shown_often()
    assert (len(shown), len(set(shown))) == (29, 29)
