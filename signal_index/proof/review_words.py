"""What may be asked, explained and found in a review: closed lists.

The codes stand in the ledger's entries. The index accepts no other, the desk offers
these and gives each its Dutch sentence.
"""

from enum import StrEnum


class QuestionCode(StrEnum):
    """What an officer asks."""

    WHY_THIS_PERSON = "why-this-person"
    WHY_THIS_MOMENT = "why-this-moment"
    WHY_THIS_PURPOSE = "why-this-purpose"
    WHY_AGAIN = "why-again"
    WHY_EMERGENCY = "why-emergency"
    WHAT_CAME_OF_IT = "what-came-of-it"


class ExplanationCode(StrEnum):
    """What a user answers."""

    OWN_CASE = "own-case"
    TOOK_OVER = "took-over"
    ON_DUTY = "on-duty"
    MISTAKE = "mistake"
    OTHER = "other"


class FindingCode(StrEnum):
    """What is not as it should be."""

    NO_TASK = "no-task"
    MORE_THAN_NEEDED = "more-than-needed"
    WRONG_PURPOSE = "wrong-purpose"
    CITIZEN_NOT_INFORMED = "citizen-not-informed"
    MISTAKE = "mistake"
    OTHER = "other"
