"""What citizens dispute and waits for us: read, ordered, answered, found in a file."""

import json
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from typer.testing import CliRunner

from keys.municipality import MunicipalityCode
from signal_index.wire.corrections import (
    CorrectionAnswer,
    OwnCorrection,
    OwnCorrectionPage,
)
from signal_index.wire.values import Oin, Slug
from sources.catalogue import load_answers
from sources.cli.corrections import (
    ANSWERS,
    Waiting,
    confirm,
    give_answer,
    is_as_it_was,
    is_to_close,
    pick,
    show,
)
from sources.corrections import fetch_corrections
from sources.errors import IndexRefused, InvalidAgencySettings
from sources.notices.waiting import find_due
from sources.outbox.evidence import find_evidence
from sources.outbox.notices import keep_notices
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.values import Place
from tests.sources_builders import NOW, SECRET, TODAY, a_number, a_row, an_agency
from tests.unit.sources.test_http_index import an_index
from tests.unit.sources.test_notices_that_are_done import a_notice

pytestmark = pytest.mark.anyio
FIRST, SECOND = uuid4(), uuid4()


def an_item(id_: UUID, due: date) -> OwnCorrection:
    return OwnCorrection(
        id=id_,
        reference="7KQ-4TM",
        kind="correction",
        reason="no-contact",
        reasonLabel="De inwoner heeft geen contact met deze organisatie",
        signalSource=Oin("00000001000000000011"),
        signalReference=uuid4(),
        category="bijstand",
        categoryLabel="Bijstandsuitkering",
        municipality=MunicipalityCode("9901"),
        receivedOn=date(2026, 11, 22),
        dueOn=due,
        isLate=False,
        isRestricted=False,
        answer=None,
        answerLabel=None,
        answeredOn=None,
        answersBefore=[],
        step=0,
        mayAnswer=True,
        standing=[],
    )


def a_page(item: OwnCorrection, following: UUID | None) -> httpx.Response:
    page = OwnCorrectionPage(items=[item], next=following, answers=[])
    return httpx.Response(200, content=page.model_dump_json())


async def test_all_pages_are_read_and_the_most_urgent_comes_first() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v1/own-corrections"
        assert request.url.params["state"] == "open"
        if "cursor" not in request.url.params:
            return a_page(an_item(FIRST, date(2026, 12, 22)), FIRST)
        return a_page(an_item(SECOND, date(2026, 12, 1)), None)

    found = await fetch_corrections(an_index(answer), "open")
    assert [one.id for one in found] == [SECOND, FIRST]


async def test_an_answer_names_the_correction_and_a_code() -> None:
    sent: list[tuple[str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append((request.url.path, json.loads(request.content)))
        return httpx.Response(204)

    said = CorrectionAnswer(answer=Slug("changed"), step=1)
    await an_index(answer).answer_correction(FIRST, said)
    body = {"answer": "changed", "step": 1}
    assert sent == [(f"/v1/own-corrections/{FIRST}/answer", body)]


async def test_what_is_no_list_counts_as_a_refusal() -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"items": [{"id": "x"}], "next": None})

    with pytest.raises(IndexRefused):
        await fetch_corrections(an_index(answer), "open")


def test_a_case_that_is_known_is_named_and_a_line_is_called_a_line() -> None:
    known, unknown = uuid4(), uuid4()
    place = Place(19, "record 18")
    waiting = Waiting([], {known: "2026-0017"}, {known: place})
    item = an_item(FIRST, date(2026, 12, 22))
    standing = item.model_copy(update={"signalReference": known, "standing": [known]})
    said = [*waiting.say_where(standing)]
    assert said == ["Zaak: 2026-0017", "In uw bestand: regel 19"]
    ended = item.model_copy(update={"signalReference": unknown})
    (how,) = waiting.say_where(ended)
    assert "--file" in how
    assert str(unknown) in how


