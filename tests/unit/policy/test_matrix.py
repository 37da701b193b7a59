"""The matrix says what a lookup would say."""

from policy.catalogue import load_catalogue
from policy.matrix import build_matrix
from policy.vocabulary import Role
from tests.policy_builders import NOW, closed_policy

ROWS = {str(row.purpose): row.sees for row in build_matrix(closed_policy(), NOW.date())}


def test_every_purpose_stands_in_the_matrix() -> None:
    assert set(ROWS) == {str(each) for each in load_catalogue().purposes}


def test_veilig_thuis_is_seen_by_one_role_with_one_purpose() -> None:
    seen = {
        (purpose, role)
        for purpose, sees in ROWS.items()
        for category, roles in sees.items()
        if category == "veilig-thuis"
        for role in roles
    }
    assert seen == {("veiligheid", Role.GENERALIST_SAFETY)}


def test_only_generalists_see_anything() -> None:
    roles = {
        role for sees in ROWS.values() for seers in sees.values() for role in seers
    }
    assert roles == {Role.GENERALIST, Role.GENERALIST_SAFETY}


def test_a_category_that_is_switched_off_is_seen_by_nobody() -> None:
    for sees in ROWS.values():
        for category, roles in sees.items():
            if category == "ww-uitkering":
                assert roles == ()
