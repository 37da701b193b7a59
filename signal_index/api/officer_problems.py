"""The problems of an officer's acts and of citizens' rights: part of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from signal_index import errors
from signal_index.api.problem_kinds import Problem
from signal_index.wire.corrections import MOST_ANSWERS

_LOOK_AGAIN: Final = "Haal de lijst opnieuw op en kies daaruit."

OFFICER_PROBLEMS: Final[Mapping[type[Exception], Problem]] = {
    errors.ProposalOutdated: Problem(
        "proposal-outdated",
        "De regels zijn veranderd nadat dit voorstel is gemaakt.",
        409,
        "Trek het voorstel in, vergelijk het opnieuw en dien het opnieuw in.",
    ),
    errors.TransferCollides: Problem(
        "transfer-collides",
        "De organisatie die overneemt gebruikt al dezelfde kenmerken.",
        409,
        "Er is niets overgegaan. Vraag de organisatie die overneemt om haar eigen "
        "signaal onder dit kenmerk te beëindigen, of het onder een nieuw kenmerk te "
        "melden, en om correcties daarover te beantwoorden. Daarna kan de overdracht.",
    ),
    errors.TransferOutdated: Problem(
        "transfer-outdated",
        "Deze overdracht kan nu niet meer zoals zij gevraagd is.",
        409,
        "Een van de twee bronnen is niet live, of levert deze soorten niet aan; of er "
        "staat geen signaal meer dat erbij hoort, bijvoorbeeld omdat de contactpersoon "
        "het heeft overgegeven. Trek het verzoek in en vraag de overdracht opnieuw.",
    ),
    errors.ShownOutdated: Problem(
        "shown-outdated",
        "Wat u wilt goedkeuren, is veranderd sinds u het las.",
        409,
        "Er is niets besloten. Haal het verzoek opnieuw op, lees wat er nu gebeurt, en "
        "beslis dan.",
    ),
    errors.NothingChanges: Problem(
        "nothing-changes",
        "Dit voorstel verandert niets aan de regels.",
        400,
        "Verander eerst wat anders moet. Dien het voorstel daarna opnieuw in.",
    ),
    errors.UnknownPolicy: Problem(
        "unknown-policy",
        "Deze versie van de regels is hier niet bekend.",
        404,
        "Haal de lijst met versies opnieuw op en kies daaruit.",
    ),
    errors.UnknownApproval: Problem(
        "unknown-approval",
        "Dit verzoek om goedkeuring is er niet.",
        404,
        "Misschien is het ingetrokken, of is het niet voor u. " + _LOOK_AGAIN,
    ),
    errors.ApprovalAlreadyOpen: Problem(
        "approval-already-open",
        "Hierover wacht al een verzoek om goedkeuring.",
        409,
        "Laat een collega dat verzoek beoordelen, of trek het eerst in.",
    ),
    errors.ApprovalClosed: Problem(
        "approval-closed",
        "Over dit verzoek is al beslist.",
        409,
        "U hoeft niets te doen. Wilt u iets anders? Doe dan een nieuw verzoek.",
    ),
    errors.ApprovalExpired: Problem(
        "approval-expired",
        "Dit verzoek is verlopen.",
        409,
        "Vraag opnieuw om goedkeuring.",
    ),
    errors.SamePerson: Problem(
        "same-person",
        "U kunt uw eigen verzoek niet goedkeuren.",
        403,
        "Vraag een collega die dit mag, om het verzoek te beoordelen.",
    ),
    errors.RoleMissing: Problem(
        "role-missing",
        "Een van beide personen moet de rol hebben die hierbij hoort.",
        403,
        "Vraag een collega met die rol om het verzoek te beoordelen.",
    ),
    errors.NotApproved: Problem(
        "not-approved",
        "Een tweede persoon heeft dit niet goedgekeurd.",
        403,
        "Vraag eerst om goedkeuring. Een goedkeuring geldt één keer, voor één zaak.",
    ),
    errors.UnknownAccessRequest: Problem(
        "unknown-access-request",
        "Dit verzoek om inzage is er niet.",
        404,
        "Uw gemeente heeft geen verzoek met dit nummer. " + _LOOK_AGAIN,
    ),
    errors.AccessRequestClosed: Problem(
        "access-request-closed",
        "Dit verzoek om inzage is al afgesloten.",
        409,
        "Vraagt de inwoner opnieuw om inzage? Leg dan een nieuw verzoek vast.",
    ),
    errors.AccessRequestOfAnother: Problem(
        "access-request-of-another",
        "Dit verzoek om inzage is van iemand anders.",
        409,
        "Het inzageverslag van dit verzoek gaat over een ander nummer. Vraagt nog "
        "iemand om inzage? Leg dan een nieuw verzoek vast. Was het eerste nummer "
        "verkeerd? Kies dan bij dit verzoek: Dit was een ander nummer.",
    ),
    errors.NothingReported: Problem(
        "nothing-reported",
        "Onder dit verzoek is geen inzageverslag gemaakt.",
        409,
        "U kunt het inzageverslag maken met het goede nummer.",
    ),
    errors.UnknownEmbargo: Problem(
        "unknown-embargo",
        "Dit embargo is er niet.",
        404,
        "Uw gemeente heeft geen embargo met dit nummer. " + _LOOK_AGAIN,
    ),
    errors.EmbargoOver: Problem(
        "embargo-over",
        "Dit embargo geldt niet (meer).",
        409,
        "Is er weer een embargo nodig? Vraag dan een nieuw embargo aan.",
    ),
    errors.UnknownCorrection: Problem(
        "unknown-correction",
        "Deze correctie of dit bezwaar is er niet.",
        404,
        _LOOK_AGAIN,
    ),
    errors.ViewOver: Problem(
        "view-over",
        "Dit overzicht is te oud, of dit stond er niet in.",
        403,
        "Laat de inwoner opnieuw inloggen op de eigen pagina.",
    ),
    errors.CorrectionTold: Problem(
        "correction-told",
        "Het antwoord staat vast.",
        409,
        "De inwoner las het al, of het signaal is weer zichtbaar. Klopt het antwoord "
        "niet? Bel de privacy officer van de gemeente.",
    ),
    errors.CorrectionOpen: Problem(
        "correction-open",
        "Over dit signaal loopt al een correctie of bezwaar.",
        409,
        "Wacht op het antwoord van de bron, of bel de bron.",
    ),
    errors.NothingToRelease: Problem(
        "nothing-to-release",
        "Dit signaal is niet beperkt, of de bron heeft nog niet geantwoord.",
        409,
        "Wacht op het antwoord van de bron. Kijk daarna of het signaal beperkt is.",
    ),
    errors.AnswerChanged: Problem(
        "answer-changed",
        "Er staat nu een ander antwoord dan u zag.",
        409,
        "Lees dat eerst. Geeft u het signaal vrij? Vertel het dan ook de inwoner.",
    ),
    errors.AnsweredTooOften: Problem(
        "answered-too-often",
        f"U hebt hierop al {MOST_ANSWERS} keer geantwoord.",
        409,
        "Er is niets veranderd: uw laatste antwoord blijft staan. Klopt dat niet? Bel "
        "de privacy officer van de gemeente. Die kan een nieuwe correctie invoeren.",
    ),
    errors.UnknownReview: Problem(
        "unknown-review", "Deze beoordeling is er niet.", 404, _LOOK_AGAIN
    ),
    errors.ReviewClosed: Problem(
        "review-closed",
        "Deze beoordeling is al een stap verder.",
        409,
        "Haal de beoordeling opnieuw op. Dan ziet u wat er nu kan.",
    ),
    errors.UnknownFinding: Problem(
        "unknown-finding", "Deze bevinding kennen wij niet.", 404, _LOOK_AGAIN
    ),
    errors.FindingClosed: Problem(
        "finding-closed",
        "Deze bevinding is al afgesloten.",
        409,
        "U hoeft niets te doen. De reden staat bij de bevinding.",
    ),
    errors.UnknownEntry: Problem(
        "unknown-entry",
        "Deze regel van het inzagelogboek is er niet.",
        404,
        "Misschien mag u de regel niet zien, of is de bewaartermijn voorbij.",
    ),
    errors.OutcomeClosed: Problem(
        "outcome-closed",
        "U kunt hier niets meer invullen.",
        409,
        "Invullen en veranderen kan tot twee weken na het opzoeken. Daarna is het "
        "geteld.",
    ),
    errors.MandateMissing: Problem(
        "mandate-missing",
        "U hebt geen mandaat voor rapporten met personen.",
        403,
        "De leiding van uw organisatie geeft het mandaat. De beheerder legt het vast.",
    ),
    errors.ReportNotReady: Problem(
        "report-not-ready",
        "Dit rapport kan nog niet worden gemaakt.",
        409,
        "De maand is nog niet voorbij, of de dagen zijn nog niet geteld.",
    ),
    errors.UnknownReport: Problem(
        "unknown-report",
        "Deze aanvraag voor een rapport is er niet.",
        404,
        _LOOK_AGAIN,
    ),
}
