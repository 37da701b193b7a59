"""A day of work in the world in memory: of agencies, of generalists, of officers.

Each step is a request that succeeds; `tests.live_world` remembers it.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from keys.base64url import encode_b64u
from signal_index.notice import (
    sign_notice,
    sign_withdrawal,
)
from signal_index.store.ceremony_records import KeptRecord, keep_record
from signal_index.wire.agents import HeldDelivery
from signal_index.wire.completeness import (
    REPORT_FORMAT,
    JudgedDay,
    Misfit,
    ReconciledFinding,
    ReconciliationReport,
)
from signal_index.wire.signals import NoticeBody
from signal_index.wire.values import Oin
from tests.builders import (
    a_contact_holder,
    a_delivery,
    a_notice,
    a_withdrawal,
    about,
)
from tests.citizen_builders import CitizensDesk
from tests.follow_builders import FATIMA, JORIS, follow, listed, open_follows
from tests.hand_builders import (
    a_hand_notice,
    a_hand_signaller,
    give,
    open_hand_signals,
    pass_on,
    take_back,
)
from tests.holders_builders import LOOKUP_OIN, a_bsn
from tests.match_builders import (
    name_cases,
    open_matching,
    read_matches,
    run_matches,
    say,
)
from tests.notice_builders import acknowledge, count_unread, lead, read_page, switch_on
from tests.officer_builders import a_citizen, a_search
from tests.policy_officers import CHANGE, approve, approving, propose
from tests.portal_builders import (
    ask_check,
    ask_due,
    begin_messages,
    dispute,
    end_messages,
    prove_own,
    view_own,
)
from tests.report_builders import (
    change_mandate,
    count_days,
    october_lookup,
    record_entries,
)
from tests.review_builders import NOT_IN_ORDER, a_review, act, explain
from tests.source_administrators import an_administrator
from tests.store_builders import owning
from tests.transfer_builders import a_successor, a_transfer
from tests.trial_builders import (
    a_rehearsal,
    a_rehearsal_result,
    go_live,
    put_in_trial,
)
from tests.world import World


async def do_work_of_agencies(world: World, folder: Path) -> None:
    """Publish, renew and withdraw signals, tend contact holders, compare."""
    del folder
    agency = world.debt_help
    bearer = world.a_source_token(agency)
    await world.publish(agency, [a_bsn(number) for number in range(1, 9)])
    await world.publish(world.veilig_thuis, [a_bsn(1)])
    for number in range(1, 4):
        await _tend_a_signal(world, number, is_kept=number > 1)
    delivery = a_delivery().model_dump(mode="json")
    await world.send("POST", "/deliveries", bearer, delivery)
    holders = [uuid4() for _ in range(3)]
    for holder in holders:
        await world.put_contact(agency, a_contact_holder(), contact=holder)
    path = f"/contact-holders/{holders[0]}"
    await world.send("POST", f"{path}/hand-over", bearer, {"to": str(holders[1])})
    scope = {
        "source": agency.oin,
        "categories": [agency.category],
        "municipalities": ["9901"],
        "on": world.clock().date().isoformat(),
        "salt": encode_b64u(bytes(16)),
    }
    asked = {**scope, "bits": 1, "buckets": [0, 1]}
    await world.send("POST", "/reconciliations/buckets", bearer, asked)
    told = {**scope, "count": 1, "digest": encode_b64u(bytes(32))}
    await world.send("POST", "/reconciliations", bearer, told)
    await _signal_by_hand(world)
    await _rehearse(world)
    feed = {"feed": "debt-help", "state": "waiting", "backlog": 12}
    feed |= dict.fromkeys(("lastRun", "lastReconciled", "nextRun"))
    await _hold_a_delivery(world, {**feed, "state": "held"})
    await _hear_what_came_back(world)


async def _hear_what_came_back(world: World) -> None:
    """As an agency's machine: a lookup is told of, fetched and acknowledged."""
    await switch_on(world)
    await world.look_up([a_bsn(8)])
    await lead(world)
    await count_unread(world, world.debt_help)
    page = await read_page(world, world.debt_help)
    ids = [one["id"] for one in page["items"]]
    await acknowledge(world, world.debt_help, ids)
    await world.look_up([a_bsn(8)])
    await lead(world)


