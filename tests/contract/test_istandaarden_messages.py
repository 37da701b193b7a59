"""iWmo and iJw 3.2 as the standard has them, and as systems really write them.

Messages are made from the standard's own table of elements: whole ones, and ones with
unknown, missing, reordered and repeated elements (tests/istandaarden_messages.py).
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_index.wire.signals import WithdrawalReason
from sources.errors import UnreadableFile
from sources.profile import Profile
from sources.reasons import Reason
from sources.values import (
    Case,
    CaseNumber,
    Closing,
    Entry,
    Reject,
    Skipped,
)
from tests.connector_formats import CONTACTS, in_format
from tests.istandaarden_builders import BY_ASSIGNMENT, read
from tests.istandaarden_messages import (
    ENVELOPE_0310,
    ENVELOPE_PATCH_04,
    STORY,
    Node,
    Said,
    add_unknown,
    change,
    make_message,
    make_tree,
    put_in_envelope,
    reorder,
    write,
)
from tests.sources_builders import a_number

BY_START = in_format("iwmo-3.2", '[messages]\nopens = "start"\n', CONTACTS)
YOUTH = in_format("ijw-3.2", CONTACTS)
AGED = YOUTH.model_copy(update={"age_limit": 18})
KINDS = ("wmo301", "wmo305", "wmo307", "jw301", "jw305", "jw307")
KEY = CaseNumber("9901-101")


def read_one(said: Said, profile: Profile = BY_ASSIGNMENT) -> Entry:
    ((entry,),) = read(make_message(said), profile)
    return entry


def profile_of(kind: str) -> Profile:
    return BY_ASSIGNMENT if kind.startswith("wmo") else YOUTH


# What opens


def test_an_assignment_opens_from_its_first_day_and_ends_on_its_last() -> None:
    case = read_one(Said(end="2027-01-31"))
    assert isinstance(case, Case)
    assert case.key == KEY
    assert (case.started_on, case.limit) == (date(2026, 1, 5), date(2027, 1, 31))
    assert (case.municipality, case.bsn.digits) == ("9901", a_number(1))


def test_contact_begins_when_it_is_assigned_though_care_is_yet_to_come() -> None:
    said = Said(
        start="2027-02-01", end="2028-01-31", assigned=("2026-11-20", "09:00:00")
    )
    case = read_one(said)
    assert isinstance(case, Case)
    assert case.started_on == date(2026, 11, 20)


def test_each_product_is_a_case_of_its_own() -> None:
    readings = read(make_message(Said(number="101"), Said(number="102")))
    keys = [entry.key for (entry,) in readings if isinstance(entry, Case)]
    assert keys == [CaseNumber("9901-101"), CaseNumber("9901-102")]


def test_a_number_of_one_municipality_is_not_that_of_another() -> None:
    one, other = read_one(Said()), read_one(Said(municipality="9902"))
    assert isinstance(one, Case)
    assert isinstance(other, Case)
    assert one.key != other.key


def test_a_start_confirms_what_its_assignment_opened() -> None:
    case = read_one(Said(kind="wmo305"))
    assert isinstance(case, Case)
    assert case.unless_known, "it must not take the announced end away"


def test_by_the_profile_only_the_start_opens() -> None:
    assert isinstance(read_one(Said(), BY_START), Skipped)
    case = read_one(Said(kind="wmo305"), BY_START)
    assert isinstance(case, Case)
    assert not case.unless_known


def test_a_stop_that_is_taken_back_opens_again() -> None:
    case = read_one(Said(kind="wmo307", end="2026-06-01", status="3"))
    assert isinstance(case, Case)
    assert case.limit is None


# What closes


@pytest.mark.parametrize("profile", [BY_ASSIGNMENT, BY_START], ids=["301", "305"])
def test_an_assignment_that_is_over_closes(profile: Profile) -> None:
    closing = read_one(Said(end="2026-06-30"), profile)
    assert isinstance(closing, Closing)
    assert (closing.key, closing.on) == (KEY, date(2026, 6, 30))
    assert closing.reason is WithdrawalReason.ENDED


STOPS = {  # every code of WMO588 and JZ588 but 20, which closes nothing
    "wmo307": ("02 19 21 22 23 31 36 37 38 39", "31"),
    "jw307": ("02 31 32 33 34 35 36 37 38 39", "35"),
}


@pytest.mark.parametrize(
    ("kind", "code"),
    [(kind, code) for kind, (codes, _) in STOPS.items() for code in codes.split()],
)
def test_a_stop_closes_and_says_why_by_the_list_of_its_own_standard(
    kind: str, code: str
) -> None:
    said = Said(kind=kind, end="2026-06-30", reason=code)
    closing = read_one(said, profile_of(kind))
    assert isinstance(closing, Closing)
    expected = {STOPS[kind][1]: WithdrawalReason.MOVED_AWAY}
    expected["02"] = WithdrawalReason.DECEASED
    assert closing.key == KEY
    assert closing.reason is expected.get(code, WithdrawalReason.ENDED)


@pytest.mark.parametrize(
    ("use", "limit"),
    [
        ("1", date(2029, 3, 31)),  # born in May: it may have been the first
        ("2", date(2028, 12, 31)),  # born in 2011: it may have been in January
    ],
)
def test_a_birth_of_which_the_day_is_unknown_is_the_first_it_can_be(
    use: str, limit: date
) -> None:
    message = make_message(Said(kind="jw301", born="2011-05-17"))
    known = b"2011-05-17</b:Datum>"
    assert known in message
    changed = message.replace(
        known, known + f"<b:DatumGebruik>{use}</b:DatumGebruik>".encode()
    )
    ((case,),) = read(changed, AGED)
    assert isinstance(case, Case)
    assert case.limit == limit


def test_a_birth_of_which_nothing_is_known_is_missing() -> None:
    message = make_message(Said(kind="jw301", born="2011-05-17")).replace(
        b"2011-05-17</b:Datum>",
        b"2011-05-17</b:Datum><b:DatumGebruik>3</b:DatumGebruik>",
    )
    ((rejected, *_),) = read(message, AGED)
    assert isinstance(rejected, Reject)
    assert (rejected.field, rejected.reason) == ("Geboortedatum", Reason.FIELD_MISSING)


def test_a_stop_for_a_while_closes_nothing() -> None:
    said = Said(kind="wmo307", end="2026-06-30", reason="20")
    assert isinstance(read_one(said), Skipped)


def test_a_stop_in_the_future_is_an_announced_end() -> None:
    case = read_one(Said(kind="wmo307", end="2026-12-31"))
    assert isinstance(case, Case)
    assert case.limit == date(2026, 12, 31)


@pytest.mark.parametrize("reason", ["13", "01"])
def test_an_assignment_that_was_deleted_never_was(reason: str) -> None:
    closing = read_one(Said(end="2026-01-05", reason=reason))
    assert isinstance(closing, Closing)
    assert closing.reason is WithdrawalReason.ENTERED_IN_ERROR


def test_a_start_that_was_taken_back_never_was() -> None:
    said = Said(kind="wmo305", status="3")
    closing = read_one(said, BY_START)
    assert isinstance(closing, Closing)
    assert closing.reason is WithdrawalReason.ENTERED_IN_ERROR
    assert isinstance(read_one(said), Skipped), "the assignment itself still stands"


# What is ignored, and what is refused


@pytest.mark.parametrize("kind", KINDS)
def test_no_content_of_a_message_is_read(kind: str) -> None:
    readings = read(make_message(Said(kind=kind, end="2027-06-30")), profile_of(kind))
    assert len(readings) == 1
    for text in (STORY, "Wit", "9999XX", "A01", "55A11", "1967"):
        assert text not in repr(readings)


@pytest.mark.parametrize("kind", ["wmo302", "wmo317", "wmo319", "wmo323"])
def test_other_messages_of_the_standard_say_nothing_that_we_tell(kind: str) -> None:
    tree = make_tree(Said())
    assert read(write(tree, kind)) == []


@pytest.mark.parametrize("namespace", [ENVELOPE_0310, ENVELOPE_PATCH_04])
@pytest.mark.parametrize("kind", KINDS)
def test_an_envelope_changes_nothing(kind: str, namespace: str) -> None:
    message = make_message(Said(kind=kind, end="2027-06-30"))
    enveloped = put_in_envelope(message, namespace=namespace)
    assert read(enveloped, profile_of(kind)) == read(message, profile_of(kind))


@pytest.mark.parametrize(
    "data",
    [
        make_message(Said(), release="3_1"),
        make_message(Said(kind="jw301")),
        put_in_envelope(put_in_envelope(make_message(Said()))),
        put_in_envelope(b"geen bericht"),
        put_in_envelope(make_message(Said())).replace(
            b"<GGK:bericht>", b"<GGK:bericht>*"
        ),
        put_in_envelope(make_message(Said())).replace(b"GGK:bericht>", b"GGK:anders>"),
        b"<Bericht/>",
        b"",
    ],
    ids=["release", "youth", "twice", "text", "base64", "empty", "foreign", "nothing"],
)
def test_what_is_no_message_of_the_profile_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read(data)


READ_OF = {
    "wmo301": ("Bsn", "Afzender", "ToewijzingNummer", "Ingangsdatum"),
    "wmo305": (
        "Bsn",
        "Ontvanger",
        "ToewijzingNummer",
        "Begindatum",
        "StatusAanlevering",
    ),
    "wmo307": (
        "Bsn",
        "Ontvanger",
        "ToewijzingNummer",
        "Einddatum",
        "StatusAanlevering",
    ),
}
EACH = [(kind, name) for kind, names in READ_OF.items() for name in names]


def a_message(kind: str) -> Node:
    return make_tree(Said(kind=kind, end="2027-06-30"))


@pytest.mark.parametrize(("kind", "name"), EACH)
def test_an_element_that_lacks_is_a_reject_that_names_it(kind: str, name: str) -> None:
    tree = change(a_message(kind), name, lambda _: [])
    (reading,) = read(write(tree, kind))
    rejects = [each for each in reading if isinstance(each, Reject)]
    assert name in {each.field for each in rejects}
    assert not any(isinstance(each, Case | Closing) for each in reading)


@pytest.mark.parametrize(("kind", "name"), EACH)
def test_an_element_that_stands_twice_is_a_reject(kind: str, name: str) -> None:
    """Which of two numbers was meant is not ours to choose."""
    tree = change(a_message(kind), name, lambda each: [each, each])
    ((reject,),) = read(write(tree, kind))
    assert isinstance(reject, Reject)
    assert (reject.field, reject.reason) == (name, Reason.ELEMENT_REPEATED)


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
def test_order_prefix_and_unknown_elements_change_nothing(
    kind: str, data: st.DataObject
) -> None:
    tree = make_tree(Said(kind=kind, end="2027-06-30"))
    plain = read(write(tree, kind), profile_of(kind))
    extra = st.dictionaries(
        st.sampled_from(("Nieuw", "Extra", "BsnOuder", "Toelichting")), st.text("abc")
    )
    changed = add_unknown(tree, data.draw(extra))
    changed = reorder(changed, lambda nodes: data.draw(st.permutations(nodes)))
    prefix = data.draw(st.sampled_from(("m", "ns0", "wmo301", "x-1")))
    assert read(write(changed, kind, prefix=prefix), profile_of(kind)) == plain


def test_a_number_in_another_namespace_is_not_the_clients() -> None:
    tree = change(
        make_tree(Said()), "Bsn", lambda each: [Node("Bsn", each.inside, base=True)]
    )
    (reading,) = read(write(tree, "wmo301"))
    rejects = [each for each in reading if isinstance(each, Reject)]
    assert [each.reason for each in rejects] == [Reason.BSN_MISSING]


def test_the_number_of_a_relation_is_never_taken_for_the_clients() -> None:
    tree = change(make_tree(Said()), "Bsn", lambda _: [])
    tree = change(
        tree,
        "Relatie",
        lambda each: [Node("Relatie", [Node("Bsn", a_number(9)), each])],
    )
    (reading,) = read(write(tree, "wmo301"))
    assert not any(isinstance(each, Case) for each in reading)


def test_a_status_that_the_standard_does_not_know_is_a_reject() -> None:
    for kind in ("wmo305", "wmo307"):
        reject = read_one(Said(kind=kind, status="7", end="2026-06-30"))
        assert isinstance(reject, Reject)
        assert reject.reason is Reason.CODE_UNKNOWN


def test_nothing_but_a_moment_is_remembered_of_when_a_message_was_written() -> None:
    """It is kept in the outbox, where no number of a person may stand readably."""
    number = a_number(5)
    case = read_one(Said(assigned=(number, number)))
    assert isinstance(case, Case)
    assert case.told_at == ""
    stop = read_one(Said(kind="wmo307", end="2026-06-30", dated=number))
    assert isinstance(stop, Closing)
    assert stop.told_at == ""


def test_a_young_person_of_age_is_closed_for_that_reason() -> None:
    profile = in_format("ijw-3.2", CONTACTS).model_copy(update={"age_limit": 18})
    ((grown,),) = read(make_message(Said(kind="jw301", born="2000-05-05")), profile)
    assert isinstance(grown, Closing)
    assert grown.reason is WithdrawalReason.AGE_LIMIT
    ((child,),) = read(make_message(Said(kind="jw301", born="2015-05-05")), profile)
    assert isinstance(child, Case)
    assert child.limit == date(2033, 3, 31)


# What a computer adds to an archive, and how large a message may be (OP179: 25 MB)
