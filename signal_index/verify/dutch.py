"""What the verifier says, in Dutch.

Its words are English where they are made, so that a reason stands once. Here each is
found again, piece by piece, and said in Dutch; `{}` stands for what differs. A test
holds that no reason lacks (tests/unit/signal_index/test_verdicts_in_dutch.py).
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

_BETWEEN: Final = "; "

VERDICTS: Final[Mapping[str, str]] = {
    "Holds: {}": "Klopt: {}",
    "False: {}": "Klopt niet: {}",
    "Cannot judge: {}": "Niet te beoordelen: {}",
    "the verifier failed ({})": "dit programma ging zelf fout ({})",
    "{}, {} entries": "{}, {} regels",
    "{} of {} entries are in {}": "{} van de {} regels staan in {}",
    "{} of {} entries are in {}, seen by {} of the witnesses": (
        "{} van de {} regels staan in {}, gezien door {} van de getuigen"
    ),
    "the first entry is in {}": "de eerste regel staat in {}",
    "the first entry is in {}, seen by {} of the witnesses": (
        "de eerste regel staat in {}, gezien door {} van de getuigen"
    ),
    "entry {} of {} ({}": "regel {} van {} ({}",
    "opened: {}) is in {}": "geopend: {}) staat in {}",
    "opened: {}) is in {}, seen by {} of the witnesses": (
        "geopend: {}) staat in {}, gezien door {} van de getuigen"
    ),
    "{} are about this person": "{} gaan over deze persoon",
    "{} name another key version: of these nothing is said": (
        "{} noemen een andere sleutelversie: daarover is niets te zeggen"
    ),
    "every entry is as it was recorded": "elke regel is zoals die is vastgelegd",
    "the entries themselves were not shown, only their hashes": (
        "de regels zelf waren er niet bij, alleen hun hashes"
    ),
    "the entries were not read": "de regels zijn niet gelezen",
    "it extends the tree of {} entries": "het gaat verder op de boom van {} regels",
    "signed by a key that another follows now": (
        "getekend met een sleutel die inmiddels een opvolger heeft"
    ),
    "not judged here: how keys were made ({} steps)": (
        "hier niet beoordeeld: hoe sleutels zijn gemaakt ({} stappen)"
    ),
    "what {} steps with keys said was erased": (
        "wat {} stappen met sleutels zeiden, is gewist"
    ),
    "{} steps with keys": "{} stappen met sleutels",
    "{} steps with keys, and {} ceremonies by their records": (
        "{} stappen met sleutels, en {} ceremonies aan de hand van hun verslag"
    ),
    "{} of them name a successor that you have not taken": (
        "{} daarvan noemen een opvolger die u nog niet hebt overgenomen"
    ),
    "their times held against {} cosigned checkpoints": (
        "de tijden kloppen met {} controlepunten van getuigen"
    ),
    "their times held against {} cosigned checkpoints, of {} entries no closer than two"
    " hours": (
        "de tijden kloppen met {} controlepunten van getuigen, van {} regels niet"
        " preciezer dan twee uur"
    ),
    "cosigned by {}, last at {}": "medeondertekend door {}, het laatst op {}",
    "not judged, for no witness was named: whether others are shown this tree": (
        "niet beoordeeld, want er is geen getuige genoemd: of anderen deze boom zien"
    ),
    "not judged, for no witness was named: whether others are shown this tree, and when"
    " entries were made": (
        "niet beoordeeld, want er is geen getuige genoemd: of anderen deze boom zien,"
        " en wanneer regels zijn gemaakt"
    ),
}

REASONS: Final[Mapping[str, str]] = {
    # what was given
    "{}.tlog-proof: {}": "{}.tlog-proof: {}",
    "name the ledger's key, or a policy": (
        "noem de sleutel van het logboek, of een policy"
    ),
    "name the witnesses in the policy, or beside it, not both": (
        "noem de getuigen in de policy of ernaast, niet allebei"
    ),
    "the policy does not name one ledger; name its key too": (
        "de policy noemt niet precies één logboek; noem ook de sleutel"
    ),
    "the key is of no ledger in the policy": (
        "de sleutel is van geen logboek in de policy"
    ),
    "the quorum is not between one and the witnesses named": (
        "er zijn geen of meer getuigen nodig dan er zijn genoemd"
    ),
    "a file that was named cannot be read": "een genoemd bestand is niet te lezen",
    "--person needs --pins: whose key holders they are": (
        "bij --person hoort --pins: van welke sleutelhouders het is"
    ),
    "only proof files are held against a person": (
        "alleen bij bewijzen is na te gaan over wie ze gaan"
    ),
    "another key follows the given one; give the ledger's key of now": (
        "de gegeven sleutel heeft een opvolger; geef de sleutel van nu"
    ),
    "http leads to this machine alone; use https": (
        "http mag alleen naar deze computer; gebruik https"
    ),
    "there is no ledger at that place": "daar staat geen logboek",
    "there is no checkpoint at that place": "daar staat geen controlepunt",
    "there is nothing to compare the checkpoint with": (
        "er is niets om het controlepunt mee te vergelijken"
    ),
    "the exported file holds more than a ledger does": (
        "in de export staat meer dan in een logboek hoort"
    ),
    "the exported file is damaged": "de export is beschadigd",
    "a file of the ledger cannot be read": (
        "een bestand van het logboek is niet te lezen"
    ),
    "the server answers {}": "de server antwoordt {}",
    "the server gives more than a ledger holds": (
        "de server geeft meer dan in een logboek hoort"
    ),
    "the server with the ledger does not answer": (
        "de server met het logboek antwoordt niet"
    ),
    "the file of proofs is damaged": "het bestand met bewijzen is beschadigd",
    "the file is empty": "het bestand is leeg",
    "the file of proofs has two of one name": (
        "in het bestand staan twee bewijzen met dezelfde naam"
    ),
    "there are more proofs than a file of them holds": "het zijn te veel bewijzen",
    "a proof is longer than any proof is": "een bewijs is te lang",
    "a proof cannot be read": "een bewijs is niet te lezen",
    "a proof is not text": "een bewijs is geen tekst",
    "the checkpoint is not text": "het controlepunt is geen tekst",
    "a tile of the ledger is missing": "er ontbreekt een deel van de boom",
    "a tile or a bundle of entries is missing": (
        "er ontbreekt een deel van de boom of van de regels"
    ),
    # who signed
    "no key that we were given signed this": "geen gegeven sleutel heeft dit getekend",
    "the signature of a key we know fails": (
        "de handtekening van een bekende sleutel klopt niet"
    ),
    "a signature does not have 64 bytes": "een handtekening heeft geen 64 bytes",
    "a key signed this that did not count when it was cosigned": (
        "dit is getekend met een sleutel die toen niet gold"
    ),
    "the checkpoint is of another ledger or year": (
        "het controlepunt is van een ander logboek of jaar"
    ),
    "the cosignature of a witness we know fails": (
        "de handtekening van een bekende getuige klopt niet"
    ),
    "{} of the {} witnesses cosigned": "{} van de {} getuigen tekenden mee",
    "{} of the {} witnesses cosigned, {} must": (
        "{} van de {} getuigen tekenden mee, het moeten er {} zijn"
    ),
    # whether it is in the tree, and reads so
    "the leaf and its proof do not lead to the root": (
        "de regel staat niet in de getekende boom"
    ),
    "the place lies outside the tree": "de plaats ligt buiten de boom",
    "the proof is longer than the tree is high": (
        "het bewijs is langer dan de boom hoog is"
    ),
    "an opened group is not the one in the leaf": (
        "een geopend deel is niet wat er is vastgelegd"
    ),
    "a group is opened twice, or the entry has none": (
        "een deel is twee keer geopend, of de regel heeft het niet"
    ),
    "the entry is about another person": "de regel gaat over iemand anders",
    "an entry does not open about whom it is": "een regel zegt niet over wie die gaat",
    "the entry names its person under another key version": (
        "de regel noemt de persoon onder een andere sleutelversie"
    ),
    "every entry names its person under another key version": (
        "elke regel noemt de persoon onder een andere sleutelversie"
    ),
    "a group about a person is not version, mark and salt": (
        "het deel over wie het gaat, heeft niet de goede vorm"
    ),
    "the number or the pins are not of their form": (
        "het nummer of de pins hebben niet de goede vorm"
    ),
    "it is of another number, or the code is another": (
        "het is van een ander nummer, of de code is anders"
    ),
    "the key config is not of the holders that are known": (
        "de sleutelgegevens zijn niet van de bekende sleutelhouders"
    ),
    "fewer holders answered than must": "te weinig sleutelhouders hebben geantwoord",
    "the holders' shares are not of one key": (
        "de delen van de sleutelhouders zijn niet van één sleutel"
    ),
    "the key config names other holders than signed it": (
        "de sleutelgegevens noemen andere sleutelhouders dan die tekenden"
    ),
    "the key config is not one": "de sleutelgegevens hebben niet de goede vorm",
    "it is of another format": "het bestand heeft een andere vorm",
    "what the holders proved does not hold": (
        "wat de sleutelhouders bewezen, klopt niet"
    ),
    "a holder answered twice": "een sleutelhouder antwoordde twee keer",
    # of a whole ledger
    "the tree is empty": "de boom is leeg",
    "entry {} has an id that says another time than its minute": (
        "regel {} heeft een kenmerk waarin een andere tijd staat dan de minuut ervan"
    ),
    "entry {} was changed after it was recorded": (
        "regel {} is veranderd nadat die is vastgelegd"
    ),
    "the entries do not give the root that was signed": (
        "de regels geven niet de boom die is getekend"
    ),
    "a tile of the tree is not the one that its entries give": (
        "een deel van de boom past niet bij de regels"
    ),
    "the ledger does not extend the earlier checkpoint: it was rewritten": (
        "het logboek gaat niet verder op het eerdere controlepunt: het is herschreven"
    ),
    "the ledger is smaller than an earlier checkpoint: it was rolled back": (
        "het logboek is kleiner dan bij een eerder controlepunt: het is teruggezet"
    ),
    "two entries have one id": "twee regels hebben hetzelfde kenmerk",
    "an entry in the tree has not the form of one": (
        "iets in de boom heeft niet de vorm van een regel"
    ),
    "an entry of another year stands in the tree": (
        "in de boom staat een regel van een ander jaar"
    ),
    "a first leaf does not stand exactly at the beginning": (
        "de eerste regel staat niet precies vooraan"
    ),
    "the first leaf is of another ledger or year": (
        "de eerste regel is van een ander logboek of jaar"
    ),
    "the year does not begin with an earlier one": (
        "het jaar begint niet met een eerder jaar"
    ),
    "a larger tree was cosigned before a smaller one": (
        "een grotere boom is eerder medeondertekend dan een kleinere"
    ),
    "entry {} says {}, and stood in a tree before that: it is not of that time": (
        "regel {} zegt {}, maar stond daarvoor al in de boom: die is niet van toen"
    ),
    "entry {} says {}, and was in no tree until long after that: it is not of that"
    " time": (
        "regel {} zegt {}, maar stond pas veel later in een boom: die is niet van toen"
    ),
    "entry {} says {}, and stands after one of a later time: it is not of that time": (
        "regel {} zegt {}, maar staat na een regel van later: die is niet van toen"
    ),
    "the later tree is smaller than the earlier one": (
        "de latere boom is kleiner dan de eerdere"
    ),
    "the proof does not lead to the earlier root": (
        "het bewijs leidt niet naar de eerdere boom"
    ),
    "the proof does not lead to the later root": (
        "het bewijs leidt niet naar de latere boom"
    ),
    "the proof is longer than the trees need": "het bewijs is langer dan nodig",
    "the proof is shorter than the tree is high": (
        "het bewijs is korter dan de boom hoog is"
    ),
    "the proof is empty": "het bewijs is leeg",
    "an empty tree has another root": "een lege boom heeft een andere wortel",
    "two trees of one size differ": "twee bomen van dezelfde grootte verschillen",
    # how keys were made and follow: `signal-index verify` alone
    "what was done with keys is not shown at that place": (
        "wat er met sleutels is gedaan, staat er niet bij"
    ),
    "what a step with a key says is not shown": (
        "wat een stap met een sleutel zegt, staat er niet bij"
    ),
    "what a step with a key says is not what was recorded": (
        "wat een stap met een sleutel zegt, is niet wat er is vastgelegd"
    ),
    "a step with a key says nothing": "een stap met een sleutel zegt niets",
    "a step with a key names no ceremony by its digest": (
        "een stap met een sleutel noemt geen ceremonie"
    ),
    "the record of a ceremony is not there; `signal-index keys take-record` takes it"
    " in": (
        "het verslag van een ceremonie ontbreekt; `signal-index keys take-record`"
        " neemt het op"
    ),
    "the record of a ceremony does not hold: {}": (
        "het verslag van een ceremonie klopt niet: {}"
    ),
    "the record is of another ceremony than the entry names": (
        "het verslag is van een andere ceremonie dan de regel noemt"
    ),
    "the ceremony made another version or epoch of the key": (
        "de ceremonie maakte een andere versie van de sleutel"
    ),
    "the ceremony made another key config": (
        "de ceremonie maakte andere sleutelgegevens"
    ),
    "a key config was used before its ceremony made it": (
        "sleutelgegevens zijn gebruikt voordat hun ceremonie ze maakte"
    ),
    "two successors of a key were seen here": (
        "hier zijn twee opvolgers van een sleutel gezien"
    ),
    "two keys follow one that was given": ("een gegeven sleutel heeft twee opvolgers"),
    "two keys follow one {} key": "een sleutel ({}) heeft twee opvolgers",
    "what follows on a key: {}": "over de opvolger van een sleutel: {}",
    "a {} key follows otherwise than both keys signed": (
        "een sleutel ({}) volgt anders op dan beide sleutels tekenden"
    ),
    "a {} key follows falsely: {}": "een sleutel ({}) volgt onterecht op: {}",
    "a key follows one that is not known: one is missing": (
        "een sleutel volgt op een onbekende: er ontbreekt er een"
    ),
    "a key was succeeded that no entry tells of": (
        "een sleutel kreeg een opvolger die in geen regel staat"
    ),
    "the ledger names another successor than was given": (
        "het logboek noemt een andere opvolger dan is gegeven"
    ),
    # what has not the form
    "this is not a tlog-proof": "dit is geen bewijs (tlog-proof)",
    "a tlog-proof names no place, or too many hashes": (
        "het bewijs noemt geen plaats, of te veel hashes"
    ),
    "the proof does not hold the entry that it is of": (
        "in het bewijs ontbreekt de regel waar het van is"
    ),
    "what a proof shows is not a leaf and its disclosures": (
        "wat het bewijs toont, is geen regel met geopende delen"
    ),
    "a checkpoint is not origin, size and root hash": (
        "een controlepunt is geen naam, grootte en wortel"
    ),
    "an origin does not end in a year": "een naam van een logboek eindigt op een jaar",
    "a note is too long or holds control characters": (
        "een ondertekende tekst is te lang of heeft vreemde tekens"
    ),
    "a note does not end in signature lines": (
        "een ondertekende tekst eindigt niet op handtekeningen"
    ),
    "these are not signature lines": "dit zijn geen handtekeningen",
    "a signature line is not one": "een handtekening heeft niet de goede vorm",
    "a signature is too short": "een handtekening is te kort",
    "a ledger key is not an Ed25519 key": "de sleutel is geen sleutel van een logboek",
    "a witness key is not an Ed25519 cosignature key": (
        "de sleutel is geen sleutel van een getuige"
    ),
    "a cosignature does not have 76 bytes": (
        "een handtekening van een getuige heeft geen 76 bytes"
    ),
    "the time of a cosignature is not one": "de tijd van een getuige is geen tijd",
    "a key is not name+id+key": "een sleutel heeft niet de vorm naam+kenmerk+sleutel",
    "a base64 text has more than one form": "een base64-tekst heeft niet één vorm",
    "the id of a key does not belong to it": "het kenmerk van een sleutel klopt niet",
    "a disclosure is not [salt, group, value]": (
        "een geopend deel heeft niet de goede vorm"
    ),
    "the value of a group is not an object": "een geopend deel heeft geen inhoud",
    "a salt does not have 16 bytes": "een zout heeft geen 16 bytes",
    "a number is not a whole one": "een getal is geen geheel getal",
    "a base64 text is not in its one form": "een base64-tekst heeft niet één vorm",
    "a base64 text is not one": "een base64-tekst is er geen",
    "a base64url text is not one": "een base64url-tekst is er geen",
    "a hash does not have 32 bytes": "een hash heeft geen 32 bytes",
    "a size is not a decimal number in its one form": "een grootte is geen getal",
    "a size is larger than any tree": "een grootte is groter dan elke boom",
    "the JSON is not in its one form": "de JSON heeft niet één vorm",
    "the bytes are not JSON": "dit is geen JSON",
    "the file of hourly checkpoints is not one": (
        "het bestand met controlepunten per uur klopt niet"
    ),
    "the steps with keys are not a file of them": (
        "het bestand met stappen met sleutels klopt niet"
    ),
    "the steps with keys are of another format": (
        "het bestand met stappen met sleutels heeft een andere vorm"
    ),
    "a step with a key is no text": "een stap met een sleutel is geen tekst",
    "a first leaf has other members than it should": (
        "de eerste regel heeft niet de goede vorm"
    ),
    "a leaf is not of either form": "een regel heeft niet de goede vorm",
    "the id of an entry is not in its one form": (
        "het kenmerk van een regel heeft niet één vorm"
    ),
    "the id of an entry is not a UUID": "het kenmerk van een regel is er geen",
    "the minute of a leaf is not in its one form": (
        "de minuut van een regel heeft niet één vorm"
    ),
    "the minute of a leaf is not one": "de minuut van een regel is er geen",
    "a text in a leaf is not UTF-8": "een tekst in een regel is geen UTF-8",
    "this is not the path of a tile": "dit is geen plaats in de boom",
    "the number of a tile is not one": "dit is geen nummer in de boom",
    "the path of a tile is not in its one form": (
        "een plaats in de boom heeft niet één vorm"
    ),
    "a tile does not have the length of its hashes": (
        "een deel van de boom heeft niet de goede lengte"
    ),
    "an entry bundle does not hold the leaves it should": (
        "een bundel regels heeft niet de goede inhoud"
    ),
    "a policy is too long or holds control characters": (
        "een policy is te lang of heeft vreemde tekens"
    ),
    "a policy does not say one quorum": (
        "een policy zegt niet precies één keer hoeveel getuigen nodig zijn"
    ),
    "a policy names a ledger twice": "een policy noemt een logboek twee keer",
    "a policy names a witness twice": "een policy noemt een getuige twee keer",
    "a group of a policy can never be reached": (
        "een groep in een policy is nooit te halen"
    ),
    "a policy uses a name for two things": (
        "een policy gebruikt een naam voor twee dingen"
    ),
    "a line of a policy is not one": "een regel van een policy klopt niet",
    "a member of a group is not defined, or of two groups": (
        "een lid van een groep is niet bekend, of van twee groepen"
    ),
    "the quorum of a policy is nobody that it names": (
        "een policy vraagt om wie er niet in staat"
    ),
}


def in_dutch(sentence: str) -> str:
    """Say a verdict in Dutch; what is not known stays as it is."""
    return _say(sentence.removesuffix(".")) + "."


def _say(piece: str) -> str:
    for pattern, dutch in _patterns():
        if found := pattern.fullmatch(piece):
            return dutch.format(*map(_say, found.groups()))
    pieces = piece.split(_BETWEEN)
    return piece if len(pieces) == 1 else _BETWEEN.join(map(_say, pieces))


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Give what was said as patterns, the most exact first.

    What stands at the end after a colon may be several pieces; nothing else is.
    """
    known = sorted({**VERDICTS, **REASONS}.items(), key=lambda one: -len(one[0]))
    return [(_pattern(said), dutch) for said, dutch in known]


def _pattern(said: str) -> re.Pattern[str]:
    form = re.escape(said).replace(r"\{\}", "([^;]+?)")
    if said.endswith(": {}"):
        form = form.removesuffix("([^;]+?)") + "(.+)"
    return re.compile(form, re.DOTALL)
