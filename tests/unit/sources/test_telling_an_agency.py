"""What is new is mailed or posted: no case unasked, and no mail without TLS."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from keys.case_seal import CaseKey
from keys.errors import CaseNotReadable
from keys.municipality import MunicipalityCode
from signal_index.wire.notice_order import find_former
from signal_index.wire.notices import (
    SEALED_CASE_LENGTH,
    Looker,
    NoticedSignal,
    ReturnNotice,
)
from signal_index.wire.reconciling import MarkedSignal
from signal_index.wire.values import Label, Oin, Phone
from sources.cli.notices import show
from sources.cli.reconcile import say as say_reconciled
from sources.clock import write_hour
from sources.errors import EventsRefused, MailRefused
from sources.notice_settings import EventsRow, MailRow, NoticesRow
from sources.notices.events import post_events, write_events
from sources.notices.mail import send_mail, write_mail
from sources.notices.telling import Teller
from sources.notices.words import say, say_kept, say_whom_to_call, write_when
from sources.outbox.notices import (
    KeptNotice,
    find_notices,
    find_successors,
    find_untold,
    keep_notices,
)
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.reconciling import Differences, Reconciled
from tests.builders import a_contact_holder
from tests.contact_builders import a_flag_contact
from tests.sources_builders import SECRET

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CASE = "KB-2026-0042"
REFERENCE = uuid4()
OIN = Oin("00000001000000000011")
ROW = MailRow(
    host="127.0.0.1",
    sender="signalen@agency.example",
    recipients=("team@agency.example",),
)
SAID = ReturnNotice(
    id=uuid4(),
    kind="looked-up",
    source=OIN,
    municipality=MunicipalityCode("9901"),
    madeIn=NOW,
    expires=date(2026, 12, 23),
    acknowledged=False,
    signals=[NoticedSignal(reference=REFERENCE, case=None)],
    lookedUp=Looker(
        organisation="Wijkteam Oost",
        team="centrum",
        purpose="wmo-onderzoek",
        purposeLabel="Onderzoek na een melding (Wmo)",
        at=NOW,
    ),
    callBack=a_flag_contact(
        a_contact_holder(function=Label("Wijkteam"), phone=Phone("+31182555100"))
    ),
    outcome=None,
    outcomeLabel=None,
    saidAt=None,
    facts={},
)
KEPT = KeptNotice(
    id=SAID.id,
    kind="looked-up",
    heard_at=NOW,
    is_done=False,
    cases=(CASE,),
    references=(REFERENCE,),
    said=SAID,
)


def test_a_mail_names_no_case_unless_the_agency_chose_so() -> None:
    plain = write_mail([KEPT], ROW, name_cases=False).get_content()
    assert CASE not in plain
    assert "Oost" not in plain
    assert "1 keer is er naar een signaal gekeken" in plain
    named = write_mail([KEPT], ROW, name_cases=True).get_content()
    assert CASE in named
    assert "Terugbellen: Wijkteam, 0182 555 100" in named
    assert str(REFERENCE) not in named


def test_what_was_taken_over_is_not_called_missing(tmp_path: Path) -> None:
    other = uuid4()
    names = {"sourceName": "Stadsbank", "successorName": "Kredietbank"}
    told = {"kind": "succession", "lookedUp": None}
    said = SAID.model_copy(update={**told, "facts": {**names, "source": OIN}})
    came = said.model_copy(
        update={
            "id": uuid4(),
            "facts": {**names, "source": "00000001000000000012"},
            "signals": [NoticedSignal(reference=other, case=None)],
        }
    )
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        keep_notices(outbox, [said, came], NOW)
        taken = find_successors(outbox, OIN)
    assert taken == {REFERENCE: "Kredietbank"}, "what came to us is ours"
    lacking = tuple(
        MarkedSignal(reference=one, version=1) for one in (REFERENCE, other)
    )
    done = Reconciled(equal=False, compared=2, differences=Differences(lacking=lacking))
    lines = say_reconciled(done, taken).splitlines()
    assert lines[0].startswith("Overgenomen door Kredietbank: 1. ")
    assert lines[1] == "Ontbraken bij de index: 1."
    assert "opnieuw" not in lines[2]


def test_a_dispute_of_a_lost_mailbox_leads_to_the_list_that_names_its_case(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = replace(KEPT, cases=("",), kind="correction")
    show([kept])
    said = capsys.readouterr().out
    assert "`signal-source corrections list --all` noemt haar" in said
    assert "--file" not in said


def test_a_succession_says_who_had_the_signal_and_who_has_it() -> None:
    names = {"sourceName": "Stadsbank", "successorName": "Kredietbank"}
    facts = {**names, "source": SAID.source}
    own = a_flag_contact(a_contact_holder(phone=Phone("+31182555160")))
    told = {"kind": "succession", "lookedUp": None, "facts": facts, "callBack": own}
    moment = datetime(2026, 12, 1, 10, 42, tzinfo=UTC)
    said = SAID.model_copy(update={**told, "saidAt": moment})
    assert say_whom_to_call(said) == "Kredietbank, 0182 555 160"
    assert write_when(said) == "1 december 2026 11:42"
    assert say(said).startswith(
        "Het signaal is op 1 december 2026 overgedragen, van Stadsbank aan Kredietbank."
    )
    assert " tussen 15:00 en 16:00" in write_hour(
        datetime(2026, 11, 22, 14, tzinfo=UTC)
    )


@contextmanager
def a_server_without_tls(heard: list[str]) -> Iterator[int]:
    """A mail server that takes anything, but cannot do TLS."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            talking, _ = server.accept()
            with talking, talking.makefile("rwb") as stream:
                stream.write(b"220 plain\r\n")
                stream.flush()
                for line in stream:
                    heard.append(line.decode().split()[0].upper())
                    stream.write(b"250 plain\r\n")
                    stream.flush()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(timeout=5)


