"""`signal-source deliveries`, as whoever delivers reads it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import anyio.to_thread
import pytest
from typer.testing import CliRunner, Result

from signal_index.wire.deliveries import DeliveryKind
from sources.__main__ import app
from sources.cli.deliveries import conclude
from sources.cli.delivery_words import summarise
from sources.clock import write_day, write_moment
from sources.errors import (
    DeliveryHeld,
    DeliveryUnheard,
    EvaluationStopped,
)
from sources.intake.folder import ROOMS
from sources.outbox.holding import HELD_FOR, Held
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from tests.agency_settings import an_agency_with_settings
from tests.keys_builders import pins_of, the_dealing
from tests.sources_builders import (
    PROFILE,
    SECRET,
    Agency,
    a_number,
    a_row,
    a_wrong_number,
)
from tests.unit.sources.test_agency_keys_and_settings import SETTINGS

pytestmark = pytest.mark.anyio

runner = CliRunner()


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency_with_settings(tmp_path)


def ask(agency: Agency, *words: str) -> Result:
    settings = str(agency.folder / "agency.toml")
    return runner.invoke(app, ["deliveries", *words, "--settings", settings])


async def test_deliveries_are_listed_with_what_became_of_them(agency: Agency) -> None:
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_wrong_number()))
    done = await agency.publish()
    found = json.loads(ask(agency, "show", "--json").stdout)
    assert [one["delivery"] for one in found] == [str(done.id)]
    assert (found[0]["state"], found[0]["accepted"]) == ("closed", 1)
    assert found[0]["rejects"] == {"bsn-invalid": 1}


async def test_one_delivery_says_what_to_do_about_its_rejects(agency: Agency) -> None:
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_wrong_number()))
    done = await agency.publish()
    said = ask(agency, "show", str(done.id))
    assert said.exit_code == 0
    assert "afgesloten" in said.stdout
    assert "kan geen BSN zijn" in said.stdout


def find_last(agency: Agency) -> dict[str, object]:
    found: list[dict[str, object]] = json.loads(ask(agency, "show", "--json").stdout)
    return found[0]


async def test_where_every_record_went_adds_up(agency: Agency) -> None:
    agency.write(
        a_row(),
        a_row(Zaak="Z-2", BSN=a_number(2), Stand="dicht", Eind="2026-02-01"),
        a_row(Zaak="Z-3", BSN=a_number(3), Stand="aanvraag"),
        a_row(Zaak="Z-4", BSN=a_wrong_number()),
    )
    for _ in range(2):  # the second time nothing of it is read
        await agency.publish()
        one = find_last(agency)
        went = ("accepted", "unchanged", "ended", "notBegun", "ignored", "rejected")
        assert sum(int(str(one[name])) for name in went) == one["read"] == 4
        assert (one["ended"], one["notBegun"], one["rejected"]) == (1, 1, 1)
        assert one["ignored"] == 0
    said = ask(agency, "show", str(find_last(agency)["delivery"])).stdout
    assert "Nog niet begonnen, volgens de status: 1" in said
    assert "1 x BSN: " in said
    assert "Regel 5." in said, "also where the file itself was not read again"


async def test_a_line_that_was_passed_over_is_said_also_when_nothing_changed(
    agency: Agency,
) -> None:
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_number(2)))
    agency.file.write_text(agency.file.read_text() + "Totaal;2;;;;;;\n")
    for _ in range(2):
        done = await agency.publish()
        said = ask(agency, "show", str(done.id)).stdout
        assert "Regel 4 overgeslagen: lijkt een totaalregel." in said
    sent = json.loads(json.dumps(agency.index.state["deliveries"]))
    passed = [{"why": "total", "count": 1, "lines": [4]}]
    assert [one["passed"] for one in sent.values()] == [passed] * 2


async def test_one_case_of_another_person_is_named_before_and_counted_after(
    agency: Agency,
) -> None:
    """By `publish` and `deliveries show`, by its number at the agency and no other."""
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_number(2)))
    await agency.publish()
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_number(3)))
    words = write_publication(agency)
    with pytest.raises(DeliveryHeld) as refusal:
        await agency.publish()
    delivery, asked = refusal.value.delivery, "krijgt een andere persoon: Z-2."
    told = await anyio.to_thread.run_sync(runner.invoke, app, words)
    shown = ask(agency, "show", str(delivery)).stdout
    for said in (told.stderr, shown):
        assert asked in said
        assert f"deliveries approve {str(delivery)[-8:]}" in said
        assert not any(a_number(n) in said for n in (2, 3))
    machine = await anyio.to_thread.run_sync(runner.invoke, app, [*words, "--json"])
    assert "Z-2" not in machine.output
    done = await agency.publish(approve=True)
    said = ask(agency, "show", str(done.id)).stdout
    assert "Kregen een andere persoon: 1" in said
    assert "Ingetrokken: 1" in said
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        summary = summarise(outbox, done, agency.folder)
    assert summary["persons"] == 1


async def test_rejects_that_are_asked_about_are_named_by_their_line_in_the_file(
    agency: Agency,
) -> None:
    good = [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 11)]
    agency.write(*(a_row(Zaak=f"F-{n}", BSN="1") for n in range(6)), *good)
    with pytest.raises(DeliveryHeld) as refusal:
        await agency.publish()
    said = ask(agency, "show", str(refusal.value.delivery)).stdout
    assert "dan bij u gewoon is: regel 2, regel 3, " in said
    words = write_publication(agency)
    told = await anyio.to_thread.run_sync(runner.invoke, app, words)
    path = anyio.Path(told.stderr.partition("Afgewezen records: ")[2].splitlines()[0])
    written = await path.read_text("utf-8-sig")
    assert written.splitlines()[1].startswith("2;record 1;")


def write_publication(agency: Agency) -> list[str]:
    """Write what publishing needs; gives the words that publish the agency's file."""
    (agency.folder / "pins.json").write_text(
        json.dumps({"pins": [key.jwk for key in pins_of(the_dealing()).keys]})
    )
    profile = agency.folder / "profile.toml"
    profile.write_text(PROFILE)
    settings = str(agency.folder / "agency.toml")
    given = ["--settings", settings, "--profile", str(profile)]
    return ["publish", str(agency.file), *given]