async def _signal_by_hand(world: World) -> None:
    """As somebody at an agency: given, confirmed, handed over, ended."""
    await open_hand_signals(world)
    agency, token = world.debt_help, a_hand_signaller(world, world.debt_help)
    kept, gone = a_hand_notice(agency), a_hand_notice(agency)
    await give(world, agency, kept, a_bsn(11))  # nothing was delivered of this citizen
    beside = [str(kept.reference)]
    await give(world, agency, gone, a_bsn(11), beside=beside)
    path = f"/hand-signals/{kept.reference}"
    await world.send("POST", f"{path}/confirmation", token, {})
    to = {"to": str(agency.contact)}
    await world.send("POST", f"{path}/hand-over", token, to)
    await pass_on(world, agency, [kept], contact=agency.contact)
    await take_back(world, agency, a_withdrawal(gone))


async def _hold_a_delivery(world: World, feed: dict[str, object]) -> None:
    """As an agent that holds a delivery, and its administrator who lets it go."""
    agency = world.debt_help
    delivery = uuid4()
    held = {
        "delivery": str(delivery),
        "source": agency.oin,
        "mark": "0" * 64,
        "heldAt": world.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "findings": [{"finding": "cases-gone", "count": 4, "of": 20}],
    }
    told = {"feeds": [{**feed, "held": held}], "unsent": []}
    bearer = world.a_source_token(agency)
    await world.send("PUT", "/agents/office", bearer, told)
    path = f"/agents/office/held-deliveries/{delivery}/answer"
    digest = HeldDelivery.model_validate_json(json.dumps(held)).digest
    said = {"digest": digest, "answer": "approved"}
    await world.send("POST", path, an_administrator(world, agency), said)


async def _rehearse(world: World) -> None:
    """As a source that tries out: it begins, sees how it stands, and ends."""
    agency = world.income_support
    bearer = world.a_source_token(agency)
    await put_in_trial(world, agency)
    begun = a_rehearsal(agency)
    await world.send("POST", "/rehearsals", bearer, begun)
    path = f"/rehearsals/{begun['rehearsal']}/result"
    await world.send("POST", path, bearer, a_rehearsal_result())
    await go_live(world, agency)


async def _tend_a_signal(world: World, number: int, *, is_kept: bool) -> None:
    agency = world.debt_help
    bearer, iss = world.a_source_token(agency), Oin(agency.oin)
    notice = a_notice(agency.contact)
    (n,) = (await world.holders.prepare_publication([a_bsn(number)])).pseudonyms
    bound, proof = about(notice, n)
    signed = sign_notice(agency.key, bound, iss=iss, now=world.clock())
    body = NoticeBody(
        keyVersion=1, notice=signed, pseudonym=proof.pseudonym, salt=proof.salt
    ).model_dump(mode="json")
    path = f"/signals/{notice.reference}"
    await world.send("PUT", path, bearer, body)
    if not is_kept:
        gone = a_withdrawal(notice)
        signed = sign_withdrawal(agency.key, gone, iss=iss, now=world.clock())
        said = {"withdrawal": signed}
        await world.send("POST", f"{path}/withdrawal", bearer, said)


async def _follow_a_case(world: World) -> None:
    """Two persons are followed; one ends, one passes to a colleague."""
    await open_follows(world)
    ended, kept = [await follow(world, a_bsn(number)) for number in (6, 7)]
    mine, colleague = world.a_token(**FATIMA), world.a_token(**JORIS)
    await world.send("POST", f"/follows/{ended['id']}/end", mine, {})
    body = {"follows": [kept["id"]]}
    offer = (await world.send("POST", "/follow-offers", mine, body)).json()
    code = {"code": offer["code"]}
    await world.send("POST", "/follow-takeovers", colleague, code)
    await listed(world, JORIS)