def test_without_tls_no_mail_leaves() -> None:
    heard: list[str] = []
    with a_server_without_tls(heard) as port:
        row = ROW.model_copy(update={"port": port})
        mail = write_mail([KEPT], row, name_cases=True)
        with pytest.raises(MailRefused, match="TLS"):
            send_mail(mail, row)
    assert "EHLO" in heard
    assert not {"MAIL", "DATA"} & set(heard)


def test_events_are_of_the_profile_and_carry_the_agencys_own_case() -> None:
    (event,) = write_events([KEPT], OIN)
    assert event["specversion"] == "1.0"
    assert event["source"] == f"urn:nld:oin:{OIN}:systeem:signal-source"
    assert event["type"] == "nl.signaalindex.bericht.looked-up"
    assert event["time"] == "2026-11-23T09:00:00Z"
    assert event["data"]["signals"] == [{"reference": str(REFERENCE), "case": CASE}]


async def test_a_system_that_refuses_gets_the_same_events_again(tmp_path: Path) -> None:
    posted: list[list[str]] = []
    answers = iter([500, 202])

    def take(request: httpx.Request) -> httpx.Response:
        posted.append([one["id"] for one in json.loads(request.content)])
        return httpx.Response(next(answers))

    row = NoticesRow(events=EventsRow(url="https://zaken.agency.example/berichten"))
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(bytes(32))) as outbox:
        keep_notices(outbox, [SAID], NOW)
        async with httpx.AsyncClient(transport=httpx.MockTransport(take)) as client:
            teller = Teller(outbox, client, row, OIN, lambda: NOW)
            for _ in range(3):
                await teller.tell()
        assert find_untold(outbox, "posted") == []
    assert posted == [[str(SAID.id)], [str(SAID.id)]]


async def test_a_refusal_says_its_status_and_nothing_of_the_answer() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(403, text=CASE))
    row = EventsRow(url="https://zaken.agency.example/berichten")
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(EventsRefused) as refused:
            await post_events(client, row, [])
    assert "403" in str(refused.value)
    assert CASE not in str(refused.value)


