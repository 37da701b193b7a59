"""What a record means: an open case, a closing, nothing yet, or rejects.

Pure: a raw case and a profile in, entries out. The order of the questions matters:

1. May this be told at all (opt-in)? If not, an earlier signal closes, and no other
   field is judged: a case without opt-in leaves no trace, also not among the rejects.
   It closes for this person only: a partner under the same number may have said yes.
2. Is it over? Then it closes, whatever else is wrong with the record, as long as we
   can tell which case it is.
   Unless it makes no sense: where columns slipped, a first day stands under an end.
3. Only an open case must be complete.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from functools import lru_cache, partial

from keys.bsn import Bsn
from keys.municipality import MunicipalityCode
from signal_index.wire.signals import Informed, WithdrawalReason
from signal_index.wire.values import Slug
from sources.catalogue import load_exceptions
from sources.connectors.bsn_text import read_bsn
from sources.connectors.contact_fields import read_contact
from sources.connectors.fields import FieldReader, RawCase
from sources.connectors.persons import read_sought
from sources.dates import EARLIEST, derive_age_limit, find_forms
from sources.profile import Profile
from sources.reasons import Reason
from sources.values import (
    Case,
    CaseKey,
    CaseNumber,
    Closing,
    Kept,
    NaturalKey,
    NotBegun,
    Reading,
    Reject,
    Skipped,
    Sought,
    Unidentified,
)

LONGEST_NUMBER = 100
# What a spreadsheet shows for an outcome that it does not have, in Dutch or English.
_FAULT_OF_EXCEL = re.compile(r"#(?:N/[AB]|[A-Z]+(?:/0)?[!?])")
_MUNICIPALITY = re.compile(r"(?:GM)?([0-9]{1,4})", re.IGNORECASE)


class _State(Enum):
    OPEN = auto()
    OVER = auto()
    NOT_YET = auto()


@dataclass(frozen=True, slots=True)
class _Times:
    """When a case began, since when it is over, and after which day it cannot live."""

    start: date | None
    over_on: date | None
    limit: date | None
    why: WithdrawalReason = WithdrawalReason.ENDED


def read_case(raw: RawCase, profile: Profile, *, today: date) -> Reading:
    """Give what one record means; the rejects of a record come together."""
    reader = FieldReader(raw, today=today)
    if not _may_be_told(reader, profile):
        key = _find_key(reader, profile, None)
        whose = _find_bsn(reader, profile)
        told = Closing(key, today, bsn=whose, of_one=True) if key else Skipped()
        return (*reader.faults, told)
    state = _read_state(reader, profile)
    times = _read_times(reader, profile, today)
    key = _find_key(reader, profile, times.start)
    if state is _State.NOT_YET:
        return (NotBegun(key, raw.place),)
    if nonsense := _find_nonsense(reader, profile, state, times):
        is_all = times.start is None and nonsense[0].field == reader.name("bsn")
        return (*nonsense, *((Kept(key, doubtful=is_all),) if key else ()))
    if key and (state is _State.OVER or times.over_on):
        over = partial(Closing, key, times.over_on or today, times.why, of_one=True)
        whose = _find_bsn(reader, profile)
        is_said_open = profile.codes.status is not None and state is _State.OPEN
        return (
            over(
                bsn=whose,
                started_on=times.start,
                place=raw.place,
                though_open=is_said_open and times.why is WithdrawalReason.ENDED,
            ),
        )
    case: Case | Unidentified | None = _read_open(reader, profile, raw, times)
    if case:
        return (case,)
    whose, is_all = _find_bsn(reader, profile), _makes_no_sense(reader)
    kept = (Kept(key, doubtful=is_all, bsn=whose),) if key else ()
    return (*reader.faults, *kept)


def _find_nonsense(
    reader: FieldReader, profile: Profile, state: _State, times: _Times
) -> Sequence[Reject]:
    """Give what cannot be in a record that looks over, as when columns slipped.

    What stands where the number of a person should is no number; or a day says that it
    is over, and what stands where the first day should is no day. A mistyped number, a
    field that is empty and a first day of a record that is over by its status are slips
    of a clerk, and end nothing but their own case.
    """
    if state is not _State.OVER and times.over_on is None:
        return ()
    if not profile.identify and (reason := _find_no_number(reader)):
        return (reader.reject("bsn", reason),)
    start = reader.name("start")
    by_day_alone = profile.codes.status is None or state is not _State.OVER
    if by_day_alone and times.start is None and reader.text("start"):
        return [fault for fault in reader.faults if fault.field == start]
    return ()


def _find_no_number(reader: FieldReader) -> Reason | None:
    """Say why a text is no number of a person at all: a word, or a day."""
    text = reader.text("bsn")
    found = read_bsn(text, zero_lost=False)
    if found is Reason.BSN_LETTERS or (found is Reason.BSN_LENGTH and find_forms(text)):
        return found
    return None


def _makes_no_sense(reader: FieldReader) -> bool:
    """Tell whether neither person nor start is readable, as when columns slipped."""
    wrong = {fault.field for fault in reader.faults}
    return {reader.name("bsn"), reader.name("start")} <= wrong


def read_closing(
    raw: RawCase, profile: Profile, reason: WithdrawalReason, *, today: date
) -> Reading:
    """Give the closing of a case of which a record only says that it is over."""
    reader = FieldReader(raw, today=today)
    start = reader.day("start") if not _is_numbered(profile) else None
    key = _find_key(reader, profile, start)
    end = reader.day("end")
    if key is None:
        if _is_numbered(profile):
            reader.miss("number", Reason.CASE_NUMBER_INVALID)
        reader.bsn(zero_lost=_zero_lost(profile))
        return tuple(reader.faults)
    return (Closing(key, min(end or today, today), reason),)


def _may_be_told(reader: FieldReader, profile: Profile) -> bool:
    codes = profile.codes.opt_in
    if codes is None:
        return True
    text = reader.text("opt_in")
    if text not in codes.yes | codes.no:
        # Unknown is not yes. The agency hears of it; the index never does.
        reader.choose("opt_in", {})
    return text in codes.yes


def _read_state(reader: FieldReader, profile: Profile) -> _State:
    codes = profile.codes.status
    if codes is None:
        return _State.OPEN
    choices = dict.fromkeys(codes.opens, _State.OPEN)
    choices |= dict.fromkeys(codes.closes, _State.OVER)
    choices |= dict.fromkeys(codes.ignores, _State.NOT_YET)
    return reader.choose("status", choices) or _State.OPEN


def _read_times(reader: FieldReader, profile: Profile, today: date) -> _Times:
    start = reader.past_day("start", required=True)
    end = reader.day("end")
    if start and end and end < start:
        # Nobody's case ended in 1900: that is how a database writes that there is none.
        nothing = end.year == EARLIEST.year
        reason = Reason.DATE_MEANS_EMPTY if nothing else Reason.END_BEFORE_START
        reader.fault(reader.name("end"), reason)
        end = None
    limit, why = end, WithdrawalReason.ENDED
    if profile.age_limit:
        born = reader.past_day("birth", required=True)
        grown = derive_age_limit(born, profile.age_limit) if born else None
        if grown and (limit is None or grown < limit):
            limit, why = grown, WithdrawalReason.AGE_LIMIT
    over = limit is not None and limit < today
    return _Times(start, limit if over else None, limit, why)


def _find_key(
    reader: FieldReader, profile: Profile, start: date | None
) -> CaseKey | None:
    """Give the key where the record has one; faults are noted elsewhere."""
    text = _read_number(reader)
    if _is_numbered(profile) and not text:
        return None
    if text and not _shared(profile):
        return CaseNumber(text)
    bsn = _find_bsn(reader, profile)
    if bsn is None:
        return None
    if text:
        return CaseNumber(text, bsn)
    return NaturalKey(bsn, start) if start else None


def _read_number(reader: FieldReader) -> str:
    """Read a case number; empty where there is none that can be one."""
    text = reader.text("number")
    is_one = len(text) <= LONGEST_NUMBER and not _FAULT_OF_EXCEL.fullmatch(text)
    return text if is_one else ""


def _find_bsn(reader: FieldReader, profile: Profile) -> Bsn | None:
    found = read_bsn(reader.text("bsn"), zero_lost=_zero_lost(profile))
    return None if isinstance(found, Reason) else found


def _read_open(
    reader: FieldReader, profile: Profile, raw: RawCase, times: _Times
) -> Case | Unidentified | None:
    person: Bsn | Sought | None
    if profile.identify:
        person = read_sought(reader)
    else:
        person = reader.bsn(zero_lost=_zero_lost(profile))
    if _is_numbered(profile) and not _read_number(reader):
        reader.miss("number", Reason.CASE_NUMBER_INVALID)
    category = _read_category(reader, profile)
    municipality = _read_municipality(reader, profile)
    contact = read_contact(reader, profile, raw)
    informed = _read_informed(reader, profile, times.start)
    key = _find_key(reader, profile, times.start)
    if reader.faults or not (person and key and times.start):
        return None
    if not (category and municipality and contact and informed):
        return None
    complete = partial(
        Case,
        raw.place,
        key,
        category=category,
        municipality=municipality,
        started_on=times.start,
        limit=times.limit,
        contact=contact,
        informed=informed,
    )
    if isinstance(person, Sought):
        return Unidentified(raw.place, key, person, complete)
    return complete(person)


def _read_category(reader: FieldReader, profile: Profile) -> Slug | None:
    if profile.codes.category:
        return reader.choose("category", profile.codes.category)
    return profile.category


def _read_municipality(
    reader: FieldReader, profile: Profile
) -> MunicipalityCode | None:
    text = reader.text("municipality")
    if found := _MUNICIPALITY.fullmatch(text):
        text = found[1].zfill(4)  # 599 can only be 0599: a number lost its zero
    if not text and len(profile.municipalities) == 1 and not _names_place(profile):
        return profile.municipalities[0]
    if text in profile.municipalities:
        return MunicipalityCode(text)
    reader.miss("municipality", Reason.MUNICIPALITY_UNKNOWN)
    return None


def _read_informed(
    reader: FieldReader, profile: Profile, start: date | None
) -> Informed | None:
    """Read how and since when a citizen knows: nobody was told on an empty day.

    Without a column it is the first day; and where a code says why they do not know.
    """
    codes = profile.codes.informed
    mapped = profile.mapped
    has_column = mapped is not None and mapped.columns.informed is not None
    names_day = mapped is not None and mapped.columns.informed_on is not None
    code = reader.choose("informed", codes) if has_column else profile.informed
    is_told = names_day and code not in load_exceptions()
    on = reader.past_day("informed_on", required=is_told) or start
    return _make_informed(code, on) if code and on else None


@lru_cache(maxsize=4096)
def _make_informed(code: Slug, on: date) -> Informed:
    return Informed(code=code, on=on)


def _is_numbered(profile: Profile) -> bool:
    if profile.mapped is None:
        return profile.facts.is_numbered
    return profile.mapped.columns.case_number is not None


def _names_place(profile: Profile) -> bool:
    return profile.mapped is None or profile.mapped.columns.municipality is not None


def _shared(profile: Profile) -> bool:
    return profile.mapped is not None and profile.mapped.shared_case_numbers


def _zero_lost(profile: Profile) -> bool:
    return profile.mapped is not None and profile.mapped.bsn_zero_lost