async def _match_two_sources(world: World) -> None:
    """Two agencies hear of each other; one says that they agreed, and its case.

    Where one of them is in trial neither hears, and nothing is said.
    """
    await open_matching(world)
    for agency in (world.debt_help, world.income_support):
        await world.publish(agency, [a_bsn(8)])
    await run_matches(world)
    for match in (await read_matches(world, world.debt_help))[:1]:
        await say(world, world.debt_help, match, "agreed")
    await name_cases(world, world.debt_help)


async def do_work_of_generalists(world: World, folder: Path) -> None:
    """Look people up, and say what came of it; sequence the ledger."""
    person = world.a_token()
    parts = []
    for _ in range(3):
        world.clock.forward(timedelta(seconds=1))
        parts += await world.look_up([a_bsn(1)])
        path = f"/lookups/{parts[-1]['entryId']}"
        await world.send(
            "POST", f"{path}/outcome", person, {"outcome": "contact-made", "flag": None}
        )
        await world.send("POST", f"{path}/print", person, {})
    await _follow_a_case(world)
    await _match_two_sources(world)
    body = {"reqs": ["A" * 43]}
    await world.send("POST", "/abandoned-requests", person, body)
    await CitizensDesk(world, folder).sequence()
    officer = world.an_officer()
    entry = parts[-1]["entryId"]
    for path in (
        f"entries/{entry}",
        f"ledger/proofs/{entry}",
        f"entries/{entry}/proof",
    ):
        await world.send("GET", f"/{path}", officer)
    bearer = world.a_source_token(world.debt_help)
    one = a_notice(world.debt_help.contact)
    answer = await world.send_batch(world.debt_help, [one], [a_bsn(8)])
    entry = answer.json()["entryId"]
    await CitizensDesk(world, folder).sequence()
    await world.send("GET", f"/publication-proofs/{entry}", bearer)
    pages = ("/problems/invalid-input", "/ledger/2026/checkpoint")
    for path in (*pages, "/ledger/2026/tile/0/000.p/1"):
        await world.send("GET", path, person)
    transcript = bytes(32)
    async with owning(world.engine) as conn:
        kept = KeptRecord("generate", world.clock())
        await keep_record(conn, transcript, kept, "{}")
    auditor = world.an_officer("auditor")
    for path in (
        "tile/entries/000.p/1",
        "key-steps",
        "hourly-checkpoints",
        f"ceremonies/{transcript.hex()}.json",
    ):
        await world.send("GET", f"/ledger/2026/{path}", auditor)


async def do_work_of_officers(world: World, folder: Path) -> None:
    """Answer citizens, review emergencies, report, decide rules, supervise."""
    await _answer_citizens(CitizensDesk(world, folder))
    await _review(world)
    await _report(world)
    await _decide_rules(world)
    await _transfer(world)
    await _supervise(world)


async def _answer_citizens(desk: CitizensDesk) -> None:
    world, signals = desk.world, []
    for number in (1, 2, 3, 4):
        signals += (await desk.report(a_bsn(number)))["signals"]
    ours = [one for one in signals if one["source"] == world.debt_help.oin]
    made = [await desk.enter_correction(one, restrict=True) for one in ours[:4]]
    for one in made[1:]:
        await desk.answer(one)
    path = f"/corrections/{made[-1]['id']}/release"
    told = {"citizenTold": True, "answer": "facts-correct"}
    await desk.send("POST", path, told)
    placed = [await desk.place_embargo(a_bsn(number)) for number in range(1, 6)]
    embargo = placed[-1]
    await desk.decide(embargo, "approved")
    path = f"/embargoes/{embargo['id']}/lifting"
    await desk.send("POST", path, {"reason": "danger-over"})
    request = [(await desk.register())["id"] for _ in range(8)][-1]
    path = f"/access-requests/{request}"
    await desk.send("POST", f"{path}/extension", {"reason": "complex"})
    await desk.send("POST", f"{path}/report", await desk.person(a_bsn(1)))
    await desk.send("POST", f"{path}/other-number", {"nothingGiven": True})
    await desk.send("POST", f"{path}/closing", {"closing": "answered"})
    await view_own(world, a_bsn(1))
    await world.look_up([a_bsn(2)])
    view = await view_own(world, a_bsn(2))
    own = [one for one in view["signals"] if one["source"] == world.debt_help.oin]
    await dispute(world, view, next(one for one in own if not one["isDisputed"]))
    await ask_check(world, view, view["lookups"][0])
    await prove_own(world, view)
    begun = (await begin_messages(world, view)).json()
    await end_messages(world, view)
    yesterday = world.clock().date() - timedelta(days=1)
    await ask_due(world, yesterday, [begun["token"]])
    await world.send("GET", f"/about/{LOOKUP_OIN}", world.an_officer())


