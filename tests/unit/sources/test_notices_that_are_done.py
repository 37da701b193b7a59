"""A notice whose matter was done asks nothing any more: list, mail and outbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from signal_index.wire.notices import (
    Acknowledgements,
    NoticedSignal,
    NoticesAsked,
    ReturnNotice,
    ReturnNotices,
    Settled,
)
from sources.cli.notices import show
from sources.errors import ClockDiffers
from sources.notice_settings import NoticesRow
from sources.notices.fetching import fetch, look_again
from sources.notices.telling import Teller
from sources.notices.waiting import find_due
from sources.notices.words import say
from sources.outbox.notices import (
    find_moment,
    find_notices,
    find_untold,
    is_asking,
    keep_notices,
    mark_done,
    note_answered,
)
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from tests.contact_builders import as_it_is
from tests.sources_builders import SECRET
from tests.unit.sources.test_telling_an_agency import KEPT, OIN, ROW, SAID

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ON = date(2026, 11, 23)


def done(how: str, **changed: object) -> Settled:
    made = Settled(how=how, on=ON, by="Kredietbank", label="Het klopt zoals het is")
    return made.model_copy(update=changed)


def a_notice(kind: str, settled: Settled | None = None, **facts: str) -> ReturnNotice:
    told = {"kind": kind, "lookedUp": None, "facts": facts, "settled": settled}
    return SAID.model_copy(update={"id": uuid4(), **told})


CORRECTION = a_notice("correction", reference="7KQ-4TM", dueOn="2026-12-01")


@pytest.mark.parametrize(
    ("kind", "settled", "said"),
    [
        ("correction", done("answered"), "Beantwoord op 23 november 2026 door Krediet"),
        ("objection", done("passed-on"), "Het signaal is nu van Kredietbank."),
        ("contact-stale-soon", done("confirmed"), "Dat is gedaan op 23 november 2026."),
        ("contact-stale-soon", done("unused"), "geen signaal meer met deze contact"),
        ("signal-expires-soon", done("prolonged"), "verlengd, tot 23 november 2026."),
        ("signal-expires-soon", done("ended", on=None), "is intussen beëindigd."),
        ("match", done("lead-taken"), "Het voortouw heeft Kredietbank, sinds 23 nov"),
        ("match", done("agreed"), "Er is iets afgesproken, op 23 november 2026."),
        ("match", done("some-newer-word"), "Dat is gedaan."),
    ],
)
def test_it_says_what_was_done_and_asks_nothing(
    kind: str, settled: Settled, said: str
) -> None:
    one = a_notice(kind, settled, reference="7KQ-4TM", on="2026-12-01")
    told = say(one)
    assert said in told
    for asks in (
        "Antwoord uiterlijk",
        "moet worden",
        "Lever hem",
        "u daar belt",
        "Klopt",
    ):
        assert asks not in told
    assert not is_asking(one)
    assert is_asking(one.model_copy(update={"settled": None}))


def test_what_a_citizen_says_is_not_asked_once_the_case_is_closed() -> None:
    said = SAID.model_copy(update={"kind": "outcome", "outcome": "citizen-says-ended"})
    assert "Klopt dat? Sluit de zaak" in say(said)
    told = say(said.model_copy(update={"settled": done("ended")}))
    assert told.endswith("uw hulp is gestopt. Het signaal is intussen beëindigd.")


def test_what_we_answered_waits_for_nobody_also_where_it_was_laid_aside(
    tmp_path: Path,
) -> None:
    other = a_notice("objection", reference="AAA-AAA", dueOn="2026-12-02")
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        keep_notices(outbox, [CORRECTION, other], NOW)
        mark_done(outbox, [CORRECTION.id])
        note_answered(outbox, "7KQ-4TM", "Aangepast", on=ON)
        assert [one.reference for one in find_due(outbox)] == ["AAA-AAA"]
        said = {one.kind: say(one.said) for one in find_notices(outbox, is_all=True)}
    assert "op 23 november 2026 door uw organisatie: Aangepast" in said["correction"]


async def test_what_was_laid_aside_is_looked_at_again_too(tmp_path: Path) -> None:
    index = Index()
    index.said = CORRECTION.model_copy(update={"settled": done("answered")})
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        keep_notices(outbox, [CORRECTION], NOW)
        mark_done(outbox, [CORRECTION.id])
        await look_again(outbox, index)
        assert not find_due(outbox)


class Index:
    """Tells of one correction, and of what came of it once it was answered."""

    def __init__(self) -> None:
        self.said = CORRECTION
        self.asked: list[NoticesAsked] = []

    async def fetch_time(self) -> datetime:
        return NOW

    async def fetch_notices(
        self, _cursor: UUID | None, state: NoticesAsked = "new"
    ) -> ReturnNotices:
        self.asked.append(state)
        is_new = state == "new" and len(self.asked) > 1
        items = [] if is_new else [self.said]
        return ReturnNotices(items=items, next=None, unreadable=0, padding="")

    async def acknowledge(self, _said: Acknowledgements) -> None: ...


async def test_a_kept_notice_hears_what_was_done_and_is_asked_of_no_more(
    tmp_path: Path,
) -> None:
    index = Index()
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        await fetch(outbox, index, OIN, None, hold=as_it_is, now=lambda: NOW)
        (kept,) = find_notices(outbox)
        assert "Antwoord uiterlijk 1 december 2026" in say(kept.said)
        index.said = CORRECTION.model_copy(update={"settled": done("answered")})
        await fetch(outbox, index, OIN, None, hold=as_it_is, now=lambda: NOW)
        await look_again(outbox, index)
        (kept,) = find_notices(outbox)
        assert "Beantwoord op 23 november 2026" in say(kept.said)
        asked = len(index.asked)
        await look_again(outbox, index)
        assert len(index.asked) == asked, "what is done is not asked about again"


async def test_a_clock_that_is_ahead_wipes_nothing_that_waits_for_an_answer(
    tmp_path: Path,
) -> None:
    """The index tells of it once: what is wiped here comes back to nobody."""
    ahead = NOW + timedelta(days=400)
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        keep_notices(outbox, [CORRECTION], NOW)
        with pytest.raises(ClockDiffers):
            await fetch(outbox, Index(), OIN, None, hold=as_it_is, now=lambda: ahead)
        assert len(find_due(outbox)) == 1
        assert find_moment(outbox, "heard") == NOW


async def test_a_mail_that_waited_for_its_digest_leaves_out_what_is_done(
    tmp_path: Path,
) -> None:
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        keep_notices(outbox, [a_notice("match", done("agreed"))], NOW)
        async with httpx.AsyncClient() as client:
            teller = Teller(outbox, client, NoticesRow(mail=ROW), OIN, lambda: NOW)
            await teller.tell()  # no mail server is asked: there is nothing to say
        assert not find_untold(outbox, "mailed")


def test_many_cases_of_one_act_are_counted_and_stand_on_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    signals = [NoticedSignal(reference=uuid4(), case=None) for _ in range(60)]
    facts = {"source": OIN, "sourceName": "Stadsbank", "successorName": "Kredietbank"}
    facts |= {"signals": "60"}
    told = {"kind": "succession", "lookedUp": None, "signals": signals}
    said = SAID.model_copy(update={**told, "facts": facts})
    kept = replace(
        KEPT,
        id=said.id,
        kind="succession",
        cases=tuple(f"Z-{n}" for n in range(60)),
        references=tuple(one.reference for one in signals),
        said=said,
    )
    show([kept])
    out = capsys.readouterr().out
    assert "60 signalen zijn op" in out
    assert "60 zaken: Z-0, Z-1, " in out
    assert "Z-49 en nog 10 (alle met --json)" in out
    assert out.count("Z-5,") == 1
