"""Switching a category in the catalogue's own text, and nothing else."""

from dataclasses import replace

import pytest

from policy.bundle import Bundle, load_bundle, shipped_bundle
from policy.change import CategorySwitch, switch_category
from policy.differences import find_differences
from policy.errors import ChangeNotPossible

ON = CategorySwitch(
    category="ww-uitkering",
    active=True,
    purposes=("schuldhulp-toegang",),
    statute="Wet structuur uitvoeringsorganisatie werk en inkomen",
    article="62",
    checked=True,
)


def test_a_category_is_on_for_the_named_purpose_alone() -> None:
    changed = load_bundle(switch_category(shipped_bundle(), ON)).catalogue
    row = changed.categories[changed.parse_category("ww-uitkering")]
    assert row.active
    assert row.shared_under is not None
    assert (row.shared_under.article, row.shared_under.checked) == ("62", True)
    naming = [one.id for one in changed.purposes.values() if row.id in one.sees]
    assert naming == ["schuldhulp-toegang"]


def test_a_purpose_that_did_not_name_it_does_so_afterwards() -> None:
    other = replace(ON, purposes=("wmo-onderzoek",))
    changed = load_bundle(switch_category(shipped_bundle(), other)).catalogue
    naming = [one.id for one in changed.purposes.values() if "ww-uitkering" in one.sees]
    assert naming == ["wmo-onderzoek"]


def test_comments_stay_and_the_version_counts_up() -> None:
    before = shipped_bundle()
    after = switch_category(before, ON)
    for name, text in before.catalogue.items():
        assert _comments(after.catalogue[name]) == _comments(text)
    assert load_bundle(after).catalogue.version == "2026.2"


def _comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def test_on_and_off_again_differs_in_the_purposes_alone() -> None:
    on = switch_category(shipped_bundle(), ON)
    off = switch_category(on, CategorySwitch("ww-uitkering", active=False))
    found = find_differences(load_bundle(shipped_bundle()), load_bundle(off))
    assert {one.about for one in found} == {"purpose", "category", "catalogue"}
    assert not any(one.direction == "wider" for one in found)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"statute": ""}, "statute"),
        ({"article": ""}, "statute"),
        ({"purposes": ()}, "purposes"),
        ({"purposes": ("no-purpose",)}, "purposes"),
        ({"category": "no-category"}, "category"),
        ({"article": "x" * 61}, "category"),
    ],
)
def test_what_cannot_be_switched_says_what_is_in_the_way(
    changed: dict[str, object], field: str
) -> None:
    wrong = replace(ON, **changed)  # type: ignore[arg-type]  # fields by name
    with pytest.raises(ChangeNotPossible) as refused:
        switch_category(shipped_bundle(), wrong)
    assert refused.value.field == field


def test_a_text_that_is_no_toml_is_not_changed() -> None:
    with pytest.raises(ChangeNotPossible):
        switch_category(Bundle({"a.toml": "= ="}, {}), ON)


def test_veilig_thuis_named_for_another_purpose_stays_closed_by_its_rule() -> None:
    both = ("veiligheid", "wmo-onderzoek")
    wide = replace(ON, category="veilig-thuis", purposes=both)
    policy = load_bundle(switch_category(shipped_bundle(), wide))
    assert "veilig-thuis-only-for-safety" in policy.book.rules