async def _review(world: World) -> None:
    for _ in range(6):
        await a_review(world)
    (part,) = await world.look_up([a_bsn(3)])
    officer = world.an_officer()
    await world.send("POST", "/reviews", officer, {"entryId": part["entryId"]})
    asked = {"questions": ["why-emergency"], "text": "Wie vroeg hierom?"}
    reviews = [await a_review(world) for _ in range(12)]
    for review in reviews:
        await act(world, review, "question", asked)
    for review in reviews[4:]:
        await explain(world, review, {"explanation": "own-case"})
        await act(world, review, "judgement", NOT_IN_ORDER)
    other = world.an_officer("data-protection-officer")
    await act(world, review, "second-look", {"agrees": True}, other)


async def _report(world: World) -> None:
    await record_entries(world, [october_lookup(number) for number in range(3)])
    await count_days(world)
    await change_mandate(world, world.clock().date())
    officer = world.an_officer()
    month = {"month": "2026-10", "form": "pdf"}
    await world.send("POST", "/general-reports", officer, month)
    days = {"from": "2026-10-01", "until": "2026-10-31"}
    await world.send("POST", "/overviews", officer, days)
    question = {**days, "reason": "complaint"}
    asked = await world.send("POST", "/specific-reports", officer, question)
    other = world.an_officer("data-protection-officer", sub="officer-2")
    waiting = (await world.send("GET", "/approvals", other)).json()["open"]
    for one in waiting[-2:]:
        path = f"/approvals/{one['id']}/decision"
        await world.send("POST", path, other, await approving(world, other, one["id"]))
    path = f"/specific-reports/{asked.json()['id']}"
    await world.send("POST", f"{path}/pages", officer, {"form": "csv"})
    await world.send("POST", f"{path}/nen7513", officer, {})


async def _decide_rules(world: World) -> None:
    officer = world.an_officer(sub="anke")
    await world.send("POST", "/policy/simulations", officer, CHANGE)
    asked = await propose(world, CHANGE)
    await world.send("GET", f"/policy/bundles/{asked['digest']}", officer)
    await approve(world, asked)
    word = {"organisation": world.debt_help.oin, "label": "Team Zuid"}
    await world.send("POST", "/contact-labels", officer, word)
    await world.send("GET", "/contact-labels", officer)


async def _transfer(world: World) -> None:
    body = a_transfer(world, await a_successor(world))
    await world.send("POST", "/transfers", world.an_officer(), body)
    body = {**body, "contacts": [str(world.debt_help.contact)]}
    await world.send("POST", "/transfers", world.an_officer(), body)


async def _supervise(world: World) -> None:
    officer = world.an_officer()
    await world.send("POST", "/searches", officer, a_search(world))
    citizen = {"why": "citizen-rights", "citizen": await a_citizen(world, 1)}
    await world.send("POST", "/searches", officer, a_search(world, **citizen))
    judged = JudgedDay(entries=40, requests=41, receipts=39, stillOpen=0)
    found = [
        ReconciledFinding.of(Misfit.RECEIPT_WITHOUT_ENTRY, entry=UUID(int=one))
        for one in range(5)
    ]
    day, origin = date(2026, 11, 20), "index.test/ledger"
    report = ReconciliationReport(
        format=REPORT_FORMAT,
        day=day,
        origin=origin,
        holders=["holder-1"],
        organisations=[LOOKUP_OIN],
        judged=judged,
        findings=found,
    ).model_dump(mode="json")
    await world.send("POST", "/completeness/reports", officer, report)
    shown = (await world.send("GET", "/completeness", officer)).json()["alarms"]
    path = f"/completeness/findings/{shown[0]['id']}/closing"
    await world.send("POST", path, officer, {"reason": "explained"})
