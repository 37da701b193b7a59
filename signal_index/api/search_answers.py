"""How an entry of the ledger reads to an officer: no citizen, no ticket, no padding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from policy.catalogue import Catalogue
from policy.errors import UnknownCode
from policy.policy import Policy
from signal_index.api.labels import label_category
from signal_index.ledger import Group
from signal_index.notice.fields import encode_instant
from signal_index.proof import JsonObject, Leaf, parse_leaf
from signal_index.store.search import FoundEntry
from signal_index.store.standing import Standing

_HIDDEN_IN_WHAT: Final = frozenset({"pad", "tickets", "req", "flags", "categories"})


def describe_entry(
    one: FoundEntry,
    catalogue: Catalogue,
    standing: Standing,
    contact_outcome: str | None,
) -> Mapping[str, object]:
    """Give an entry as a list shows it."""
    groups = one.groups or {}
    why, decision = groups.get(Group.WHY) or {}, groups.get(Group.DECISION) or {}
    flags = _shown(groups)
    purpose = why.get("purpose")
    leaf = parse_leaf(one.leaf)
    assert isinstance(leaf, Leaf)  # noqa: S101 - first leaves are never searched
    return {
        "entryId": str(one.entry),
        "at": encode_instant(one.recorded_at),
        "kind": one.kind.value,
        "organisation": one.organisation,
        "organisationName": _name(standing, one.organisation),
        "user": (groups.get(Group.WHO) or {}).get("sub"),
        "team": (groups.get(Group.ROLE) or {}).get("team"),
        "purpose": purpose,
        "purposeLabel": label_purpose(catalogue, purpose),
        "outcome": decision.get("outcome") or leaf.outcome.value,
        "grounds": decision.get("grounds", []),
        "repeat": decision.get("repeat", False),
        "breakGlass": why.get("breakGlass"),
        "flagCount": None if flags is None else len(flags),
        "contactOutcome": contact_outcome,
        "isErased": one.groups is None,
    }


def describe_details(
    one: FoundEntry, policy: Policy, standing: Standing
) -> Mapping[str, object]:
    """Give what a list leaves out: basis, what was shown, what the act says."""
    catalogue, groups = policy.catalogue, one.groups or {}
    why, what = groups.get(Group.WHY) or {}, groups.get(Group.WHAT) or {}
    decision = groups.get(Group.DECISION) or {}
    leaf = parse_leaf(one.leaf)
    assert isinstance(leaf, Leaf)  # noqa: S101 - first leaves are in nobody's scope
    return {
        "roles": (groups.get(Group.ROLE) or {}).get("roles", []),
        "legalBasis": why.get("legalBasis"),
        "legalBasisLabel": _label_basis(catalogue, why.get("legalBasis")),
        "hasCaseReference": why.get("caseReference") is not None,
        "informed": why.get("informed"),
        "informedLabel": _label_informed(catalogue, why.get("informed")),
        "breakGlassLabel": catalogue.break_glass_reasons.get(
            str(why.get("breakGlass") or "")
        ),
        "groundTexts": [
            _text_of(policy, str(ground)) for ground in _list(decision.get("grounds"))
        ],
        "activity": leaf.activity,
        "policy": leaf.policy,
        "permitted": [
            {"id": name, "label": label_category(catalogue, name)}
            for name in _list(what.get("categories"))
        ],
        "shown": [
            {
                "category": flag["category"],
                "categoryLabel": label_category(catalogue, flag["category"]),
                "source": flag["source"],
                "sourceName": _name(standing, flag["source"]),
            }
            for flag in _shown(groups) or []
        ],
        "said": {k: v for k, v in what.items() if k not in _HIDDEN_IN_WHAT},
    }


def label_purpose(catalogue: Catalogue, purpose: object) -> str | None:
    """Give what a purpose is called, a lookup's or an officer's."""
    if not isinstance(purpose, str):
        return None
    own = catalogue.officer_purposes.get(purpose)
    if own is not None:
        return own.label
    if purpose in catalogue.act_purposes:
        return catalogue.act_purposes[purpose]
    try:
        return catalogue.purposes[catalogue.parse_purpose(purpose)].label
    except UnknownCode:
        return purpose


def _label_basis(catalogue: Catalogue, code: object) -> str | None:
    for basis in catalogue.legal_bases.values():
        if basis.id == code:
            return basis.label
    return None


def _label_informed(catalogue: Catalogue, code: object) -> str | None:
    for entry in catalogue.informed.values():
        if entry.id == code:
            return entry.label
    return None


def _text_of(policy: Policy, ground: str) -> str:
    """Give the sentence of a rule; its id where today's rules do not have it."""
    rule = policy.book.rules.get(ground)
    return ground if rule is None else rule.text


def _shown(groups: Mapping[Group, JsonObject | None]) -> list[Mapping[str, str]] | None:
    what = groups.get(Group.WHAT) or {}
    return None if "flags" not in what else _list(what["flags"])


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _name(standing: Standing, oin: str | None) -> str | None:
    found = None if oin is None else standing.organisations.get(oin)
    return oin if found is None else found.name
