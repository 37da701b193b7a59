"""From a lookup's body to the policy's question: codes become ids of the catalogue.

What cannot be a question fails here, before a ticket is looked at: 400, not recorded.
"""

from __future__ import annotations

from collections.abc import Callable

from keys.base64url import encode_b64u
from keys.errors import InvalidPseudonym
from keys.pseudonym import parse_pseudonym
from policy.catalogue import Catalogue
from policy.vocabulary import Caller, Question, Subject
from signal_index.wire.errors import InvalidField
from signal_index.wire.lookups import AskedSubject, Lookup


def make_question(
    asked: Lookup, caller: Caller, catalogue_in: Callable[[str], Catalogue]
) -> Question:
    """Make the question of a lookup, or raise `InvalidField` or `UnknownCode`.

    Codes are those of the catalogue of the municipality that is asked for. Nobody is
    asked about twice: of two entries about one person a repeat could not be told.
    """
    catalogue = catalogue_in(asked.municipality)
    subjects = tuple(_subject(one, catalogue) for one in asked.subjects)
    if len({one.pseudonym for one in subjects}) < len(subjects):
        raise InvalidField("subjects", "doubled")
    case = asked.caseReference
    glass = None if asked.breakGlass is None else asked.breakGlass.reason
    return Question(
        caller=caller,
        municipality=asked.municipality,
        purpose=catalogue.parse_purpose(asked.purpose),
        legal_basis=catalogue.parse_legal_basis(asked.legalBasis),
        case_reference=None if case is None else encode_b64u(case),
        subjects=subjects,
        break_glass=None
        if glass is None
        else catalogue.parse_break_glass_reason(glass),
    )


def _subject(one: AskedSubject, catalogue: Catalogue) -> Subject:
    try:
        pseudonym = parse_pseudonym(one.pseudonym)
    except InvalidPseudonym as error:
        raise InvalidField("pseudonym", "wrong-form") from error
    informed = one.informed
    code = None if informed is None else catalogue.parse_informed(informed)
    return Subject(pseudonym=pseudonym, informed=code)
