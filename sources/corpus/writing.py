"""Write the corpus into a folder: each file with its profile and what is right."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sources.corpus.cases import make_corpus
from sources.corpus.model import Dirty, Rejected
from sources.errors import FolderRefused
from sources.passed_over import describe_passed
from sources.reasons import EXPLANATIONS

INDEX: Final = "index.json"


def write_corpus(folder: Path, *, seed: int) -> int:
    """Give how many files were written; raises `FolderRefused`.

    The folder must be new or empty: what stood in it would be taken for a part.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FolderRefused(
                "De map is niet leeg; er is niets geschreven. Kies een nieuwe map."
            )
        index = [_write(folder, each) for each in make_corpus(seed)]
        _write_json(folder / INDEX, {"seed": seed, "files": index})
    except OSError:
        raise FolderRefused("De map is niet te schrijven.") from None
    return len(index)


def _write(folder: Path, dirty: Dirty) -> Mapping[str, str]:
    place = folder / dirty.name
    place.mkdir()
    (place / dirty.file).write_bytes(dirty.data)
    (place / "profile.toml").write_text(dirty.profile, encoding="utf-8", newline="\n")
    _write_json(place / "expected.json", describe(dirty))
    return {"name": dirty.name, "file": dirty.file, "about": dirty.about}


def describe(dirty: Dirty) -> Mapping[str, object]:
    """Give what is right for a file, as it stands beside it."""
    proposed, checked = dirty.proposed, dirty.checked
    init: dict[str, object] = {"refusal": proposed.refusal}
    if not proposed.refusal:
        init = {"columns": dict(proposed.columns), "asks": sorted(proposed.asks)}
    check: dict[str, object] = {"refusal": checked.refusal}
    if not checked.refusal:
        rejects = [_describe_reject(each) for each in checked.rejects]
        check = {
            "signals": checked.signals,
            "closed": checked.closed,
            "rejects": rejects,
            "passed": describe_passed(checked.passed),
        }
    return {"about": dirty.about, "file": dirty.file, "init": init, "check": check}


def _describe_reject(rejected: Rejected) -> Mapping[str, object]:
    return {
        "line": rejected.line,
        "record": rejected.record,
        "field": rejected.field,
        "reason": rejected.reason.value,
        "says": EXPLANATIONS[rejected.reason].what,
    }


def _write_json(path: Path, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