@pytest.mark.parametrize(
    ("minutes", "is_due"), [(0, True), (30, False), (24 * 60, True)]
)
async def test_a_digest_goes_at_its_time_and_once(
    tmp_path: Path, minutes: int, *, is_due: bool
) -> None:
    row = NoticesRow(digest="0 8 * * *", mail=ROW)
    moment = [NOW]
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(bytes(32))) as outbox:
        async with httpx.AsyncClient() as client:
            teller = Teller(outbox, client, row, OIN, lambda: moment[0])
            if minutes:
                await teller.tell()  # nothing in it: the time has passed
            moment[0] = NOW + timedelta(minutes=minutes)
            assert teller.is_due() is is_due


def test_what_is_sealed_for_the_desk_has_one_length_and_one_reference() -> None:
    key = CaseKey(bytes(32))
    names = ("1", CASE, "é" * 200)
    sealed = [key.seal(REFERENCE, name) for name in names]
    assert {len(one) for one in sealed} == {SEALED_CASE_LENGTH}
    assert [key.open(REFERENCE, one) for one in sealed[:2]] == ["1", CASE]
    with pytest.raises(CaseNotReadable):
        key.open(UUID(int=1), sealed[0])
    with pytest.raises(CaseNotReadable):
        CaseKey(bytes(range(32))).open(REFERENCE, sealed[0])


def test_a_kept_notice_prints_nothing_of_itself() -> None:
    assert CASE not in repr(replace(KEPT, is_done=True))


def an_outcome(code: str | None, minutes: int) -> ReturnNotice:
    changed = {
        "id": uuid4(),
        "kind": "outcome",
        "outcome": code,
        "outcomeLabel": code,
        "saidAt": NOW + timedelta(minutes=minutes),
    }
    return SAID.model_copy(update=changed)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_what_was_changed_is_told_once_as_it_is_now(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    """However they came in: the newest counts, and says what it replaces."""
    unmet, met = an_outcome("not-reachable", 1), an_outcome("contact-made", 2)
    came = [(SAID, unmet, met)[at] for at in order]
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(bytes(32))) as outbox:
        keep_notices(outbox, came, NOW)
        waiting = find_notices(outbox)
        every = find_notices(outbox, is_all=True)
        untold = find_untold(outbox, "mailed")
    assert [one.id for one in waiting] == [met.id, SAID.id]
    assert [one.id for one in untold] == [met.id, SAID.id]
    assert [one.id for one in every] == [met.id, unmet.id, SAID.id]
    mail = write_mail(waiting, ROW, name_cases=True).get_content()
    assert "In plaats van wat eerder is gezegd: not-reachable" in mail
    assert "dit geldt niet meer" in say_kept(every[1])
    (event, _) = write_events(waiting, OIN)
    assert event["data"]["replaces"] == [str(unmet.id)]


def test_what_was_taken_back_counts_no_more_and_names_what_it_was(
    tmp_path: Path,
) -> None:
    said = [an_outcome(code, at) for at, code in enumerate(("contact-made", None))]
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(bytes(32))) as outbox:
        keep_notices(outbox, said, NOW)
        (taken_back,) = find_notices(outbox)
        again = an_outcome("not-needed", 3)
        keep_notices(outbox, [again], NOW)
        (newest,) = find_notices(outbox)
    told = say_kept(taken_back)
    assert "is weggehaald" in told
    assert "Dit telt niet meer: contact-made" in told
    assert "In plaats van" not in told
    assert "None" not in say_kept(newest)
    assert newest.id == again.id


def test_what_was_said_of_another_lookup_or_signal_stands() -> None:
    first = an_outcome("not-reachable", 1)
    other = an_outcome("contact-made", 2).model_copy(
        update={"signals": [NoticedSignal(reference=uuid4(), case=None)]}
    )
    erased = an_outcome("contact-made", 3).model_copy(update={"lookedUp": None})
    assert find_former([first, other, erased]) == {}
