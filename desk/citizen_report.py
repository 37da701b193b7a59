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
from itertools import groupby
from pathlib import Path
from typing import Final, Generic, TypeVar
from uuid import UUID

from desk.moments import day_here
from desk.settings import WhomSettings
from desk.texts import Texts
from keys.pinned_keys import encode_successors, find_successors
from keys.successor import Chain
from signal_index.proof import NoteKey, Quorum, encode_policy
from signal_index.wire.citizen_reports import (
    CitizenReport,
    OwnData,
    ReportedCheck,
    ReportedEntry,
    ReportedLookup,
    ReportedMatch,
    ShownSignal,
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
Report = TypeVar("Report", bound=OwnData)


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


@dataclass(frozen=True, slots=True)
class Run:
    """Lines after each other that the same people asked for the same reason.

    `first` says who and why, for all of `rows`.
    """

    first: ReportedLookup
    rows: Sequence[Merged[ReportedLookup]]


def gather_runs(rows: Sequence[Merged[ReportedLookup]]) -> Sequence[Run]:
    """Put together what follows on each other by the same people, for the same reason.

    The order stays that of time: who and why are said once a run, not once a line.
    """
    return [
        Run(same[0].first, same)
        for _, found in groupby(rows, lambda row: _who_and_why(row.first))
        for same in [list(found)]
    ]


def _who_and_why(one: ReportedLookup) -> tuple[object, ...]:
    return (one.organisation, one.team, one.roles, one.purpose, one.informed)


def find_givers(lines: Iterable[ReportedLookup]) -> Mapping[str, ShownSignal]:
    """Find the kinds of signals that all came from one organisation, by their codes.

    Whose these are is said once, and not at each line.
    """
    found: dict[str, list[ShownSignal]] = {}
    for flag in (flag for one in lines for flag in one.shown):
        same = found.setdefault(flag.category, [])
        if flag not in same:
            same.append(flag)
    return {code: same[0] for code, same in sorted(found.items()) if len(same) == 1}


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


def describe(report: OwnData, whom: WhomSettings | None) -> dict[str, object]:
    """Give what `paper/citizen_body.html` is filled with, on screen and on paper.

    `whom`: who can be asked about it; None at a desk whose settings say nobody.
    """
    return {
        "report": report,
        "whom": whom,
        "lookups": gather_runs(merge_alike(report.lookups)),
        "givers": find_givers(report.lookups),
        "roles": sorted({role for one in report.lookups for role in one.roles}),
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


def list_entries(report: OwnData) -> Sequence[ReportedEntry]:
    """List the lines that are entries of the ledger, in the order of their numbers."""
    return [*report.lookups, *report.matches, *report.checks]


def list_proofs(report: OwnData) -> Mapping[int, str]:
    """List the proofs that there are, by the number of their line on the paper."""
    lines = enumerate(list_entries(report), start=1)
    return {place: one.proof for place, one in lines if one.proof}


def put_proofs(report: Report, proofs: Mapping[UUID, str | None]) -> Report:
    """Give a report with these proofs at their lines."""
    lines = {
        name: [
            one.model_copy(update={"proof": proofs.get(one.entryId)})
            for one in getattr(report, name)
        ]
        for name in ("lookups", "matches", "checks")
    }
    return report.model_copy(update=lines)


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
            _add(archive, POLICY_FILE, write_policy(chain, quorum))
        said = "citizen-paper.zip" if quorum else "citizen-paper.zip.trial"
        text = texts.get(said, file=name, key=KEY_FILE, policy=POLICY_FILE)
        person = name_files(report)["person"]
        whose = texts.get(
            "citizen-paper.zip.person", file=name, key=KEY_FILE, person=person
        )
        _add(archive, README, f"{text}\n\n{whose}\n")
    return packed.getvalue()


def write_policy(chain: Chain, quorum: Quorum | None) -> str:
    """Give whom to believe of the ledger (c2sp.org/tlog-policy): keys and witnesses."""
    keys = [NoteKey(chain.name, one.raw) for one in chain.keys]
    if quorum is None:
        return encode_policy(keys, [], 0)
    return encode_policy(keys, quorum.keys, quorum.count)


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, text)
