"""A question, its answer and what is shown later say that an absent case stays."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import pytest

from sources.cli.check import Checked, _say_if
from sources.cli.deliveries import conclude
from sources.cli.delivery_words import describe, show_one
from sources.cli.hints import Hints
from sources.cli.publish import _say_why
from sources.judging.rules import Doubt, Finding
from sources.outbox.deliveries import get_delivery
from sources.outbox.holding import find_held
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from tests.held_builders import hold, publish, rows
from tests.sources_builders import SECRET, an_agency, approve_held

pytestmark = pytest.mark.anyio


async def test_how_many_got_another_contact_holder_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agency = an_agency(tmp_path)
    await publish(agency, *rows(12))
    moved = [one | {"Team": "ANDER"} for one in rows(12)[:5]]
    agency.write(*moved, *rows(12)[5:])
    done = await agency.publish()
    assert done.contacts == 5
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        show_one(describe(outbox, done), [])
    assert "Kregen een andere contactpersoon: 5" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("unfit", "says"),
    [((), "van als u deze levering goedkeurt"), (("x",), "van als u hebt opgelost")],
)
async def test_check_says_under_which_condition_its_counts_hold(
    unfit: tuple[str, ...], says: str
) -> None:
    asked = [Finding(Doubt.CASES_GONE, 4, 27)]
    foreseen = SimpleNamespace(refused="", asked=asked)
    checked = SimpleNamespace(foreseen=foreseen, hints=Hints(unfit))
    (said,) = _say_if(cast("Checked", checked))
    assert says in said


async def test_yes_is_said_to_withdraw_nothing_while_a_reject_may_be_any_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agency = an_agency(tmp_path)
    await publish(agency, *rows(12))
    nameless = [one | {"Zaak": ""} for one in rows(12)[:3]]
    await hold(agency, *nameless, *rows(12)[7:])
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        (held,) = find_held(outbox)
        waits = get_delivery(outbox, UUID(str(held.delivery)))
        asked = "\n".join(_say_why(outbox, waits, tmp_path))
        show_one(describe(outbox, waits), [])
        approve_held(outbox)
        closed = await agency.make_run(outbox).finish_unfinished()
        conclude(closed, held)
        show_one(describe(outbox, closed[0]), [])
    said = "blijft staan, ook als u goedkeurt"
    assert "7 bekende zaken staan niet in dit bestand" in asked
    assert said in asked
    assert capsys.readouterr().out.count(said) == 2
    assert len(agency.index.shown()) == 12
