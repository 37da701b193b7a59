"""How each fact looks on the wire: slug, Dutch title, status, Dutch detail.

Every leaf of `RequestRefused`, `NotAnswered`, the notice's, the policy's and the edge's
errors stands here; tests/unit/signal_index/test_problems.py walks the subclasses. One
slug has one title and one status: `signal_index.api.problem_pages` explains it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from keys import errors as key_errors
from keys.edge import errors as bounds
from policy import errors as policy_errors
from signal_index import errors
from signal_index.api import errors as edge
from signal_index.api.officer_problems import OFFICER_PROBLEMS
from signal_index.api.problem_kinds import Problem
from signal_index.notice.errors import InvalidField, InvalidSignature, SignedInTheFuture

_INVALID: Final = Problem(
    "invalid-input",
    "De aanvraag is niet in de juiste vorm.",
    400,
    "Verbeter wat hierbij staat en stuur de aanvraag opnieuw.",
)
_SIGNATURE: Final = Problem(
    "signature-invalid",
    "De ondertekening klopt niet.",
    403,
    "Onderteken opnieuw, met de sleutel waarmee uw organisatie hier bekend is.",
)
_TICKET: Final = Problem(
    "ticket-invalid",
    "Het eenmalige bewijs is niet geldig of al gebruikt.",
    403,
    "Doe de bevraging opnieuw. Dan krijgt u een nieuw bewijs.",
)
_BUSY: Final = Problem(
    "not-answered",
    "De index kan nu niet antwoorden.",
    503,
    "Er is niets vastgelegd of gebruikt. Probeer het zo nog eens.",
)

_FAULT: Final = Problem(
    "server-fault",
    "Er ging iets mis bij de index.",
    500,
    "De fout ligt niet bij u. Blijft het misgaan? Waarschuw dan de beheerder.",
)

TABLE: Final[Mapping[type[Exception], Problem]] = {
    **OFFICER_PROBLEMS,
    errors.CallerUnknown: Problem(
        "caller-unknown",
        "U bent niet aangemeld, of uw aanmelding is verlopen.",
        401,
        "Meld u opnieuw aan. Een machine vraagt een nieuw token (RFC 9068).",
    ),
    errors.CallerNotAllowed: Problem(
        "caller-not-allowed",
        "U mag deze handeling niet doen.",
        403,
        "Hoort dit bij uw werk? Vraag uw beheerder om de rol die hierbij hoort. "
        "Een programma heeft de scope nodig die openapi.json hier noemt.",
    ),
    errors.CallerNotRegistered: Problem(
        "caller-not-registered",
        "Uw organisatie of uw programma is hier niet aangemeld.",
        403,
        "Vraag de beheerder van de index om organisatie en client aan te melden.",
    ),
    errors.MunicipalityNotAdmitted: Problem(
        "municipality-not-admitted",
        "Uw organisatie mag niet vragen voor de gemeente van uw aanmelding.",
        403,
        "Laat eerst die gemeente uw organisatie toelaten: de beheerder van de index "
        "legt dat vast. Klopt de gemeente niet? Bel dan uw eigen beheerder.",
    ),
    errors.CallerSuspended: Problem(
        "caller-suspended",
        "Dit account is geblokkeerd.",
        403,
        "Bel uw beheerder. Die kan zeggen waarom, en het account weer openzetten.",
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
        "unknown-source",
        "Deze bron is hiervoor niet aangemeld.",
        403,
        "Hierbij staat wat niet klopt. Klopt het toch, vraag dan de beheerder van "
        "de index om de bron hiervoor aan te melden.",
    ),
    errors.DeliveryIdUsed: Problem(
        "delivery-id-used",
        "Een andere levering met dit kenmerk is al afgesloten.",
        409,
        "Geef elke levering een eigen kenmerk, een nieuw UUID.",
    ),
    errors.NotInTrial: Problem(
        "not-in-trial",
        "Deze bron is live. Oefenen kan alleen met een bron in proef.",
        409,
        "Wilt u toch oefenen? Vraag de beheerder van de index om de bron in proef te "
        "zetten. Niemand ziet dan nog vlaggetjes van deze bron.",
    ),
    errors.RehearsedBefore: Problem(
        "rehearsed-before",
        "Een kenmerk van deze oefening is al gebruikt.",
        409,
        "Geef elke oefening eigen kenmerken, en haar levering ook: nieuwe UUID's.",
    ),
    errors.UnknownRehearsal: Problem(
        "unknown-rehearsal",
        "Deze oefening is er niet of is al afgesloten.",
        404,
        "Begin een nieuwe oefening. Wat van de vorige over is, ruimt de index op.",
    ),
    errors.UnknownSignal: Problem(
        "unknown-signal",
        "Dit signaal is er niet of niet meer.",
        404,
        "Haal de lijst met signalen op. Daarin staat wat er nu van u is.",
    ),
    errors.SignalTransferred: Problem(
        "signal-transferred",
        "Een andere organisatie heeft dit signaal overgenomen.",
        409,
        "Haal de zaak uit uw bestand. Helpt u deze inwoner zelf weer? Meld het dan als "
        "een nieuwe zaak, met een eigen zaaknummer.",
    ),
    errors.OutboxReplaced: Problem(
        "outbox-replaced",
        "De signalen van dit postvak zijn overgenomen door een ander postvak.",
        409,
        "Gebruik het postvak dat ervoor in de plaats kwam, of begin opnieuw met "
        "`signal-source outbox restart`.",
    ),
    errors.NotARegister: Problem(
        "not-a-register",
        "Alleen de basisregistratie van deze gemeente mag dit melden.",
        403,
        "Geef het door aan burgerzaken van de gemeente. Die kan het melden.",
    ),
    errors.GivenAlready: Problem(
        "given-already",
        "Uw organisatie gaf dit al door.",
        409,
        "Kijk bij het signaal dat er al staat (`references`). Moeten beide te zien "
        "zijn? Noem het dan bij `beside` en geef het opnieuw door.",
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
    errors.UnknownHeldDelivery: Problem(
        "unknown-held-delivery",
        "Deze levering wacht niet op antwoord, of verandert nu iets anders.",
        404,
        "Open de pagina opnieuw en kijk wat er nu wacht.",
    ),
    errors.UnknownMatch: Problem(
        "unknown-match",
        "Deze match is er niet (meer).",
        404,
        "Open de lijst van matches opnieuw en kijk wat daar staat.",
    ),
    errors.MatchChanged: Problem(
        "match-changed",
        "De andere organisatie heeft intussen iets laten weten.",
        409,
        "Open de match opnieuw, kijk wat er nu staat en kies dan weer.",
    ),
    errors.MatchOver: Problem(
        "match-over",
        "Deze match is afgerond.",
        409,
        "Bel de andere organisatie als er nog iets is.",
    ),
    errors.FollowsFull: Problem(
        "follows-full",
        "U of uw organisatie volgt al zo veel zaken als mag.",
        409,
        "Stop eerst met het volgen van een zaak die niet meer loopt.",
    ),
    errors.UnknownFollow: Problem(
        "unknown-follow",
        "Deze zaak volgt u niet (meer).",
        404,
        "Open de lijst van wat u volgt opnieuw en kijk wat daar staat.",
    ),
    errors.UnknownOffer: Problem(
        "unknown-offer",
        "Met deze code is niets over te nemen.",
        404,
        "Kijk of u de code goed hebt overgenomen. Een code werkt één keer, een week "
        "lang, voor een collega van dezelfde organisatie.",
    ),
    errors.TooManyContactHolders: Problem(
        "too-many-contact-holders",
        "Uw organisatie heeft al zo veel contactpersonen als er mogen zijn.",
        409,
        "Gebruik een contactpersoon die er al is, bijvoorbeeld een team. Zijn er echt "
        "meer nodig? Vraag het de beheerder van de index.",
    ),
    errors.ContactChanged: Problem(
        "contact-changed",
        "Deze contactpersoon is intussen gewijzigd.",
        409,
        "Kijk wat er nu staat. Wijzig de contactpersoon daarna opnieuw.",
    ),
    errors.UnknownContactHolder: Problem(
        "unknown-contact-holder",
        "Deze contactpersoon is niet aangemeld.",
        404,
        "Meld de contactpersoon eerst aan. Stuur daarna het bericht opnieuw.",
    ),
    errors.PolicyUnusable: Problem(
        "policy-unusable",
        "De regels van deze gemeente kunnen niet gelezen worden.",
        503,
        "Daarom toont de index niets. Waarschuw de beheerder.",
    ),
    errors.QueueFull: replace(_BUSY, slug="queue-full", title="Het is nu te druk."),
    errors.CommitUnknown: Problem(
        "commit-unknown",
        "Wij weten niet zeker of dit is vastgelegd.",
        503,
        "Stuur precies dezelfde aanvraag binnen vijf minuten nog eens.",
    ),
    errors.DatabaseUnavailable: _BUSY,
    errors.RowKeyMissing: Problem(
        "row-key-missing",
        "Deze server van de index mist een sleutelbestand.",
        503,
        "Daarom toont hij niets. Waarschuw de beheerder van de index.",
    ),
    errors.ProofNotReady: Problem(
        "proof-not-ready", "Het bewijs is er nog niet.", 503, "Probeer het zo nog eens."
    ),
    errors.LeadershipLost: _BUSY,
    errors.RowKeyLeft: _BUSY,
    errors.StandingChanged: _BUSY,
    InvalidField: _INVALID,
    InvalidSignature: _SIGNATURE,
    SignedInTheFuture: Problem(
        "signed-in-the-future",
        "De ondertekening heeft een datum in de toekomst.",
        400,
        "Zet de klok van uw systeem goed. Onderteken het bericht dan opnieuw.",
    ),
    key_errors.InvalidPseudonym: Problem(
        "invalid-pseudonym",
        "Dit is geen geldig pseudoniem.",
        400,
        "Vraag de sleutelhouders opnieuw om het pseudoniem.",
    ),
    key_errors.TicketRefused: _TICKET,
    policy_errors.UnknownCode: Problem(
        "unknown-code",
        "Deze code staat niet in de lijst.",
        400,
        "Haal de catalogus op. Daarin staan de codes die u mag gebruiken.",
    ),
    policy_errors.UnknownPurpose: Problem(
        "unknown-purpose",
        "Dit doel bestaat niet.",
        400,
        "Haal de catalogus op. Daarin staan de doelen die er zijn.",
    ),
    policy_errors.InvalidQuestion: replace(
        _INVALID, detail="Een bevraging gaat over één tot tien personen."
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
        "lookup-denied",
        "U kunt dit nu niet opzoeken.",
        403,
        "Hierbij staat waarom het niet mag, en wat u kunt doen.",
    ),
    policy_errors.LoopActDenied: Problem(
        "loop-act-denied",
        "Dit mag in uw gemeente nu niet.",
        403,
        "Hierbij staat waarom het niet mag, en wat u kunt doen.",
    ),
    policy_errors.ReportDenied: Problem(
        "report-denied",
        "U mag dit rapport niet maken.",
        403,
        "Hierbij staat waarom het niet mag, en wat u kunt doen.",
    ),
    policy_errors.NoDecision: Problem(
        "no-decision",
        "De index kon niet beslissen en toont daarom niets.",
        503,
        "Waarschuw de beheerder. De fout ligt bij de index, niet bij u.",
    ),
    policy_errors.CategoryNotEstablished: Problem(
        "category-not-established",
        "Geen vastgesteld doel in deze gemeente noemt deze categorie.",
        403,
        "Lever dit soort signaal hier nog niet aan. Overleg met de gemeente.",
    ),
    policy_errors.CategoryNotOpen: Problem(
        "category-not-open",
        "Deze bron mag dit signaal niet aanleveren.",
        403,
        "Haal de catalogus op. Daarin staat wat uw soort bron mag aanleveren.",
    ),
    policy_errors.InformedCodeRefused: Problem(
        "informed-code-refused",
        "Deze code over het informeren past hier niet.",
        400,
        "Haal de catalogus op. Bij de categorie staan de codes die wel passen.",
    ),
    policy_errors.LifeTooLong: Problem(
        "life-too-long",
        "De einddatum ligt te ver weg of voor het begin.",
        400,
        "Kies een einddatum binnen de termijn die bij deze categorie hoort.",
    ),
    edge.RouteUnknown: Problem(
        "not-found",
        "Dit adres bestaat niet.",
        404,
        "Kijk in openapi.json welke adressen er zijn. Een / aan het eind hoort niet.",
    ),
    edge.MethodNotAllowed: Problem(
        "method-not-allowed",
        "Deze methode kan hier niet.",
        405,
        "De kop `Allow` zegt welke methode hier wel kan.",
    ),
    edge.MediaTypeUnsupported: Problem(
        "media-type-unsupported",
        "Stuur de gegevens als application/json.",
        415,
        "Zet in de kop `Content-Type` de waarde application/json.",
    ),
    edge.NotAcceptable: Problem(
        "not-acceptable",
        "De index heeft geen antwoord van de soort die u vraagt.",
        406,
        "Laat de kop `Accept` weg, of vraag de soort die openapi.json hier noemt.",
    ),
    bounds.BodyTooLarge: Problem(
        "body-too-large",
        "De aanvraag is te groot.",
        413,
        "Verdeel de gegevens over meer aanvragen.",
    ),
    bounds.TooManyAtOnce: Problem(
        "too-many-at-once",
        "U vraagt te veel tegelijk.",
        429,
        "Ga verder na de tijd die `Retry-After` noemt.",
    ),
    bounds.TooOften: Problem(
        "too-often",
        "U vraagt te veel in korte tijd.",
        429,
        "Ga verder na de tijd die `Retry-After` noemt.",
    ),
    bounds.Busy: _BUSY,
    edge.NothingRecorded: _FAULT,
    edge.ServerFault: _FAULT,
}


def find_kind(kind: type[Exception]) -> Problem | None:
    """Look up a kind of fact: the nearest row up its own tree, or None."""
    return next((TABLE[one] for one in kind.__mro__ if one in TABLE), None)