async def test_an_unknown_delivery_is_refused_in_a_sentence(agency: Agency) -> None:
    agency.write(a_row())
    await agency.publish()
    said = ask(agency, "show", str(uuid4()))
    assert said.exit_code == 2
    assert "staat niet in dit postvak" in said.stderr


async def hold(agency: Agency, form: str = "Z-{}") -> str:
    """Let four of twenty cases disappear at once; gives the delivery that waits."""
    rows = [a_row(Zaak=form.format(n), BSN=a_number(n)) for n in range(1, 21)]
    agency.write(*rows)
    await agency.publish()
    agency.write(*rows[:16])
    with pytest.raises(DeliveryHeld) as refusal:
        await agency.publish()
    return str(refusal.value.delivery)


async def test_what_waits_is_shown_with_the_agencys_own_case_numbers(
    agency: Agency,
) -> None:
    waiting = await hold(agency)
    said = ask(agency, "show", waiting).stdout
    assert "wacht op u" in said
    assert "Gelezen: 16" in said
    assert "Ongewijzigd" not in said
    assert "4 van 20 bekende zaken staan niet meer in dit bestand" in said
    assert "Z-17" in said
    settings = agency.folder / "agency.toml"
    command = f"signal-source deliveries approve {waiting[-8:]} --settings {settings}`"
    assert command in said
    assert a_number(17) not in said


