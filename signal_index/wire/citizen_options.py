"""The closed lists by which officers deal with citizens' rights, and the days."""

from __future__ import annotations

from signal_index.wire.choices import Choice
from signal_index.wire.corrections import CorrectionKind
from signal_index.wire.model import AnswerModel
from signal_index.wire.values import Day


class DisputeChoice(Choice):
    """Why a citizen disputes a signal, and which right that is."""

    kind: CorrectionKind


class CitizenOptions(AnswerModel):
    """What can be chosen today in requests, corrections and embargoes."""

    identityChecks: list[Choice]
    extensionReasons: list[Choice]
    closings: list[Choice]
    embargoReasons: list[Choice]
    embargoLiftings: list[Choice]
    embargoCategories: list[Choice]
    correctionReasons: list[DisputeChoice]
    today: Day
    earliestReceipt: Day
    lastEmbargoEnd: Day
