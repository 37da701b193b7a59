"""What a proposal changes: each field judged, what widens never missed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from policy.bundle import Bundle, load_bundle, shipped_bundle
from policy.catalogue.model import CatalogueFile, Category, LoopAct, Purpose
from policy.comparing import Direction
from policy.decide import load_policy
from policy.differences import (
    CATALOGUE,
    CATEGORY,
    LOOP_ACT,
    PURPOSE,
    Difference,
    find_differences,
    only_names,
    widens,
)

WIDER, NARROWER, OTHER = Direction.WIDER, Direction.NARROWER, Direction.OTHER


def _changed(kind: str, file: str, changes: Mapping[str, str]) -> Bundle:
    shipped = shipped_bundle()
    texts = dict(getattr(shipped, kind))
    for old, new in changes.items():
        assert old in texts[file]
        texts[file] = texts[file].replace(old, new, 1)
    if kind == "rules":
        return Bundle(shipped.catalogue, texts)
    return Bundle(texts, shipped.rules)


def _between(kind: str, file: str, changes: Mapping[str, str]) -> list[Difference]:
    changed = load_bundle(_changed(kind, file, changes))
    return list(find_differences(load_policy(), changed))


def test_the_same_policy_has_no_differences() -> None:
    assert find_differences(load_policy(), load_policy()) == ()


def test_every_field_of_a_purpose_an_act_and_a_category_is_judged() -> None:
    assert set(LOOP_ACT) == set(LoopAct.model_fields) - {"id"}
    assert set(PURPOSE) == set(Purpose.model_fields) - {"id"}
    assert set(CATEGORY) == set(Category.model_fields) - {"id"}


def test_every_field_of_the_file_is_judged_or_only_names() -> None:
    file = load_policy().catalogue.file
    left = (
        set(CatalogueFile.model_fields)
        - {"purpose", "category", "loop_act"}
        - set(CATALOGUE)
    )
    assert [name for name in sorted(left) if not only_names(getattr(file, name))] == []


@pytest.mark.parametrize(
    ("old", "new", "way", "says"),
    [
        ("look_back_months = 12", "look_back_months = 24", WIDER, "24 maanden terug"),
        ("look_back_months = 12", "look_back_months = 6", NARROWER, "6 maanden terug"),
        ('"schuldhulpverlening", ', "", NARROWER, "niet meer zien"),
        ('sees = ["wmo-maatwerk",', 'sees = ["wmo-maatwerk", "oggz",', WIDER, "OGGZ"),
        ('roles = ["generalist", ', "roles = [", NARROWER, "niet meer voor"),
        (
            '["municipality", "neigh',
            '["supervisor", "municipality", "neigh',
            WIDER,
            "ook vanuit",
        ),
        (
            "needs_case_reference = true",
            "needs_case_reference = false",
            WIDER,
            "geen zaaknummer",
        ),
        (
            "needs_informed = true",
            "needs_informed = false",
            WIDER,
            "niet meer dat de inwoner",
        ),
        (
            '["discussed", "repres',
            '["safety-risk", "discussed", "repres',
            WIDER,
            "staat ook toe",
        ),
        (
            "trainings = []",
            'trainings = ["veilig-thuis-2026"]',
            NARROWER,
            "ook de opleiding",
        ),
        ('assurance = "substantial"', 'assurance = "low"', WIDER, "niveau laag"),
        ('assurance = "substantial"', 'assurance = "high"', NARROWER, "niveau hoog"),
        ("break_glass = true", "break_glass = false", NARROWER, "niet meer toe"),
        ("needs_staatsblad = false", "needs_staatsblad = true", NARROWER, "wacht op"),
        ("valid_from = 2026-01-01", "valid_from = 2025-01-01", WIDER, "1-1-2025"),
        (
            "valid_from = 2026-01-01",
            "valid_from = 2026-01-01\nvalid_until = 2030-01-01",
            NARROWER,
            "1-1-2030",
        ),
        ("Onderzoek na een melding", "Onderzoek na melding", OTHER, "heet voortaan"),
    ],
)
def test_a_change_of_a_purpose_says_which_way_it_goes(
    old: str, new: str, way: Direction, says: str
) -> None:
    (found,) = _between("catalogue", "purposes.toml", {old: new})
    assert found.direction is way
    assert says in found.text
    assert widens((found,)) is (way is WIDER)


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        ("active = true", "active = false", NARROWER),
        ("maximum_life_months = 24", "maximum_life_months = 12", NARROWER),
        (
            'publishers = ["income-support"]',
            'publishers = ["income-support", "uwv"]',
            WIDER,
        ),
        ('article = "7", checked = false', 'article = "8", checked = false', OTHER),
        ('"7.1.4.5", checked = false', '"7.1.4.5", checked = true', WIDER),
        ('life_domains = ["financien", ', "life_domains = [", OTHER),
    ],
)
def test_a_change_of_a_category_says_which_way_it_goes(
    old: str, new: str, way: Direction
) -> None:
    (found,) = _between("catalogue", "categories.toml", {old: new})
    assert (found.direction, found.about) == (way, "category")


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        ("&& !context.hasCaseReference", "|| !context.hasCaseReference", WIDER),
        (
            '@nl("Bij dit doel hoort een zaaknummer.")',
            '@nl("Een zaaknummer hoort erbij.")',
            OTHER,
        ),
        (
            'Action::"look-up", resource)\nwhen { context.purpose.needsCase',
            'Action::"break-glass", resource)\nwhen { context.purpose.needsCase',
            WIDER,
        ),
    ],
)
def test_another_condition_in_a_rule_counts_as_wider_and_other_words_do_not(
    old: str, new: str, way: Direction
) -> None:
    (found,) = _between("rules", "case.cedar", {old: new})
    assert (found.direction, found.about) == (way, "rule")


def test_a_rule_that_goes_widens_and_one_that_comes_narrows() -> None:
    shipped = shipped_bundle()
    without = Bundle(
        shipped.catalogue,
        {name: text for name, text in shipped.rules.items() if name != "case.cedar"},
    )
    gone = find_differences(load_policy(), load_bundle(without))
    assert {one.direction for one in gone} == {WIDER}
    back = find_differences(load_bundle(without), load_policy())
    assert {one.direction for one in back} == {NARROWER}


def test_what_widens_stands_first() -> None:
    changes = {
        "look_back_months = 12": "look_back_months = 24",
        'roles = ["generalist", ': "roles = [",
    }
    ways = [one.direction for one in _between("catalogue", "purposes.toml", changes)]
    assert ways == [WIDER, NARROWER]
