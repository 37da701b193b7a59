"""How each fact looks on the wire: slug, Dutch title, status.

Every leaf of `RequestRefused`, `NotAnswered`, the notice's, the policy's and the edge's
errors stands here; tests/unit/signal_index/test_problems.py walks the subclasses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from keys import errors as key_errors
from policy import errors as policy_errors
from signal_index import errors
from signal_index.api import errors as edge
from signal_index.notice.errors import InvalidField, InvalidSignature, SignedInTheFuture


@dataclass(frozen=True, slots=True)
class Problem:
    """How one fact looks on the wire."""

    slug: str
    title: str
    status: int
    detail: str | None = None


_INVALID: Final = Problem(
    "invalid-input", "De aanvraag is niet in de juiste vorm.", 400
)
_CODE: Final = Problem("unknown-code", "Deze code staat niet in de lijst.", 400)
_SIGNATURE: Final = Problem("signature-invalid", "De ondertekening klopt niet.", 403)
_TICKET: Final = Problem(
    "ticket-invalid",
    "Het eenmalige bewijs is niet geldig of al gebruikt.",
    403,
    "Doe de bevraging opnieuw. Dan krijgt u een nieuw bewijs.",
)
_CLOSED: Final = Problem(
    "category-not-open", "Deze bron mag dit signaal niet aanleveren.", 403
)
_BUSY: Final = "Er is niets vastgelegd of gebruikt. Probeer het zo nog eens."

TABLE: Final[Mapping[type[Exception], Problem]] = {
    errors.ParseError: _INVALID,
    errors.CallerUnknown: Problem(
        "caller-unknown", "U bent niet aangemeld, of uw aanmelding is verlopen.", 401
    ),
    errors.CallerNotAllowed: Problem(
        "caller-not-allowed", "U mag deze handeling niet doen.", 403
    ),
    errors.CallerSuspended: Problem(
        "caller-suspended", "Dit account is geblokkeerd.", 403
    ),
    errors.AssuranceTooLow: Problem(
        "assurance-too-low",
        "U bent niet zeker genoeg ingelogd voor deze handeling.",
        403,
        "Log opnieuw in met het sterkste middel dat uw organisatie u geeft.",
    ),
    errors.TicketInvalid: _TICKET,
    errors.StaleKeyVersion: Problem(
        "stale-key-version",
        "De sleutel is vernieuwd.",
        409,
        "Haal de nieuwe sleutelgegevens op en probeer het opnieuw.",
    ),
    errors.SignatureInvalid: _SIGNATURE,
    errors.UnknownSource: Problem(
        "unknown-source", "Deze bron is hiervoor niet aangemeld.", 403
    ),
    errors.UnknownSignal: Problem(
        "unknown-signal", "Dit signaal is er niet of niet meer.", 404
    ),
    errors.NotARegister: Problem(
        "not-a-register",
        "Alleen de basisregistratie van deze gemeente mag dit melden.",
        403,
    ),
    errors.SubjectDeceased: Problem(
        "subject-deceased",
        "Deze persoon is overleden, meldt de gemeente.",
        409,
        "Sluit de zaak in uw eigen systeem.",
    ),
    errors.SubjectMovedAway: Problem(
        "subject-moved-away",
        "Deze persoon woont niet meer in deze gemeente.",
        409,
        "Werk de gemeente bij in uw eigen systeem, of sluit de zaak.",
    ),
    errors.UnknownContactHolder: Problem(
        "unknown-contact-holder", "Deze contactpersoon is niet aangemeld.", 404
    ),
    errors.ProposalOutdated: Problem(
        "proposal-outdated",
        "De regels zijn veranderd nadat dit voorstel is gemaakt.",
        409,
        "Trek het voorstel in, vergelijk het opnieuw en dien het opnieuw in.",
    ),
    errors.NothingChanges: Problem(
        "nothing-changes", "Dit voorstel verandert niets aan de regels.", 400
    ),
    errors.PolicyUnusable: Problem(
        "policy-unusable",
        "De regels van deze gemeente kunnen niet gelezen worden.",
        503,
        "Daarom toont de index niets. Waarschuw de beheerder.",
    ),
    errors.UnknownPolicy: Problem(
        "unknown-policy", "Deze versie van de regels is hier niet bekend.", 404
    ),
    errors.UnknownApproval: Problem(
        "unknown-approval", "Dit verzoek om goedkeuring is er niet.", 404
    ),
    errors.ApprovalAlreadyOpen: Problem(
        "approval-already-open",
        "Hierover wacht al een verzoek om goedkeuring.",
        409,
        "Laat een collega dat verzoek beoordelen, of trek het eerst in.",
    ),
    errors.ApprovalClosed: Problem(
        "approval-closed", "Over dit verzoek is al beslist.", 409
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
        "not-approved", "Een tweede persoon heeft dit niet goedgekeurd.", 403
    ),
    errors.UnknownAccessRequest: Problem(
        "unknown-access-request", "Dit verzoek om inzage is er niet.", 404
    ),
    errors.AccessRequestClosed: Problem(
        "access-request-closed", "Dit verzoek om inzage is al afgesloten.", 409
    ),
    errors.UnknownEmbargo: Problem("unknown-embargo", "Dit embargo is er niet.", 404),
    errors.EmbargoOver: Problem("embargo-over", "Dit embargo geldt niet (meer).", 409),
    errors.UnknownCorrection: Problem(
        "unknown-correction", "Deze correctie of dit bezwaar is er niet.", 404
    ),
    errors.CorrectionAnswered: Problem(
        "correction-answered", "Hierop is al geantwoord.", 409
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
    ),
    errors.UnknownReview: Problem(
        "unknown-review", "Deze beoordeling is er niet.", 404
    ),
    errors.ReviewClosed: Problem(
        "review-closed", "Deze beoordeling is al een stap verder.", 409
    ),
    errors.UnknownFinding: Problem(
        "unknown-finding", "Deze bevinding kennen wij niet.", 404
    ),
    errors.FindingClosed: Problem(
        "finding-closed", "Deze bevinding is al afgesloten.", 409
    ),
    errors.FindingAboutOneself: Problem(
        "finding-about-oneself", "Deze bevinding gaat over uzelf.", 403
    ),
    errors.UnknownEntry: Problem(
        "unknown-entry", "Deze regel van het inzagelogboek is er niet.", 404
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
        "unknown-report", "Deze aanvraag voor een rapport is er niet.", 404
    ),
    errors.QueueFull: Problem("queue-full", "Het is nu te druk.", 503, _BUSY),
    errors.CommitUnknown: Problem(
        "commit-unknown",
        "Wij weten niet zeker of dit is vastgelegd.",
        503,
        "Stuur precies dezelfde aanvraag binnen vijf minuten nog eens.",
    ),
    errors.DatabaseUnavailable: Problem(
        "not-answered", "De index kan nu niet antwoorden.", 503, _BUSY
    ),
    errors.ProofNotReady: Problem(
        "proof-not-ready", "Het bewijs is er nog niet.", 503, "Probeer het zo nog eens."
    ),
    errors.LeadershipLost: Problem(
        "not-answered", "De index kan nu niet antwoorden.", 503, _BUSY
    ),
    InvalidField: _INVALID,
    InvalidSignature: _SIGNATURE,
    SignedInTheFuture: Problem(
        "signed-in-the-future", "De ondertekening heeft een datum in de toekomst.", 400
    ),
    key_errors.InvalidPseudonym: Problem(
        "invalid-pseudonym", "Dit is geen geldig pseudoniem.", 400
    ),
    key_errors.TicketRefused: _TICKET,
    policy_errors.UnknownCode: _CODE,
    policy_errors.UnknownPurpose: Problem(
        "unknown-purpose", "Dit doel bestaat niet.", 400
    ),
    policy_errors.InvalidQuestion: Problem(
        "invalid-input", "Een bevraging gaat over één tot tien personen.", 400
    ),
    policy_errors.InvalidEstablishment: _INVALID,
    policy_errors.ChangeNotPossible: _INVALID,
    policy_errors.InvalidPolicy: Problem(
        "policy-invalid",
        "Dit voorstel bevat fouten. Er is niets veranderd.",
        400,
        "Verbeter de bestanden en lever het voorstel opnieuw aan.",
    ),
    policy_errors.LookupDenied: Problem(
        "lookup-denied", "Deze bevraging mag niet.", 403
    ),
    policy_errors.ReportDenied: Problem(
        "report-denied", "U mag dit rapport niet maken.", 403
    ),
    policy_errors.NoDecision: Problem(
        "no-decision", "De index kon niet beslissen en toont daarom niets.", 503, None
    ),
    policy_errors.CategoryNotEstablished: Problem(
        "category-not-established",
        "Geen vastgesteld doel in deze gemeente noemt deze categorie.",
        403,
    ),
    policy_errors.CategoryNotOpen: _CLOSED,
    policy_errors.InformedCodeRefused: Problem(
        "informed-code-refused", "Deze code over het informeren past hier niet.", 400
    ),
    policy_errors.LifeTooLong: Problem(
        "life-too-long", "De einddatum ligt te ver weg of voor het begin.", 400
    ),
    edge.RouteUnknown: Problem("not-found", "Dit adres bestaat niet.", 404),
    edge.MethodNotAllowed: Problem(
        "method-not-allowed", "Deze methode kan hier niet.", 405
    ),
    edge.MediaTypeUnsupported: Problem(
        "media-type-unsupported", "Stuur de gegevens als application/json.", 415
    ),
    edge.NotAcceptable: Problem(
        "not-acceptable", "De index antwoordt alleen met JSON.", 406
    ),
    edge.BodyTooLarge: Problem("body-too-large", "De aanvraag is te groot.", 413),
    edge.ServerFault: Problem("server-fault", "Er ging iets mis bij de index.", 500),
}
