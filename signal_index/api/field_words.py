"""What is wrong with one field, in Dutch: a sentence for each `FieldCode`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from signal_index.wire.errors import FieldCode

FIELD_WORDS: Final[Mapping[FieldCode, str]] = {
    "before-start": "Het einde ligt voor het begin.",
    "day-out-of-range": "Deze dag kan niet: te vroeg of te laat.",
    "does-not-match": "Dit past niet bij wat er elders in de aanvraag staat.",
    "doubled": "Dit staat er twee keer. Het mag er maar één keer staan.",
    "doubled-field": "Een veld staat er twee keer.",
    "in-the-future": "Deze datum ligt in de toekomst. Dat kan hier niet.",
    "in-the-past": "Deze datum is al voorbij. Kies een latere datum.",
    "looks-like-a-person-number": "Hier mag geen nummer van een persoon staan.",
    "missing": "Dit veld ontbreekt.",
    "not-a-list": "Hier hoort een lijst.",
    "not-a-number": "Hier hoort een heel getal.",
    "not-allowed": "Dit veld past niet bij uw keuze. Laat het weg.",
    "not-an-object": "Hier hoort een object.",
    "not-for-a-citizen": "Voor dit doel mag u niet op één inwoner zoeken.",
    "not-json": "Dit is geen JSON.",
    "not-on-the-list": "Dit woord staat niet op uw lijst. Kies een ander, of vraag de "
    "gemeente om het voor u vast te stellen.",
    "not-possible": "Zo kan de catalogus niet veranderd worden.",
    "not-private": "Hier hoort een geheime sleutel, geen openbare.",
    "not-registered": "Hiervoor is deze bron niet aangemeld.",
    "not-text": "Hier hoort tekst.",
    "not-today": "Dit kan alleen voor vandaag.",
    "not-yes-or-no": "Hier hoort ja of nee (true of false).",
    "out-of-range": "Dit getal is te klein of te groot.",
    "out-of-scope": "Deze organisatie valt niet onder uw toezicht.",
    "period-too-long": "Deze periode is te lang. Kies een kortere periode.",
    "private": "Dit is een geheime sleutel. Stuur alleen de openbare sleutel.",
    "not-for-successor": "De organisatie die overneemt, levert dit niet aan.",
    "same-contact-holder": "Kies een andere contactpersoon dan de oude.",
    "same-source": "Kies een andere organisatie dan de eerste.",
    "too-long": "Deze tekst is te lang.",
    "too-many": "De lijst is te lang of leeg.",
    "unknown-code": "Deze code staat niet in de lijst.",
    "unknown-field": "Hier staat een veld dat wij niet kennen.",
    "used-before": "Dit nummer is al gebruikt. Neem een hoger nummer.",
    "wrong-curve": "Deze sleutel is van een soort die wij niet gebruiken.",
    "wrong-form": "De vorm klopt niet. In openapi.json staat welke vorm hier hoort.",
}