def test_a_case_that_a_lost_outbox_told_anew_is_found_by_what_stands_now() -> None:
    now = uuid4()
    item = an_item(FIRST, date(2026, 12, 22)).model_copy(update={"standing": [now]})
    waiting = Waiting([item], {now: "2026-0017"}, {})
    assert [*waiting.say_where(item)] == ["Zaak: 2026-0017"]


def test_what_was_answered_as_withdrawn_and_stands_is_still_to_be_closed() -> None:
    """The citizen reads that it was withdrawn."""
    ended = an_item(FIRST, date(2026, 12, 22))
    stands = ended.model_copy(update={"standing": [ended.signalReference]})
    assert is_to_close(stands, "withdrawn")
    assert not is_to_close(stands, "changed")
    assert not is_to_close(ended, "withdrawn")


@pytest.mark.parametrize(("typed", "is_sure"), [("ja", True), ("", False)])
def test_an_answer_is_asked_about_first(typed: str, is_sure: bool) -> None:  # noqa: FBT001 - a row
    item = an_item(FIRST, date(2026, 12, 22))
    with CliRunner().isolation(input=f"{typed}\n") as (out, *_):
        assert confirm(item, "2026-0017", "facts-correct") is is_sure
        said = out.getvalue().decode()
    assert "zaak 2026-0017" in said
    assert "Uw antwoord: Het klopt zoals het is" in said
    assert "wijzigen tot de inwoner het leest" in said
    assert "eerder:" not in said


def test_a_mistaken_answer_is_named_before_it_is_changed() -> None:
    item = an_item(FIRST, date(2026, 12, 22))
    assert pick([item], "7kq-4tm") is item
    answered = {"answer": "changed", "answerLabel": "Aangepast", "step": 1}
    item = item.model_copy(update=answered)
    assert pick([item], "7kq-4tm.1") is item
    with CliRunner().isolation(input="ja\n") as (out, *_):
        assert confirm(item, "", "facts-correct")
        said = out.getvalue().decode()
    assert "U antwoordde eerder: Aangepast" in said


def test_what_a_colleague_answered_since_is_not_passed_over() -> None:
    update = {"answer": "changed", "answerLabel": "Aangepast", "step": 2}
    item = an_item(FIRST, date(2026, 12, 22)).model_copy(update=update)
    for seen in ("7KQ-4TM", "7KQ-4TM.1"):
        with pytest.raises(InvalidAgencySettings, match=r"Aangepast.*TM\.2"):
            pick([item], seen)


def test_a_reference_may_be_typed_as_somebody_reads_it_out() -> None:
    item = an_item(FIRST, date(2026, 12, 22)).model_copy(update={"step": 1})
    for typed in ("7kq4tm.1", "7KQ 4TM.1", " 7kq-4tm.1"):
        assert pick([item], typed) is item


def test_an_answer_that_was_never_given_is_not_called_given() -> None:
    item = an_item(FIRST, date(2026, 12, 22))
    with pytest.raises(InvalidAgencySettings, match="nog niet beantwoord") as told:
        pick([item], "7KQ-4TM.1")
    assert "None" not in str(told.value)


def test_an_answer_that_was_told_stays_and_an_unknown_one_is_no_such_thing() -> None:
    told = an_item(FIRST, date(2026, 12, 22)).model_copy(update={"mayAnswer": False})
    with pytest.raises(InvalidAgencySettings, match="staat vast"):
        pick([told], "7KQ-4TM")
    with pytest.raises(InvalidAgencySettings, match="--all"):
        pick([told], "AAA-AAA")


def test_after_the_tenth_answer_the_command_says_why_another_is_not_taken() -> None:
    spent = {"mayAnswer": False, "step": 10, "answerLabel": "Aangepast"}
    tenth = an_item(FIRST, date(2026, 12, 22)).model_copy(update=spent)
    with pytest.raises(InvalidAgencySettings, match=r"al 10 keer.*Aangepast"):
        pick([tenth], "7KQ-4TM")


def test_each_answer_is_typed_in_dutch_and_goes_as_its_code() -> None:
    assert sorted(ANSWERS.values()) == sorted(load_answers())
    assert not set(ANSWERS) & set(load_answers())


