"""What a citizen's report explains, on screen and on paper, and its file of proofs.

The officer's page and the citizen's own are this one report. Everything here is made
from one answer of the index and given back at once. Numbers on the paper lead to files
in the ZIP: those of the lookups, then those of the matches and of the checks.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Generic, TypeVar

from desk.moments import day_here
from desk.texts import Texts
from keys.pinned_keys import encode_successors, find_successors
from keys.successor import Chain
from signal_index.proof import NoteKey, Quorum, encode_policy
from signal_index.wire.citizen_reports import (
    CitizenReport,
    OwnData,
    ReportedCheck,
    ReportedLookup,
    ReportedMatch,
)

README: Final = "LEES-MIJ.txt"
KEY_FILE: Final = "checkpoint.vkey"
POLICY_FILE: Final = "getuigen.policy"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class ExplainedPurpose:
    """A purpose in a citizen's words, and the laws that it rested on."""

    label: str
    text: str
    bases: list[str] = field(default_factory=list)


Line = TypeVar("Line", ReportedLookup, ReportedCheck)


@dataclass(frozen=True, slots=True)
class Merged(Generic[Line]):
    """Lines of one day that a citizen would read as the same.

    `first` is the newest; `places` are the numbers of all of them on the paper, and
    `times` their moments, the newest first.
    """

    first: Line
    places: Sequence[int]
    times: Sequence[datetime]

    @property
    def numbers(self) -> str:
        """Write their numbers: `3`, or `3, 5-9`."""
        spans: list[list[int]] = []
        for place in self.places:
            if spans and place == spans[-1][-1] + 1:
                spans[-1][1:] = [place]
            else:
                spans.append([place])
        return ", ".join("-".join(map(str, span)) for span in spans)


def merge_alike(lines: Sequence[Line], *, after: int = 0) -> Sequence[Merged[Line]]:
    """Merge the lines of a day that say the same, in the order of the newest of each.

    Same means all that is shown but the clock: of a lookup also the verdict, and
    whether it was asked for (NEN 7513 ch. 9: alike lines of one day are one). `after`:
    how many lines were numbered before.
    """
    alike: dict[str, list[tuple[int, Line]]] = {}
    for place, one in enumerate(lines, start=after + 1):
        said = one.model_dump_json(exclude={"entryId", "at", "proof"})
        alike.setdefault(f"{day_here(one.at)}{said}", []).append((place, one))
    return [
        Merged(
            first=same[0][1],
            places=[place for place, _ in same],
            times=[one.at for _, one in same],
        )
        for same in alike.values()
    ]


def explain_purposes(
    lines: Iterable[ReportedLookup | ReportedMatch],
) -> Sequence[ExplainedPurpose]:
    """Explain each purpose once, with every law it rested on, in order of their names.

    What has no text for citizens is not explained.
    """
    explained: dict[str, ExplainedPurpose] = {}
    for one in lines:
        if one.purposeText:
            said = ExplainedPurpose(one.purposeLabel, one.purposeText)
            found = explained.setdefault(one.purpose, said)
            if one.legalBasis and one.legalBasis not in found.bases:
                found.bases.append(one.legalBasis)
    return sorted(explained.values(), key=lambda each: each.label)


def describe(report: OwnData) -> dict[str, object]:
    """Give what `paper/citizen_body.html` is filled with, on screen and on paper."""
    return {
        "report": report,
        "lookups": merge_alike(report.lookups),
        "checks": merge_alike(
            report.checks, after=len(report.lookups) + len(report.matches)
        ),
        "purposes": explain_purposes([*report.lookups, *report.matches]),
        "is_proven": bool(list_proofs(report)),
        "files": name_files(report),
        "organisation": report.organisation,
        "made_on": day_here(report.madeAt),
        "dutch": "",
    }


def list_proofs(report: OwnData) -> Mapping[int, str]:
    """List the proofs that there are, by the number of their line on the paper."""
    proofs = [one.proof for one in report.lookups]
    proofs += [one.proof for one in report.matches]
    proofs += [one.proof for one in report.checks]
    return {place: one for place, one in enumerate(proofs, start=1) if one}


def name_files(report: OwnData) -> dict[str, str]:
    """Give the names under which paper and proofs are saved; they name nobody."""
    day = day_here(report.madeAt).isoformat()
    known = report.reference if isinstance(report, CitizenReport) else day
    name = f"inzage-{known}"
    return {
        "pdf": f"{name}.pdf",
        "proofs": f"{name}-bewijzen.zip",
        "person": f"{name}-om-wie.json",
    }


def pack_proofs(
    report: OwnData, texts: Texts, chain: Chain, quorum: Quorum | None
) -> bytes:
    """Give the ZIP with a proof per line of the report, and how to check them.

    With it come the witnesses that must have cosigned (c2sp.org/tlog-policy): who asks
    for none would not see that this report is of another ledger than others are shown.
    None in a trial, which the text says.

    Equal reports give equal files: no moment of making stands in it. The key is put in
    for ease, with what follows on it; the text says to compare it with the one that the
    municipality publishes.
    """
    packed = io.BytesIO()
    name = name_files(report)["proofs"]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, proof in list_proofs(report).items():
            _add(archive, f"bewijs-{number:04}.tlog-proof", proof)
        key = NoteKey(chain.name, chain.keys[0].raw)
        _add(archive, KEY_FILE, key.encode() + "\n")
        if chain.said:
            name_of_more = find_successors(Path(KEY_FILE)).name
            _add(archive, name_of_more, encode_successors(chain.said).decode())
        if quorum is not None:
            _add(archive, POLICY_FILE, encode_policy(key, quorum.keys, quorum.count))
        said = "citizen-paper.zip" if quorum else "citizen-paper.zip.trial"
        text = texts.get(said, file=name, key=KEY_FILE, policy=POLICY_FILE)
        person = name_files(report)["person"]
        whose = texts.get(
            "citizen-paper.zip.person", file=name, key=KEY_FILE, person=person
        )
        _add(archive, README, f"{text}\n\n{whose}\n")
    return packed.getvalue()


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, text)
