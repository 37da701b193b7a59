"""`signal-source check` foresees what `publish` does, by the outbox that is there."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import anyio.to_thread
import pytest
from typer.testing import CliRunner, Result

from signal_index.wire.deliveries import DeliveryKind
from sources.__main__ import app
from sources.errors import ClockDiffers
from sources.foreseeing import (
    foresee,
    hold_against_index,
    judge_as_delivered,
    open_copy,
)
from sources.intake.files import FileIntake
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.previewing import make_preview
from sources.publisher.task import Task
from tests.agency_settings import an_agency_with_settings
from tests.sources_builders import (
    NOW,
    PROFILE,
    SECRET,
    TODAY,
    Agency,
    a_number,
    a_profile,
    a_row,
    a_wrong_number,
    shows,
    write_rows,
)

pytestmark = pytest.mark.anyio

Row = Mapping[str, str]
runner = CliRunner()


@pytest.fixture
async def agency(tmp_path: Path) -> Agency:
    """An agency that delivered twelve cases."""
    made = an_agency_with_settings(tmp_path)
    (tmp_path / "profile.toml").write_text(PROFILE)
    made.write(*rows())
    await made.publish()
    return made


def rows(of: Callable[[int], int] = lambda n: n) -> list[dict[str, str]]:
    return [a_row(Zaak=f"Z-{n}", BSN=a_number(of(n))) for n in range(1, 13)]


def check(agency: Agency, *words: str) -> Result:
    settings, profile = agency.folder / "agency.toml", agency.folder / "profile.toml"
    given = ("--settings", str(settings), "--profile", str(profile))
    return invoke("check", str(agency.file), *given, *words)


def invoke(*words: str) -> Result:
    """As from a shell, where no loop runs."""
    with ThreadPoolExecutor(1) as shell:
        return shell.submit(runner.invoke, app, [*words]).result()


SLIPPED = rows(lambda n: n % 12 + 1)
CASES: Mapping[str, Sequence[Row]] = {
    "the same": rows(),
    "one more": [*rows(), a_row(Zaak="Z-13", BSN=a_number(13))],
    "one gone": rows()[1:],
    "one rejected": [*rows()[1:], a_row(BSN=a_wrong_number())],
    "one over": [a_row(Stand="dicht", Eind="2026-02-01"), *rows()[1:]],
    "slipped": SLIPPED,
    "broken off": rows()[:3],
}


@pytest.mark.parametrize("written", CASES.values(), ids=CASES)
async def test_what_is_foreseen_is_what_is_sent(
    agency: Agency, written: Sequence[Row]
) -> None:
    agency.write(*written)
    told = json.loads(check(agency, "--json").stdout)
    counts = (await agency.publish(approve=True)).counts
    assert told["compared"] == 12
    assert sum(told["wouldSend"].values()) == counts.accepted
    assert told["wouldWithdraw"] == counts.withdrawn
    assert (told["unchanged"], told["rejected"]) == (counts.unchanged, counts.rejected)


async def test_a_file_that_would_wait_is_said_with_its_cases(agency: Agency) -> None:
    agency.write(*SLIPPED)
    said = check(agency)
    assert said.exit_code == 1
    assert "12 van 12 bekende zaken krijgen een andere persoon: Z-1, " in said.stdout
    assert "wacht deze levering op uw antwoord" in said.stdout


async def test_a_file_that_changes_nothing_would_send_nothing(agency: Agency) -> None:
    said = check(agency)
    assert said.exit_code == 0
    assert "Zou versturen: 0. Ongewijzigd: 12." in said.stdout
    assert "Vergeleken met 12 signalen die u" in said.stdout


async def test_it_changes_nothing_and_runs_beside_the_agent(agency: Agency) -> None:
    agency.write(*SLIPPED)
    before = agency.outbox_path.read_bytes()
    files = set(agency.folder.iterdir())
    with Outbox(agency.outbox_path, OutboxKey(SECRET)):
        assert check(agency).exit_code == 1
    assert set(agency.folder.iterdir()) <= files
    assert agency.outbox_path.read_bytes() == before
    numbers = [(a_number(n), "bijstand") for n in range(1, 13)]
    assert agency.index.shown() == shows(*numbers)


async def test_settings_in_this_folder_need_not_be_named(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(agency.folder)
    agency.write(*SLIPPED)
    said = invoke("check", "delivery.csv", "--profile", "profile.toml")
    assert (said.exit_code, "andere persoon" in said.stdout) == (1, True)


async def test_without_an_outbox_it_says_nothing_was_compared(
    agency: Agency,
) -> None:
    agency.outbox_path.unlink()
    said = check(agency)
    assert (said.exit_code, "als eerste levering" in said.stdout) == (0, True)
    assert not agency.outbox_path.exists()


async def test_a_name_that_publish_refuses_is_not_compared_either(
    agency: Agency,
) -> None:
    """It would compare the same signals, and call all of them confirmed."""
    profile = agency.folder / "profile.toml"
    profile.write_text(PROFILE.replace('name = "test"', 'name = "other"'))
    given = ("--settings", str(agency.folder / "agency.toml"))
    words = ["reconcile", *given, "--profile", str(profile)]
    said = await anyio.to_thread.run_sync(runner.invoke, app, words)
    assert (said.exit_code, "profile rename test other" in said.stderr) == (2, True)


async def test_a_held_delivery_counts_who_got_another_person(agency: Agency) -> None:
    agency.write(*SLIPPED)
    with pytest.raises(Exception, match="wacht"):
        await agency.publish()
    settings = ("--settings", str(agency.folder / "agency.toml"))
    told = json.loads(
        runner.invoke(app, ["deliveries", "show", "--json", *settings]).stdout
    )
    assert (told[0]["state"], told[0]["persons"]) == ("held", 12)


async def test_an_end_that_is_not_read_or_that_a_status_denies_is_said(
    agency: Agency,
) -> None:
    """Closed clients would get a flag, and nothing else would show it."""
    agency.write(*rows()[1:], a_row(Stand="open", Eind="2026-02-01"))
    assert "open status en een einddag die al is geweest: 1." in check(agency).stdout
    over = [{**row, "Stand": "open", "Eind": "2026-02-01"} for row in rows()[:3]]
    agency.write(*over, *rows()[3:])
    asked = check(agency).stdout
    assert asked.count("De einddag telt") == 1
    assert (
        "Van 12 records hebben er 3 meer dan bij u gewoon is een open status" in asked
    )
    profile = agency.folder / "profile.toml"
    lines = PROFILE.splitlines(keepends=True)
    profile.write_text("".join(line for line in lines if not line.startswith("end")))
    said = check(agency).stdout
    assert "kolom Eind bevat datums in het verleden en wordt niet gelezen" in said


async def test_a_second_export_of_one_registration_is_checked_all_the_same(
    agency: Agency,
) -> None:
    profile = agency.folder / "profile.toml"
    profile.write_text(PROFILE.replace('name = "test"', 'name = "nieuw"'))
    done = check(agency, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["read"]) == (1, 12)
    assert "profile rename test nieuw" in told["refused"]


async def test_a_wrong_clock_is_said_before_anything_is_judged_by_it(
    agency: Agency,
) -> None:
    index, key = agency.index, OutboxKey(SECRET)
    with open_copy(agency.outbox_path, key) as outbox:
        now = agency.now
        assert await hold_against_index(outbox, index, lambda: now, a_profile()) == ""
        late = agency.now - timedelta(days=2, seconds=-1)
        with pytest.raises(ClockDiffers, match="2 dagen achter"):
            await hold_against_index(outbox, index, lambda: late, a_profile())


async def test_of_a_column_that_slipped_no_record_is_blamed(agency: Agency) -> None:
    """Advice about one record would have somebody change a profile that is right."""
    agency.write(*rows()[:3], *(a_row(Zaak=f"Z-{n}", Begin="TEAM") for n in range(9)))
    said = check(agency).stdout
    assert "in kolom Begin past het meeste niet. Is een kolom verschoven" in said
    agency.write(*rows()[:8], *(a_row(Zaak=f"Z-{n}", Begin="TEAM") for n in range(4)))
    assert "past het meeste niet" not in check(agency).stdout


async def test_where_publish_refuses_a_lost_outbox_check_says_why(
    agency: Agency,
) -> None:
    with open_copy(None, None) as outbox:
        now = agency.now
        said = await hold_against_index(outbox, agency.index, lambda: now, a_profile())
    assert said is not None
    assert "outbox restart --lost POSTVAK" in said


def test_a_rehearsal_counts_what_check_counts(tmp_path: Path) -> None:
    """Twice the same person and first day shows only when all is read."""
    file = write_rows(tmp_path / "f.csv", [*rows(), a_row(Zaak="Z-1"), a_row(BSN="1")])
    profile = a_profile()
    made = make_preview(FileIntake(file, profile), today=TODAY)
    task = Task(FileIntake(file, profile), profile, DeliveryKind.FULL)
    judge_as_delivered(made, task, now=NOW)
    with open_copy(None, None) as outbox:
        seen = foresee(outbox, task, now=NOW, told=lambda _: None)
    counts = seen.delivery.counts
    assert (made.signals, made.rejected) == (sum(seen.sends.values()), counts.rejected)
    assert made.rejects.total() == made.rejected == 2