async def test_whatever_is_cut_short_says_where_the_rest_is(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, lines that were passed over and rejects; and `--all` says them all."""
    monkeypatch.setenv("COLUMNS", "2000")
    rows = [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 41)]
    agency.write(*rows)
    await agency.publish()
    wrong = [one | {"BSN": a_wrong_number()} for one in rows[-9:]]
    agency.write(*rows[:10], *wrong)
    agency.file.write_text(agency.file.read_text() + ";;;;;;;\n" * 15)
    with pytest.raises(DeliveryHeld) as held:
        await agency.publish()
    short = str(held.value.delivery)[-8:]
    said = ask(agency, "show", short).stdout
    way = f"(alle: `signal-source deliveries show {short} --all --settings"
    assert f"Z-22 en nog 9 {way}" in said
    assert f"en nog 3 {way}" in said
    assert "en nog 3 (alle: in het bestand met afgewezen records)" in said
    everything = ask(agency, "show", short, "--all").stdout
    assert "Z-31" in everything
    assert "--all" not in everything
    checked = ["check", str(agency.file), "--profile", str(profile_of(agency))]
    seen = runner.invoke(app, checked).stdout
    assert "en nog 3 (alle: `signal-source check BESTAND --all --profile" in seen
    assert "`signal-source check BESTAND --rejects rejects.csv --profile" in seen
    assert "--all" not in runner.invoke(app, [*checked, "--all"]).stdout


def profile_of(agency: Agency) -> Path:
    path = agency.folder / "profile.toml"
    path.write_text(PROFILE, "utf-8")
    return path


async def test_the_last_day_for_an_answer_is_said_wherever_it_waits(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And stands first in `status`: the moment of a delivery is no last day."""
    monkeypatch.setenv("COLUMNS", "200")
    waiting = await hold(agency)
    last = agency.now + HELD_FOR
    until = f"wacht op u, tot en met {write_day(last.date())}"
    shown = ask(agency, "show").stdout
    assert "Aangeleverd" in shown
    assert until in shown
    assert until in ask(agency, "show", waiting).stdout
    assert f"aangeleverd op {write_moment(agency.now)}" in (
        ask(agency, "show", waiting).stdout
    )
    (held,) = json.loads(ask(agency, "show", waiting, "--json").stdout)
    assert held["answerBy"] == last.date().isoformat()
    with pytest.raises(DeliveryHeld, match=until):
        await agency.publish()
    settings = str(agency.folder / "agency.toml")
    status = runner.invoke(app, ["status", "--settings", settings]).stdout
    assert until in status.splitlines()[0]


@pytest.mark.parametrize("form", ["[b]{}", "{}[/b]", "[link=x]{}[/]", ":key:{}"])
async def test_a_case_number_that_looks_like_markup_is_shown_whole(
    agency: Agency, form: str
) -> None:
    """Somebody approves what stands here: nothing of it may vanish."""
    said = ask(agency, "show", await hold(agency, form))
    assert said.exit_code == 0
    assert form.format(17) in said.stdout


async def test_a_machine_hears_counts_and_codes_of_what_waits(agency: Agency) -> None:
    waiting = await hold(agency)
    (found,) = json.loads(ask(agency, "show", waiting, "--json").stdout)
    assert found["state"] == "held"
    assert found["findings"] == [{"finding": "cases-gone", "count": 4, "of": 20}]
    assert "Z-17" not in json.dumps(found)


async def test_an_answer_is_noted_while_the_agent_holds_the_outbox(
    agency: Agency,
) -> None:
    waiting = await hold(agency)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        said = await anyio.to_thread.run_sync(ask, agency, "approve", waiting)
        assert (said.exit_code, "agent" in said.stdout) == (0, True)
        await agency.make_run(outbox).finish_unfinished()
    assert len(agency.index.shown()) == 16


async def test_what_is_dropped_is_gone(agency: Agency) -> None:
    """And where the agent held its file, that is no longer in `held` either."""
    waiting = await hold(agency)
    feed = '[[feeds]]\nname = "bijstand"\nprofile = "profile.toml"\nfolder = "in"\n'
    (agency.folder / "agency.toml").write_text(f"{SETTINGS}\n{feed}")
    for room in ROOMS:
        (agency.folder / "in" / room).mkdir(parents=True)
    (agency.folder / "in/held" / f"{UUID(waiting).hex}-1-a.csv").write_text("")
    said = ask(agency, "drop", waiting)
    assert list((agency.folder / "in/held").iterdir()) == []
    assert len(list((agency.folder / "in/dropped").iterdir())) == 2, "with the reason"
    assert "vervallen" in said.stdout
    assert said.exit_code == 0
    assert ask(agency, "approve", waiting).exit_code == 2
    assert len(agency.index.shown()) == 20
    assert "vervallen" in ask(agency, "show", waiting[-8:]).stdout
    states = [one["state"] for one in json.loads(ask(agency, "show", "--json").stdout)]
    assert sorted(states) == ["closed", "dropped"]


async def test_what_a_newer_delivery_replaced_stays_to_be_read(
    agency: Agency,
) -> None:
    waiting = await hold(agency)
    agency.write(*(a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 22)))
    await agency.publish()
    assert "vervangen door een nieuwere" in ask(agency, "show", waiting).stdout
    with closing(sqlite3.connect(agency.outbox_path)) as outbox:
        for table in ("held", "held_case", "held_contact"):
            kept = outbox.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
            assert kept.fetchone() == (0,)