async def test_changed_is_doubted_until_something_else_was_sent(tmp_path: Path) -> None:
    """Also on the day itself: the first that was sent of it is what is disputed."""
    agency = an_agency(tmp_path)
    agency.write(a_row())
    await agency.publish()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        row = outbox.connection.execute("SELECT reference FROM signal").fetchone()
    own = UUID(row["reference"])
    of_today = {"signalReference": own, "standing": [own], "receivedOn": TODAY}
    item = an_item(FIRST, date(2099, 1, 1)).model_copy(update=of_today)

    def doubted(one: OwnCorrection, answer: str = "changed") -> bool:
        with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
            return is_as_it_was(outbox, one, answer)

    assert doubted(item)
    assert not doubted(item, "facts-correct")
    assert not doubted(item.model_copy(update={"standing": []})), "it was withdrawn"
    await agency.publish()
    assert doubted(item), "the same file once more changes nothing"
    agency.write(a_row(Team="ANDER"))
    await agency.publish()
    assert not doubted(item)
    later = item.model_copy(update={"receivedOn": TODAY + timedelta(days=1)})
    assert doubted(later), "that was before the citizen said so"


async def test_a_confirmation_of_what_stands_is_no_change_of_it(
    tmp_path: Path,
) -> None:
    """Half its time later each case that stays open is told again, as it was."""
    agency = an_agency(tmp_path)
    agency.write(a_row())
    await agency.publish()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        row = outbox.connection.execute("SELECT reference FROM signal").fetchone()
    own = UUID(row["reference"])
    asked = TODAY + timedelta(days=10)
    update = {"signalReference": own, "standing": [own], "receivedOn": asked}
    item = an_item(FIRST, date(2099, 1, 1)).model_copy(update=update)

    def doubted() -> bool:
        with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
            assert len(find_evidence(outbox, own)) == sent
            return is_as_it_was(outbox, item, "changed")

    agency.now += timedelta(days=240)
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_number(2)))
    await agency.publish()
    sent = 2
    assert doubted(), "confirmed, and another case was told beside it"
    agency.now += timedelta(days=1)
    agency.write(a_row(Eind="2027-08-31"), a_row(Zaak="Z-2", BSN=a_number(2)))
    await agency.publish()
    sent = 3
    assert not doubted(), "it holds less long"


@pytest.mark.parametrize("is_sure", [True, False])
async def test_an_answer_settles_the_notice_that_asked_for_it(
    tmp_path: Path,
    is_sure: bool,  # noqa: FBT001 - a row
) -> None:
    item, sent = an_item(FIRST, date(2099, 1, 1)), []

    def reply(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return a_page(item, None)
        sent.append(json.loads(request.content))
        return httpx.Response(204)

    asked = a_notice("correction", reference="7KQ-4TM", dueOn="2099-01-01")
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        keep_notices(outbox, [asked], NOW)
        given = ("7kq-4tm", "facts-correct")
        with CliRunner().isolation(input="nee\n"):
            if not is_sure:
                with pytest.raises(InvalidAgencySettings):
                    await give_answer(an_index(reply), outbox, given, is_sure=False)
                assert find_due(outbox)
                return
        await give_answer(an_index(reply), outbox, given, is_sure=True)
        assert not find_due(outbox)
    assert sent == [{"answer": "facts-correct", "step": 0}]


def test_a_doubt_is_shown_before_it_is_asked() -> None:
    item = an_item(FIRST, date(2026, 12, 22))
    with CliRunner().isolation(input="\n") as (out, *_):
        assert not confirm(item, "", "changed", "Let op: niets gewijzigd.")
        assert "Let op: niets gewijzigd." in out.getvalue().decode()


def test_where_nothing_may_be_answered_no_answer_is_asked() -> None:
    item = an_item(FIRST, date(2026, 12, 22))
    for may in (True, False):
        listed = [item.model_copy(update={"mayAnswer": may})]
        with CliRunner().isolation() as (out, *_):
            show(Waiting(listed, {}, {}))
            assert ("Antwoorden?" in out.getvalue().decode()) is may
