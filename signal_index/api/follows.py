"""Following a case after an answer, seeing one's follows, ending and handing over.

- A follow needs an answer of this very user, of the last day, and the person whom that
  answer was about: the pseudonym is held against the entry. So nobody is followed whom
  nobody was permitted to look up.
- The act's own rule decides (`decide_loop`), when it begins and each time it is looked
  at: by role, purpose, how the citizen knows of it. What the rule no longer permits is
  not read, and the answer says so (`changed` null).
- Each act is an entry; beginning and ending are in the citizen's report.

Proven by tests/attack/test_a_follow_is_no_tracker.py.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from keys.base64url import encode_b64u
from keys.errors import InvalidPseudonym
from keys.pseudonym import KeyVersion, StoredPoint, derive_stored_point, parse_pseudonym
from policy.errors import LoopActDenied, NoDecision, UnknownCode
from policy.vocabulary import Caller, InformedCode
from signal_index.api.acting import Acting, acting
from signal_index.api.callers import ActivePerson
from signal_index.api.context import Index, TheIndex
from signal_index.api.follow_permits import (
    decide_again,
    decide_follow,
    find_reach,
    permit_again,
    policy_in,
)
from signal_index.api.follow_records import record_about, record_begun
from signal_index.api.routing import Routes
from signal_index.days import day_of
from signal_index.errors import (
    FollowsFull,
    StaleKeyVersion,
    UnknownEntry,
    UnknownFollow,
    UnknownOffer,
)
from signal_index.follows import (
    AFTER_ANSWER,
    CODE_BYTES,
    OFFERED_DAYS,
    Follower,
    Following,
    is_changed,
    make_watched,
    name_follow_row,
    read_code,
)
from signal_index.labels import Labels
from signal_index.ledger import Group, Kind, Opened, person_find_key
from signal_index.signals import derive_person_name
from signal_index.store import follows as store
from signal_index.store.follows import StoredFollow
from signal_index.store.ledger_reading import Owner
from signal_index.store.notices import year_of
from signal_index.store.outcomes import get_own_answer
from signal_index.wire import follows as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.lookups import Nothing
from signal_index.wire.values import Id

routes = Routes("bevragen")


@routes.post(
    "/lookups/{entry_id}/follow",
    "Horen dat er iets verandert, zolang de zaak loopt",
    status=201,
    raises=(UnknownEntry, StaleKeyVersion, LoopActDenied, NoDecision, FollowsFull),
)
async def begin_follow(
    entry_id: Id, body: wire.FollowTerms, index: TheIndex, caller: ActivePerson
) -> wire.Follow:
    """Follow one person of an own answer; again after a new answer is renewing it.

    At most as long as the act allows, and never longer by itself.
    """
    who = caller.caller
    point = _point_of(index, body)
    informed = _parse_informed(index, who, body.informed)
    rows = index.keys.row_keys
    async with acting(index, who, Kind.FOLLOW, rows=rows) as act:
        lookup = await get_own_answer(act.conn, _owner(index, who), entry_id)
        await _verify_whose(act, lookup, point)
        policy = await policy_in(index, lookup.parsed_leaf.municipality or "", act.now)
        permit = decide_follow(policy, who, lookup, informed, act.now)
        until = day_of(act.now) + timedelta(days=permit.most_days)
        said = Following(
            entry=entry_id,
            follower=Follower(who.subject, who.name, who.team),
            since=act.now,
            purpose=lookup.text(Group.WHY, "purpose") or "",
            legal_basis=lookup.text(Group.WHY, "legalBasis") or "",
            informed=str(informed),
            case_reference=lookup.text(Group.WHY, "caseReference"),
            person=rows.seal(point, name_follow_row(who.organisation)),
            watched=make_watched(
                find_reach(policy, lookup, permit, day_of(act.now)),
                lookup.flags or (),
            ),
        )
        made = StoredFollow(
            id=uuid4(),
            municipality=permit.municipality,
            organisation=who.organisation,
            year=year_of(act.now),
            until=until,
            offer=None,
            said=said,
        )
        today = day_of(act.now)
        await store.store_follow(act.conn, _owner(index, who), made, index.keys, today)
        await record_begun(act, point, made, permit)
    labels = await index.labels_in(who.municipality)
    return _tell(made, labels, today, changed=False)


@routes.get("/follows", "Wat deze gebruiker volgt, zonder over wie")
async def list_follows(index: TheIndex, caller: ActivePerson) -> wire.Follows:
    """List the caller's open follows, and of each whether something changed.

    Whom it is about and what changed is not in it: that takes a lookup.
    """
    who = caller.caller
    labels = await index.labels_in(who.municipality)
    rows = index.keys.row_keys
    async with acting(index, who, Kind.OWN_HISTORY, rows=rows) as act:
        owner, today = _owner(index, who), day_of(act.now)
        own, unreadable = await store.list_follows(act.conn, owner, index.keys, today)
        permits = {one.id: await permit_again(index, who, one, act.now) for one in own}
        allowed = [one for one in own if permits[one.id] is not None]
        found, silent = await store.find_watched(act.conn, allowed, rows)
        changed: dict[UUID, bool] = {
            one.id: is_changed(
                one.said,
                permit.categories,
                found[one.id],
                {*silent, who.organisation},
                municipality=one.municipality,
                now=act.now,
            )
            for one in allowed
            if (permit := permits[one.id]) is not None and one.id in found
        }
        given = await store.find_given(act.conn, owner, index.keys, today)
        await act.record({"follows": len(own)})
    return wire.Follows(
        items=[_tell(one, labels, today, changed=changed.get(one.id)) for one in own],
        unreadable=unreadable,
        given=[_tell_given(one.said, day, labels) for one, day in given],
    )


@routes.post(
    "/follows/{follow_id}/end",
    "Een zaak niet meer volgen",
    status=204,
    raises=(UnknownFollow,),
)
async def end_follow(
    follow_id: Id, body: Nothing, index: TheIndex, caller: ActivePerson
) -> None:
    """End an own follow: it is erased at once."""
    del body
    who = caller.caller
    async with acting(index, who, Kind.FOLLOW) as act:
        owner = _owner(index, who)
        ended = await store.end_follow(act.conn, owner, follow_id, index.keys)
        await record_about(act, ended, "ended")


@routes.post(
    "/follow-offers",
    "Zaken die u volgt overdragen aan een collega",
    status=201,
    raises=(UnknownFollow,),
)
async def offer_follows(
    body: wire.FollowsOffered, index: TheIndex, caller: ActivePerson
) -> wire.FollowOffer:
    """Give a code by which a colleague of the same organisation takes them over.

    Until then they stay the caller's. A code works once, and for a week.
    """
    who = caller.caller
    code = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()
    rows = index.keys.row_keys
    async with acting(index, who, Kind.FOLLOW, rows=rows) as act:
        until = day_of(act.now) + timedelta(days=OFFERED_DAYS)
        owner = _owner(index, who)
        offered = await store.offer_follows(
            act.conn, owner, body.follows, (code, until), index.keys
        )
        entries = [str(one.said.entry) for one in offered]
        await act.record({"act": "offered", "entries": entries})
    spaced = "-".join(code[start : start + 4] for start in range(0, len(code), 4))
    return wire.FollowOffer(code=spaced, until=until)


@routes.post(
    "/follow-takeovers",
    "Zaken overnemen die een collega volgde",
    raises=(UnknownOffer, FollowsFull, LoopActDenied, NoDecision),
)
async def take_over(
    body: wire.FollowTakeOver, index: TheIndex, caller: ActivePerson
) -> wire.Follows:
    """Take over all that a code offers; the rule holds for who takes it, too.

    One that the caller may not follow refuses all of it.
    """
    who = caller.caller
    code = read_code(body.code)
    labels = await index.labels_in(who.municipality)
    rows = index.keys.row_keys
    async with acting(index, who, Kind.FOLLOW, rows=rows) as act:
        owner, today = _owner(index, who), day_of(act.now)
        taken = await store.find_offered(act.conn, owner, code, index.keys, today)
        for one in taken:
            await decide_again(index, who, one, act.now)
        follower = Follower(who.subject, who.name, who.team)
        handed = (taken, follower)
        await store.take_over(act.conn, owner, handed, index.keys, today, rows=rows)
        for one in taken:
            await record_about(act, one, "taken-over")
    return wire.Follows(
        items=[_tell(replace(one, offer=None), labels, today) for one in taken]
    )


def _point_of(index: Index, body: wire.FollowTerms) -> StoredPoint:
    try:
        pseudonym = parse_pseudonym(body.pseudonym)
    except InvalidPseudonym as error:
        raise InvalidField("pseudonym", "wrong-form") from error
    scalar = index.keys.get_scalar(KeyVersion(body.keyVersion))
    return derive_stored_point(scalar, pseudonym)


def _parse_informed(index: Index, who: Caller, code: str) -> InformedCode:
    try:
        return index.catalogue_in(who.municipality).parse_informed(code)
    except UnknownCode as error:
        raise InvalidField("informed", "unknown-code") from error


async def _verify_whose(act: Acting, lookup: Opened, point: StoredPoint) -> None:
    """Hold the person named against the entry."""
    if act.now - lookup.recorded_at > AFTER_ANSWER:
        raise UnknownEntry
    year, keys = year_of(lookup.recorded_at), act.index.keys
    name = derive_person_name(point, keys.get_ledger_name_key(year))
    find = person_find_key(keys.get_disclosure_key(year), name, Kind.LOOKUP)
    if not await store.is_about(act.conn, lookup.entry, find):
        raise InvalidField("pseudonym", "does-not-match")


def _owner(index: Index, caller: Caller) -> Owner:
    return Owner(caller.organisation, caller.subject, index.keys.disclosures)


def _tell_given(said: Following, day: date, labels: Labels) -> wire.GivenFollow:
    return wire.GivenFollow(
        entryId=said.entry,
        purposeLabel=labels.purpose(said.purpose),
        by=said.follower.name,
        team=said.follower.team,
        on=day,
    )


def _tell(
    one: StoredFollow, labels: Labels, today: date, *, changed: bool | None = None
) -> wire.Follow:
    mark, until = one.offer or (b"", date.min)
    return wire.Follow(
        id=one.id,
        entryId=one.said.entry,
        since=one.said.since,
        until=one.until,
        purpose=one.said.purpose,
        purposeLabel=labels.purpose(one.said.purpose),
        offered=wire.Offered(mark=encode_b64u(mark), until=until)
        if until >= today
        else None,
        changed=changed,
    )
