"""What waits for our answer is said first, with its last day, whoever looks."""

import json
from datetime import date
from pathlib import Path

import anyio.to_thread
import httpx
import pytest
from typer.testing import CliRunner

from signal_index.wire.corrections import OwnCorrectionPage
from signal_index.wire.notices import ReturnNotice
from sources.__main__ import app
from sources.cli.run import tell_due
from sources.doctor import look_over
from sources.findings import State
from sources.notices.waiting import MOST_SAID, Due, find_due, put_in_disputes, say_due
from sources.outbox.notices import find_notices, keep_notices, mark_done
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from tests.agency_settings import an_agency_with_settings
from tests.doctor_builders import a_patient, answer
from tests.sources_builders import NOW, SECRET, Agency, a_row
from tests.unit.sources.test_deliveries_command import write_publication
from tests.unit.sources.test_notices_that_are_done import a_notice, done
from tests.unit.sources.test_own_corrections import FIRST, an_item

pytestmark = pytest.mark.anyio
runner = CliRunner()
FAR = date(2099, 1, 5)
DISPUTE = a_notice("correction", reference="7KQ-4TM", dueOn=FAR.isoformat())
SAYS = (
    "Een inwoner zegt dat een signaal niet klopt (7KQ-4TM). Antwoord uiterlijk "
    "5 januari 2099 met `signal-source corrections answer 7KQ-4TM ANTWOORD"
)
KINDS = (
    a_notice("objection", reference="AAA-AAA", dueOn="2098-01-01"),
    a_notice("contact-stale-soon", on="2098-02-01"),
    a_notice("signal-expires-soon", on="2098-03-01"),
    a_notice("match"),
)


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency_with_settings(tmp_path)


def keep(path: Path, *found: ReturnNotice) -> None:
    with Outbox(path, OutboxKey(SECRET)) as outbox:
        keep_notices(outbox, found, NOW)


def test_each_kind_that_asks_is_said_and_the_first_last_day(tmp_path: Path) -> None:
    keep(tmp_path / "o", DISPUTE, *KINDS, a_notice("looked-up"))
    with Outbox(tmp_path / "o", OutboxKey(SECRET)) as outbox:
        said = [*say_due(find_due(outbox), today=NOW.date())]
    assert said[0].startswith("Een inwoner maakt bezwaar tegen een signaal (AAA-AAA).")
    assert said[1].startswith(SAYS)
    where = "`signal-source notices list`."
    assert said[2:] == [
        "1 contactpersoon wacht tot u die bevestigt, uiterlijk 1 februari 2098: "
        f"{where}",
        "1 signaal vervalt als u het niet opnieuw aanlevert, uiterlijk 1 maart 2098: "
        f"{where}",
        f"1 match wacht op u: {where}",
    ]


def test_a_dispute_that_was_laid_aside_waits_until_it_is_answered(
    tmp_path: Path,
) -> None:
    keep(tmp_path / "o", DISPUTE, a_notice("match"))
    with Outbox(tmp_path / "o", OutboxKey(SECRET)) as outbox:
        mark_done(outbox, [one.id for one in find_notices(outbox)])
        assert [one.kind for one in find_due(outbox)] == ["correction"]
    settled = DISPUTE.model_copy(update={"settled": done("answered")})
    keep(tmp_path / "p", settled)
    with Outbox(tmp_path / "p", OutboxKey(SECRET)) as outbox:
        assert find_due(outbox) == []


def test_what_is_late_says_so_and_many_are_counted() -> None:
    late = Due("correction", "7KQ-4TM", date(2026, 1, 1))
    many = [late] * (MOST_SAID + 3)
    said = [*say_due(many, today=NOW.date())]
    assert said[0].startswith("Te laat: Een inwoner")
    assert said[-1] == "En nog 3: `signal-source corrections list`."
    assert put_in_disputes(many, []) == []


async def test_the_doctor_says_it_first_also_where_nobody_fetched_anything(
    tmp_path: Path,
) -> None:
    page = OwnCorrectionPage(items=[an_item(FIRST, FAR)], next=None, answers=[])

    def route(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/own-corrections":
            return httpx.Response(200, content=page.model_dump_json())
        return answer(request)

    async with a_patient(tmp_path, route) as patient:
        first = (await look_over(patient))[0]
    assert (first.about, first.state) == ("uw antwoord", State.WARNING)
    assert first.says.startswith(SAYS)


async def test_the_doctor_says_what_was_fetched_where_the_index_is_silent(
    tmp_path: Path,
) -> None:
    keep(tmp_path / "outbox.db", DISPUTE)
    async with a_patient(tmp_path, lambda _: httpx.Response(500)) as patient:
        assert (await look_over(patient))[0].says.startswith(SAYS)


def test_status_says_it_first(agency: Agency) -> None:
    keep(agency.outbox_path, DISPUTE)
    words = ["status", "--settings", str(agency.folder / "agency.toml")]
    assert runner.invoke(app, words).stdout.startswith(SAYS)
    told = json.loads(runner.invoke(app, [*words, "--json"]).stdout)["waiting"]
    named = {"kind": "correction", "reference": "7KQ-4TM", "until": "2099-01-05"}
    assert told == [named]


async def test_publish_says_it_before_anything_of_the_delivery(agency: Agency) -> None:
    """Also where the index is silent: then that is said too."""
    agency.write(a_row())
    keep(agency.outbox_path, DISPUTE)
    words = write_publication(agency)
    told = await anyio.to_thread.run_sync(runner.invoke, app, words)
    first, second, *_ = told.stderr.splitlines()
    assert "was nu niet te vragen" in first
    assert second.startswith(SAYS)
    machine = await anyio.to_thread.run_sync(runner.invoke, app, [*words, "--json"])
    (waits,) = json.loads(machine.stdout)["waiting"]
    assert waits["reference"] == "7KQ-4TM"


def test_the_daily_run_tells_how_much_waits_and_until_when(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="sources"):
        tell_due([])
        assert caplog.messages == []
        tell_due([Due("match", "", None), Due("correction", "7KQ-4TM", FAR)])
    (said,) = map(json.loads, caplog.messages)
    assert said["event"] == "answers-wait"
    assert (said["count"], said["until"]) == (2, "2099-01-05")
    assert capsys.readouterr().out == ""
