"""What a citizen's report shows, on screen and on paper, and its file of proofs.

Everything here is made from one answer of the index and given back at once: the desk
keeps none of it. Numbers on the paper lead to files in the ZIP.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any, Final

from desk.texts import Texts
from signal_index.proof import NoteKey

Json = dict[str, Any]
README: Final = "LEES-MIJ.txt"
KEY_FILE: Final = "checkpoint.vkey"
_MOBILE: Final = re.compile(r"06\d{8}")
_FREE: Final = re.compile(r"0[89]00\d+")
_SHORT: Final = re.compile(r"14\d+")
_LONG_AREA: Final = re.compile(
    r"0(1[0356]|2[0346]|3[03568]|4[0356]|5[03458]|7[0-9]|88)"
)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Shown:
    """A report, ready for the templates; the same for screen and paper."""

    report: Json
    lookups: list[Json]
    checks: list[Json]
    purposes: list[Json]
    organisations: int
    proofs: int


def view_report(report: Json) -> Shown:
    """Give each line its number, newest first, and each purpose one explanation."""
    for one in report["signals"]:
        one["contact"]["phone"] = write_phone(one["contact"]["phone"] or "")
    entries = [*report["lookups"], *report["checks"]]
    numbered = [one | {"number": place} for place, one in enumerate(entries, start=1)]
    count = len(report["lookups"])
    return Shown(
        report=report,
        lookups=numbered[:count],
        checks=numbered[count:],
        purposes=_explain_purposes(report["lookups"]),
        organisations=len({one["organisation"] for one in report["lookups"]}),
        proofs=sum(1 for one in entries if one["proof"]),
    )


def _explain_purposes(lookups: list[Json]) -> list[Json]:
    """Give each purpose once: what it means, and the laws it rested on."""
    explained: dict[str, Json] = {}
    for one in lookups:
        if one["purposeText"]:
            said = {"label": one["purposeLabel"], "text": one["purposeText"]}
            found = explained.setdefault(one["purpose"], said | {"bases": []})
            if one["legalBasis"] and one["legalBasis"] not in found["bases"]:
                found["bases"].append(one["legalBasis"])
    return sorted(explained.values(), key=lambda each: str(each["label"]))


def write_phone(phone: str) -> str:
    """Write a number as people dial it here: `010 123 45 67`; others stay E.164."""
    if not phone.startswith("+31"):
        return phone
    national = "0" + phone[3:]
    if _MOBILE.fullmatch(national):
        return _in_groups(national, (2, 2, 2, 2, 2))
    if _FREE.match(national):
        return _in_groups(national, (4, 4, 4))
    if _SHORT.match(phone[3:]):
        return _in_groups(phone[3:], (2, 4))
    sizes = (3, 3, 2, 2) if _LONG_AREA.match(national) else (4, 2, 2, 2)
    return _in_groups(national, sizes)


def _in_groups(digits: str, sizes: tuple[int, ...]) -> str:
    parts, rest = [], digits
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    return " ".join(part for part in (*parts, rest) if part)


def name_files(report: Json) -> dict[str, str]:
    """Give the names under which paper and proofs are saved; they name nobody."""
    name = f"inzage-{report['reference']}"
    return {"pdf": f"{name}.pdf", "proofs": f"{name}-bewijzen.zip"}


def pack_proofs(shown: Shown, texts: Texts, key: NoteKey) -> bytes:
    """Give the ZIP with a proof per line of the report, and how to check them.

    Equal reports give equal files: no moment of making stands in it. The key is put in
    for ease; the text says to compare it with the one that the municipality publishes.
    """
    packed = io.BytesIO()
    name = name_files(shown.report)["proofs"]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in (*shown.lookups, *shown.checks):
            if one["proof"]:
                file = f"bewijs-{one['number']:04}.tlog-proof"
                _add(archive, file, one["proof"])
        _add(archive, KEY_FILE, key.encode() + "\n")
        text = texts.get("citizen-paper.zip", file=name, key=KEY_FILE)
        _add(archive, README, text + "\n")
    return packed.getvalue()


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, text)
