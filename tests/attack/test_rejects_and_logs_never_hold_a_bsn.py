"""Dirty records are shown to people and logged by machines, but never about whom."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer import Exit

from sources.cli.check import check_command
from sources.events import Event, log_event
from sources.rejects import write_rejects
from tests.sources_builders import (
    PROFILE,
    Agency,
    a_number,
    a_row,
    a_wrong_number,
    an_agency,
)

pytestmark = pytest.mark.anyio
WRONG = a_wrong_number()
RIGHT = a_number(1)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that any logger of the process writes."""
    stream = io.StringIO()
    sink = logging.StreamHandler(stream)
    loggers = (logging.getLogger(), logging.getLogger("sources"))
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(sink)
        logger.setLevel(logging.DEBUG)
    yield stream
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(sink)
        logger.setLevel(level)


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = an_agency(tmp_path)
    made.write(
        a_row(),
        a_row(),  # a double of a person whose number is right
        a_row(Zaak=WRONG, BSN=WRONG),
        a_row(Zaak="Z-3", BSN=f"BSN {RIGHT}"),
        a_row(Zaak="Z-4", BSN="", Team=RIGHT, Telefoon=RIGHT),
        a_row(Zaak="Z-5", BSN=RIGHT, Begin=RIGHT, Eind=WRONG),
        a_row(Zaak="Z-6", BSN=RIGHT, Stand=RIGHT, Gemeente=RIGHT),
        a_row(Zaak=RIGHT * 20, BSN=RIGHT),
        a_row(Zaak="Z-8", BSN=a_number(8), Gemeente="9902"),
    )
    made.index.refuse = lambda notice: (
        f"no-{RIGHT}" if notice.municipality == "9902" else ""
    )
    return made


def holds_a_number(text: str) -> bool:
    return WRONG in text or RIGHT in text


async def test_the_rejects_file_holds_no_bsn_not_even_a_mistyped_one(
    agency: Agency, tmp_path: Path
) -> None:
    agency.index.refuse = lambda _: ""
    await agency.publish(approve=True)
    path = tmp_path / "rejects.csv"
    assert write_rejects(path, agency.heard.rejects) > 8
    assert not holds_a_number(path.read_text())
    assert path.stat().st_mode & 0o077 == 0


async def test_the_log_of_a_run_holds_no_bsn(agency: Agency, log: io.StringIO) -> None:
    await agency.publish(approve=True)
    assert "delivery-closed" in log.getvalue()
    assert not holds_a_number(log.getvalue())


def test_a_dry_run_shows_no_bsn(
    agency: Agency, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text(PROFILE)
    with pytest.raises(Exit):  # most of it is wrong, on purpose
        check_command(agency.file, profile=profile, rejects=None, as_json=False)
    shown = capsys.readouterr()
    assert "bijstand" in shown.out
    assert not holds_a_number(shown.out + shown.err)


def test_an_event_has_no_field_that_is_not_on_its_list() -> None:
    with pytest.raises(ValueError, match="no such field"):
        log_event(Event.EVALUATED, bsn=RIGHT)
