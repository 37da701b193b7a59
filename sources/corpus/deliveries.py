"""DDAS deliveries and events: what is no table."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from sources.corpus.exports import write_standard_profile
from sources.corpus.model import Checked, Dirty, Proposed, Rejected
from sources.corpus.people import invent_numbers
from sources.reasons import Reason

CASES: Final = 4
SOURCE: Final = "urn:nld:oin:00000001000000000002:systeem:zaken"
_EVENTS: Final = f"""[events]
sources = ["{SOURCE}"]
opens = ["nl.voorbeeld.zaak-geopend"]
closes = ["nl.voorbeeld.zaak-gesloten"]

[events.columns]
bsn = "data.bsn"
start = "data.begin"
case_number = "data.zaak"
"""
Json = dict[str, Any]
_PERSON: Final = {"functietitel": "Aanmeldteam", "telefoonnummer": "0182-555123"}


def _make(name: str, about: str, form: str, whole: object, checked: Checked) -> Dirty:
    more = _EVENTS if form.startswith("cloudevents") else ""
    asks = _EVENT_ASKS if more else frozenset[str]()
    return Dirty(
        name,
        about,
        f"{name}.json",
        json.dumps(whole, ensure_ascii=False, indent=1).encode(),
        write_standard_profile(name, form, more=more),
        Proposed(asks=asks),
        checked,
    )


_EVENT_ASKS: Final = frozenset(
    {
        *("events.sources", "events.opens", "events.columns.bsn"),
        *("events.columns.start", "events.columns.case_number"),
    }
)


def _numbers(seed: int, label: str) -> list[str]:
    return list(islice(invent_numbers(seed, label), 2 * CASES))


def make_debt_help(seed: int) -> Iterator[Dirty]:
    """Give deliveries of debt help (DDAS SHV 1.0)."""
    form, numbers = "ddas-shv-1.0", _numbers(seed, "debt help")
    good = [_trajectory(number) for number in numbers[:CASES]]
    place = "leveringen[0].schuldhulptrajecten[1].client[0]"
    yield _make("ddas-shv", "Vier trajecten", form, _deliver(good), Checked(CASES))
    couple = _trajectory(numbers[0])
    couple["client"].append({"Burgerservicenummer": numbers[CASES]})
    yield _make(
        "ddas-shv-partners",
        "Twee cliënten in een traject: twee signalen",
        form,
        _deliver([couple, *good[1:]]),
        Checked(CASES + 1),
    )
    ended = good[1] | {"einddatum": "2026-06-01"}
    yield _make(
        "ddas-shv-geeindigd",
        "Een traject eindigde",
        form,
        _deliver([good[0], ended, *good[2:]]),
        Checked(CASES - 1, 1),
    )
    number = _trajectory(numbers[1])
    number["client"][0]["Burgerservicenummer"] = int(numbers[1])
    mistyped = good[1] | {"startdatum": "2026-13-01"}
    wrong = (
        (
            "bsn-getal",
            "Een BSN als getal",
            number,
            "client[0].Burgerservicenummer",
            Reason.NOT_TEXT,
        ),
        ("startdatum", "Een maand 13", mistyped, "startdatum", Reason.DATE_INVALID),
    )
    for name, about, spoiled, field, reason in wrong:
        rejects = (Rejected(None, field, reason, place),)
        yield _make(
            f"ddas-shv-{name}",
            about,
            form,
            _deliver([good[0], spoiled, *good[2:]]),
            Checked(CASES - 1, rejects=rejects),
        )


def _trajectory(number: str) -> Json:
    return {
        "startdatum": "2026-02-13",
        "gemeentecode": "GM9901",
        "client": [{"Burgerservicenummer": number}],
    }


def _deliver(trajectories: list[Json]) -> Json:
    agency = {"contactpersonen": [_PERSON]}
    one = {"aanleverende_organisatie": agency, "schuldhulptrajecten": trajectories}
    return {"aanleverdatumEnTijd": "2026-06-01T06:00:00Z", "leveringen": [one]}


def make_early_signals(seed: int) -> Iterator[Dirty]:
    """Give deliveries of early signals of debts (DDAS VS 0.9)."""
    form, numbers = "ddas-vs-0.9", _numbers(seed, "early signals")
    signals = [_signal(n, number) for n, number in enumerate(numbers[:CASES])]
    yield _make("ddas-vs", "Vier vroegsignalen", form, _warn(signals), Checked(CASES))
    result = {"resultaat": "Andere", "vroegsignalen": [{"ID": "VS-1"}]}
    yield _make(
        "ddas-vs-resultaat",
        "Het resultaat van een zaak sluit haar signaal",
        form,
        _warn(signals, result),
        Checked(CASES, 1),
    )


def _signal(n: int, number: str) -> Json:
    return {
        "ID": f"VS-{n}",
        "signaaldatum": "2026-02-13",
        "client": {"Burgerservicenummer": number},
        "signaalpartner": {"type": "Energie"},
    }


def _warn(signals: list[Json], *results: Json) -> Json:
    one = {
        "vroegsignaalzaken": list(results),
        "vroegsignalen": signals,
        "aanleverende_organisatie": {"contactpersoonen": [_PERSON]},
        "gemeentecode": "9901",
    }
    return {"aanleverdatumEnTijd": "2026-06-01T06:00:00Z", "leveringen": [one]}


def make_events(seed: int) -> Iterator[Dirty]:
    """Give events (CloudEvents 1.0): opened, closed, and a time without a zone."""
    form, numbers = "cloudevents-1.0", _numbers(seed, "events")
    opened = [_event(n, number, "geopend") for n, number in enumerate(numbers[:CASES])]
    closed = _event(9, numbers[0], "gesloten", zaak="Z-0")
    yield _make(
        "gebeurtenissen",
        "Vier zaken, een weer dicht",
        form,
        [*opened, closed],
        Checked(CASES, 1),
    )


def _event(n: int, number: str, what: str, *, zaak: str = "") -> Json:
    return {
        "specversion": "1.0",
        "id": f"f3dce042-cd6e-4977-844d-{n:012}",
        "source": SOURCE,
        "type": f"nl.voorbeeld.zaak-{what}",
        "time": f"2026-03-0{1 + n % 9}T12:00:00Z",
        "data": {"bsn": number, "begin": "2026-02-13", "zaak": zaak or f"Z-{n}"},
    }
