"""The rejects file: what the agency must mend, record by record. Never a BSN.

CSV that opens in a Dutch spreadsheet: semicolons, UTF-8 with a mark. It holds places,
names of fields and sentences of ours; no value of a record ever gets this far. Where
nothing was rejected there is no file: one that is there is always about this delivery.
"""

import csv
import io
import stat
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from keys.files import written_whole
from sources.errors import InvalidAgencySettings
from sources.reasons import EXPLANATIONS
from sources.values import Reject

HEADER: Final = ("regel", "record", "veld", "code", "reden", "wat te doen", "detail")
_BEGINNING: Final = ";".join(HEADER).encode("utf-8-sig")


def write_rejects(path: Path, rejects: Iterable[Reject]) -> int:
    """Write a rejects file, whole or not at all; gives the number of lines.

    It takes the place of an earlier one, and of nothing else; without rejects the
    earlier one is gone. Raises `InvalidAgencySettings` where no file can be made.
    """
    if not _may_replace(path):
        raise InvalidAgencySettings(
            f"{path.name} bestaat al en is geen bestand met afgewezen records. Er is "
            "niets geschreven. Kies een andere naam; geen koppeling (symlink), "
            "apparaat of pipe."
        )
    told = iter(rejects)
    first = next(told, None)
    try:
        if first is None:
            path.unlink(missing_ok=True)
            return 0
        with written_whole(path, replace=True) as file:
            return _write(file, chain((first,), told))
    except OSError:
        raise InvalidAgencySettings(
            f"De afgewezen records passen niet in {path}: daar kunnen wij geen "
            "bestand maken. Is het een map, of is de schijf vol?"
        ) from None


def _may_replace(path: Path) -> bool:
    """Tell whether nothing is lost: no file is there, an empty one, or one of ours."""
    try:
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            return stat.S_ISDIR(mode)  # which is refused as what cannot be written
        with path.open("rb") as file:
            return file.read(len(_BEGINNING)) in (b"", _BEGINNING)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _write(file: BinaryIO, rejects: Iterable[Reject]) -> int:
    count = 0
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.writer(text, delimiter=";")
    rows.writerow(HEADER)
    for count, reject in enumerate(rejects, start=1):  # noqa: B007 - counts
        rows.writerow(_row(reject))
    text.flush()
    text.detach()
    return count


def _row(reject: Reject) -> tuple[str, ...]:
    explained = EXPLANATIONS[reject.reason]
    return (
        "" if reject.place.line is None else str(reject.place.line),
        reject.place.record,
        reject.field,
        reject.reason.value,
        explained.what,
        explained.remedy,
        reject.detail,
    )