async def test_what_is_approved_and_not_heard_is_not_called_done(
    agency: Agency,
) -> None:
    agency.write(a_row(), *(a_row(Zaak=f"Z-{n}", BSN="1") for n in range(2, 5)))
    done = await agency.publish()
    held = Held(done.id, done.profile, b"", done.ends, 6, (), b"", is_approved=True)
    with pytest.raises(DeliveryUnheard, match="Bent u live, dan ziet"):
        conclude([done], held)
    with pytest.raises(DeliveryHeld):
        conclude([], held)
    assert "niet gehoord" in ask(agency, "show", str(done.id)).stdout
    settings = str(agency.folder / "agency.toml")
    words = ["status", "--settings", settings]
    told = runner.invoke(app, words, env={"COLUMNS": "200"})
    assert "afgesloten, niet gehoord" in told.stdout
    narrow = runner.invoke(app, words, env={"COLUMNS": "80"}).stdout
    assert "…" not in narrow


async def test_the_end_of_an_id_is_enough_and_never_cut(agency: Agency) -> None:
    agency.write(a_row())
    done = await agency.publish()
    short = str(done.id)[-8:]
    settings = str(agency.folder / "agency.toml")
    words = ["deliveries", "show", "--settings", settings]
    shown = runner.invoke(app, words, env={"COLUMNS": "80"}).stdout
    assert short in shown
    assert "…" not in shown
    assert str(done.id) in ask(agency, "show", short).stdout
    assert ask(agency, "show", "zz").exit_code == 2


async def test_an_end_of_two_deliveries_is_asked_about(agency: Agency) -> None:
    agency.write(a_row())
    begun = [str((await agency.publish()).id)[-1] for _ in range(17)]
    twice = next(one for one in begun if begun.count(one) > 1)
    said = ask(agency, "show", twice)
    assert (said.exit_code, "Meer dan een levering" in said.stderr) == (2, True)


async def test_a_machine_is_told_in_one_object_what_a_publication_waits_for(
    agency: Agency,
) -> None:
    """Nothing is asked of the index: this very file waits already."""
    waiting = await hold(agency)
    words = [*write_publication(agency), "--json"]
    said = await anyio.to_thread.run_sync(runner.invoke, app, words)
    assert said.exit_code == 1
    told = json.loads(said.stdout)
    assert (told["delivery"], told["state"]) == (waiting, "held")
    assert told["findings"] == [{"finding": "cases-gone", "count": 4, "of": 20}]
    agency.file.unlink()
    gone = await anyio.to_thread.run_sync(runner.invoke, app, words)
    assert gone.exit_code == 2
    assert json.loads(gone.stdout)["state"] == "stopped"


async def test_what_does_not_wait_takes_no_answer(agency: Agency) -> None:
    agency.write(a_row())
    done = await agency.publish()
    said = ask(agency, "approve", str(done.id))
    assert said.exit_code == 2
    assert "wacht niet op u" in said.stderr


async def test_a_delivery_that_goes_no_further_is_let_go_by_its_name(
    agency: Agency,
) -> None:
    agency.evaluator.budget = 0
    agency.write(a_row())
    with pytest.raises(EvaluationStopped):
        await agency.publish()
    (found,) = json.loads(ask(agency, "show", "--json").stdout)
    assert ask(agency, "abandon", str(uuid4())).exit_code == 2
    said = ask(agency, "abandon", str(found["delivery"]))
    assert (said.exit_code, "1 bericht is niet" in said.stdout) == (0, True)
    assert find_last(agency)["state"] == "abandoned"


async def test_what_goes_no_further_is_replaced_by_a_newer_one_and_nothing_else(
    agency: Agency,
) -> None:
    """One word for one thing: let go of is what somebody does."""
    agency.evaluator.budget = 0
    agency.write(a_row())
    with pytest.raises(EvaluationStopped):
        await agency.publish()
    stuck = find_last(agency)["delivery"]
    agency.evaluator.budget = 10**9
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_number(2)))
    await agency.publish()
    shown = {
        one["delivery"]: one["state"]
        for one in json.loads(ask(agency, "show", "--json").stdout)
    }
    assert shown[stuck] == "replaced"
    assert "losgelaten" not in ask(agency, "show").stdout


async def test_letting_go_of_changes_says_to_deliver_everything(
    agency: Agency,
) -> None:
    agency.evaluator.budget = 0
    agency.write(a_row())
    with pytest.raises(EvaluationStopped):
        await agency.publish(kind=DeliveryKind.DELTA)
    (found,) = json.loads(ask(agency, "show", "--json").stdout)
    assert "Lever nu alles aan" in ask(agency, "abandon", found["delivery"]).stdout
