"""The rejects file: what the agency must mend, record by record. Never a BSN.

CSV that opens in a Dutch spreadsheet: semicolons, UTF-8 with a mark. It holds places,
names of fields and sentences of ours; no value of a record ever gets this far.
"""

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sources.errors import InvalidAgencySettings
from sources.reasons import EXPLANATIONS
from sources.values import Reject

HEADER: Final = ("regel", "record", "veld", "code", "reden", "wat te doen", "detail")
_OWNER_ONLY: Final = 0o600


def write_rejects(path: Path, rejects: Iterable[Reject]) -> int:
    """Write a rejects file, replacing an earlier one; gives the number of lines.

    Raises `InvalidAgencySettings` where no file can be made.
    """
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    except OSError:
        raise InvalidAgencySettings(
            f"De afgewezen records passen niet in {path.name}: daar kunnen wij geen "
            "bestand maken."
        ) from None
    count = 0
    with os.fdopen(made, "w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(HEADER)
        for count, reject in enumerate(rejects, start=1):  # noqa: B007 - counts
            rows.writerow(_row(reject))
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
