"""Removing a right never grants: a weaker caller never sees more than a stronger."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from keys.municipality import MunicipalityCode
from policy.decide import decide
from policy.errors import LookupDenied
from policy.policy import Policy
from policy.vocabulary import (
    Assurance,
    Caller,
    CallerKind,
    OrganisationKind,
    Question,
    Role,
    Training,
)
from tests.policy_builders import (
    MUNICIPALITY,
    NOW,
    a_subject,
    an_establishment,
    closed_policy,
    the_catalogue,
)

CATALOGUE = the_catalogue()
TODAY = NOW.date()
LEVELS = [Assurance.LOW, Assurance.SUBSTANTIAL, Assurance.HIGH]
MADE = [
    an_establishment(
        str(purpose), staatsblad="2027, 14" if row.needs_staatsblad else None
    )
    for purpose, row in CATALOGUE.purposes.items()
]
POLICIES = st.lists(st.sampled_from(MADE), unique=True).map(
    closed_policy().with_establishments
)
TRAININGS = st.lists(
    st.builds(
        Training,
        st.sampled_from([*CATALOGUE.trainings]),
        st.integers(-2, 2).map(lambda days: TODAY + timedelta(days=days)),
    ),
    max_size=2,
).map(tuple)
CALLERS = st.builds(
    Caller,
    kind=st.sampled_from([CallerKind.PERSON, *CallerKind]),
    subject=st.just("user-1"),
    organisation=st.just("00000001234567890000"),
    organisation_kind=st.sampled_from(
        [OrganisationKind.MUNICIPALITY, *OrganisationKind]
    ),
    municipality=st.sampled_from(
        [MUNICIPALITY, MUNICIPALITY, MunicipalityCode("9902")]
    ),
    active=st.booleans(),
    roles=st.frozensets(st.sampled_from(Role)),
    trainings=TRAININGS,
    assurance=st.sampled_from(LEVELS),
)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Any question, mostly with a basis that fits its purpose."""
    purpose = draw(st.sampled_from([*CATALOGUE.purposes.values()]))
    bases = [*purpose.legal_basis, *CATALOGUE.legal_bases.values()]
    informed = st.sampled_from([None, *map(str, CATALOGUE.informed)])
    return Question(
        caller=draw(CALLERS),
        municipality=MUNICIPALITY,
        purpose=purpose.id,
        legal_basis=draw(st.sampled_from(bases)).id,
        case_reference=draw(st.sampled_from([None, "a-case"])),
        subjects=tuple(
            a_subject(code) for code in draw(st.lists(informed, min_size=1, max_size=3))
        ),
        break_glass=draw(
            st.sampled_from([None, None, *CATALOGUE.ids.break_glass_reason])
        ),
    )


@st.composite
def weaker(draw: st.DrawFn, question: Question) -> Question:
    """The same question with one right less, or none less."""
    caller = question.caller
    if draw(st.booleans()) and caller.roles:
        lost = draw(st.sampled_from(sorted(caller.roles)))
        caller = replace(caller, roles=caller.roles - {lost})
    if draw(st.booleans()) and caller.trainings:
        caller = replace(caller, trainings=caller.trainings[1:])
    if draw(st.booleans()):
        caller = replace(caller, active=False)
    if draw(st.booleans()):
        level = LEVELS[max(0, LEVELS.index(caller.assurance) - 1)]
        caller = replace(caller, assurance=level)
    question = replace(question, caller=caller)
    if draw(st.booleans()):
        question = replace(question, case_reference=None)
    if draw(st.booleans()):
        question = replace(question, subjects=(*question.subjects, a_subject(None)))
    return question


@given(policy=POLICIES, question=questions(), data=st.data())
def test_taking_a_right_away_never_grants(
    policy: Policy, question: Question, data: st.DataObject
) -> None:
    less = data.draw(weaker(question))
    assert _granted(policy, less) <= _granted(policy, question)


@given(question=questions(), data=st.data())
def test_withdrawing_an_establishment_never_grants(
    question: Question, data: st.DataObject
) -> None:
    more = data.draw(st.lists(st.sampled_from(MADE), unique=True))
    fewer = more[1:]
    closed = closed_policy()
    assert _granted(closed.with_establishments(fewer), question) <= _granted(
        closed.with_establishments(more), question
    )


@given(policy=POLICIES, question=questions())
def test_breaking_the_glass_never_shows_more_than_a_complete_question(
    policy: Policy, question: Question
) -> None:
    purpose = CATALOGUE.purposes[question.purpose]
    complete = replace(
        question,
        case_reference="a-case",
        subjects=(a_subject(str(purpose.informed_codes[0])),),
        break_glass=None,
    )
    assert _granted(policy, question) <= _granted(policy, complete)


@given(policy=POLICIES, question=questions())
def test_remembering_changes_no_decision(policy: Policy, question: Question) -> None:
    fresh = Policy(
        policy.catalogue,
        policy.book,
        [made for made in MADE if _has(policy, made.opens)],
    )
    assert _granted(policy, question) == _granted(fresh, question)


def _has(policy: Policy, purpose: object) -> bool:
    return any(
        policy.find_establishment(MUNICIPALITY, made.opens, TODAY)
        for made in MADE
        if made.opens == purpose
    )


def _granted(policy: Policy, question: Question) -> set[str]:
    try:
        permit = decide(policy, question, now=NOW)
    except LookupDenied:
        return set()
    return {str(category.id) for category in permit.categories}
