"""Says what holds: one plain sentence for people, facts for machines."""

from dataclasses import asdict

from signal_index.proof import (
    FirstLeaf,
    OpenedEntry,
    Witnessed,
    encode_b64,
    format_minute,
)
from signal_index.verify.checkpoints import ProvenGrowth
from signal_index.verify.judge import Judgement
from signal_index.verify.persons import AboutThem
from signal_index.verify.proof_files import ProvenEntries, describe_entry
from signal_index.verify.trust import JudgedKeys

Facts = dict[str, object]

UNWITNESSED = "not judged, for no witness was named: whether others are shown this tree"
UNTIMED = f"{UNWITNESSED}, and when entries were made"


def tell_of_ledger(found: Judgement) -> Facts:
    """Say what holds of a whole ledger."""
    read = (
        "every entry is as it was recorded"
        if found.entries_read
        else "the entries themselves were not shown, only their hashes"
    )
    seen = _tell_witnessed(found.witnessed, UNTIMED)
    keys, former = _tell_keys(found.keys), _tell_former(found.is_former)
    return {
        "sentence": f"Holds: {found.origin}, {found.size} entries; "
        f"{read}{keys}{_tell_times(found)}{former}{seen}.",
        "origin": found.origin,
        "entries": found.size,
        "root": encode_b64(found.root),
        "entriesRead": found.entries_read,
        "kinds": found.kinds,
        "previous": found.previous,
        "earlierCheckpoints": found.earlier,
        "formerKey": found.is_former,
        "keys": None if found.keys is None else asdict(found.keys),
        "times": None if found.times is None else asdict(found.times),
        **_encode_witnessed(found.witnessed),
    }


def _tell_keys(found: JudgedKeys | None) -> str:
    if found is not None and found.unjudged:
        return f"; not judged here: how keys were made ({found.unjudged} steps)"
    if found is None or not (found.shown or found.erased):
        return ""
    if found.erased:
        return f"; what {found.erased} steps with keys said was erased"
    by = f", and {found.ceremonies} ceremonies by their records"
    steps = f"; {found.shown} steps with keys{by if found.ceremonies else ''}"
    lacking = f"; {found.untaken} of them name a successor that you have not taken"
    return f"{steps}{lacking if found.untaken else ''}"


def _tell_times(found: Judgement) -> str:
    if found.times is None:
        return ""
    held = f"; their times held against {found.times.checkpoints} cosigned checkpoints"
    loose = f", of {found.times.loose} entries no closer than two hours"
    return f"{held}{loose if found.times.loose else ''}"


def _tell_former(is_former: bool) -> str:  # noqa: FBT001 - it is what is told
    return "; signed by a key that another follows now" if is_former else ""


def tell_of_growth(found: ProvenGrowth) -> Facts:
    """Say what holds of checkpoints alone."""
    origin, size = found.signed.origin, found.signed.size
    kept = ", ".join(str(one.size) for one in found.earlier)
    extends = f"; it extends the tree of {kept} entries" if kept else ""
    seen, former = _tell_witnessed(found.witnessed), _tell_former(found.is_former)
    return {
        "sentence": f"Holds: {origin}, {size} entries{extends}{former}{seen}; "
        "the entries were not read.",
        "origin": origin,
        "entries": size,
        "root": encode_b64(found.signed.root),
        "entriesRead": False,
        "earlierCheckpoints": len(found.earlier),
        "formerKey": found.is_former,
        **_encode_witnessed(found.witnessed),
    }


def tell_of_proofs(found: ProvenEntries) -> Facts:
    """Say what holds of entries that somebody was shown."""
    count, origins = len(found.entries), ", ".join(found.origins)
    seen = (
        f", seen by {found.fewest} of the witnesses"
        if found.fewest
        else f"; {UNWITNESSED}"
    )
    seen += _tell_about(found.about)
    if count == 1:
        (one,) = found.entries.values()
        sentence = f"Holds: {_tell_entry(one)} is in {origins}{seen}."
    else:
        sentence = f"Holds: {count} of {count} entries are in {origins}{seen}."
    described = {name: describe_entry(one) for name, one in found.entries.items()}
    about = None if found.about is None else asdict(found.about)
    return {
        "sentence": sentence,
        "entries": count,
        "witnesses": list(found.witnesses),
        "proofs": described,
        "about": about,
    }


def _tell_about(found: AboutThem | None) -> str:
    if found is None:
        return ""
    former = "; %d name another key version: of these nothing is said"
    return f"; {found.held} are about this person" + (
        former % found.other_key if found.other_key else ""
    )


def _tell_entry(one: OpenedEntry) -> str:
    leaf = one.leaf
    if isinstance(leaf, FirstLeaf):
        return "the first entry"
    groups = ", ".join(sorted(group.group.value for group in one.groups)) or "nothing"
    minute = format_minute(leaf.minute)
    return f"entry {leaf.entry} of {minute} ({leaf.kind}; opened: {groups})"


def _tell_witnessed(found: Witnessed | None, otherwise: str = UNWITNESSED) -> str:
    if found is None:
        return f"; {otherwise}"
    return f"; cosigned by {', '.join(found.names)}, last at {found.at:%Y-%m-%dT%H:%MZ}"


def _encode_witnessed(found: Witnessed | None) -> Facts:
    if found is None:
        return {"witnesses": []}
    return {"witnesses": list(found.names), "witnessedAt": found.at.isoformat()}
