"""The catalogue is read strictly, and every fault has its line."""

from collections.abc import Callable
from datetime import date

import pytest

from policy.catalogue import Catalogue, load_catalogue, parse_catalogue, shipped_texts
from policy.decide import scope_text
from policy.errors import InvalidCatalogue, UnknownCode
from policy.vocabulary import PurposeId, Role

Texts = dict[str, str]
CATEGORIES = [
    "bijstand",
    "ww-uitkering",
    "schuldhulpverlening",
    "vroegsignalering",
    "wmo-maatwerk",
    "jeugdhulp",
    "leerplicht",
    "voortijdig-schoolverlaten",
    "veilig-thuis",
    "casusregie",
    "woonoverlast",
    "dreigende-ontruiming",
    "oggz",
]
CLOSED = [
    "maatschappelijke-opvang",
    "beschermd-wonen",
    "ggz",
    "jeugdgezondheidszorg",
    "studieschuld",
    "zorgpremie",
    "aio-aanvulling",
    "reclassering",
    "nazorg-detentie",
    "woonbegeleiding",
]


def test_the_shipped_catalogue_has_the_categories_of_the_issue() -> None:
    found = [str(category) for category in load_catalogue().categories]
    assert found == [*CATEGORIES, *CLOSED]


def test_what_is_still_closed_is_of_no_purpose_and_takes_no_part() -> None:
    catalogue = load_catalogue()
    seen = {str(each) for row in catalogue.purposes.values() for each in row.sees}
    rows = [catalogue.categories[catalogue.parse_category(each)] for each in CLOSED]
    assert seen.isdisjoint(CLOSED)
    assert [row.id for row in rows if row.active or row.shared_under] == []
    assert all(row.recorded_under and not row.recorded_under.checked for row in rows)


def test_every_kind_is_explained_to_a_citizen_in_words_of_their_own() -> None:
    texts = [row.citizen_text for row in load_catalogue().categories.values()]
    assert all(texts)
    assert len(set(texts)) == len(texts)


def test_what_several_kinds_of_source_may_tell_is_explained_as_of_none_of_them() -> (
    None
):
    """The report names the source itself: a text for all must be true of each."""
    catalogue = load_catalogue()
    named = [
        (row.id, kind)
        for row in catalogue.categories.values()
        if len(row.publishers) > 1
        for kind in row.publishers
        if catalogue.source_kinds[kind].lower() in (row.citizen_text or "").lower()
    ]
    assert named == []


def test_there_are_thirteen_life_domains_with_names_only() -> None:
    assert len(load_catalogue().life_domains) == 13


def test_no_shipped_reference_pretends_to_be_checked_by_a_lawyer() -> None:
    catalogue = load_catalogue()
    bases = catalogue.legal_bases.values()
    recorded = [row.recorded_under for row in catalogue.categories.values()]
    assert not any(basis.checked for basis in bases)
    assert not any(reference.checked for reference in recorded if reference)


def test_every_purpose_has_two_different_approvers_and_an_activity() -> None:
    catalogue = load_catalogue()
    for purpose in catalogue.purposes.values():
        assert len(set(purpose.approved_by)) == 2
        assert purpose.activity in catalogue.activities


def test_only_people_who_help_citizens_look_up() -> None:
    roles = {role for row in load_catalogue().purposes.values() for role in row.roles}
    assert roles == {Role.GENERALIST, Role.GENERALIST_SAFETY}


def test_the_benefit_without_a_recorded_basis_is_present_but_not_active() -> None:
    catalogue = load_catalogue()
    row = catalogue.categories[catalogue.parse_category("ww-uitkering")]
    assert not row.active
    assert row.recorded_under is None


def test_after_the_end_nothing_is_kept_as_shipped() -> None:
    rows = load_catalogue().categories.values()
    assert [row.id for row in rows if row.keeps is not None] == []


def test_the_index_of_referrals_keeps_five_years_once_a_lawyer_checked_it() -> None:
    catalogue = _with(
        "categories.toml", '"7.1.4.5", checked = false', '"7", checked = true'
    )
    keeps = catalogue.categories[catalogue.parse_category("jeugdhulp")].keeps
    assert keeps is not None
    assert (keeps.state, keeps.months) == ("archived", 60)


def test_a_scope_speaks_of_ended_contact_only_where_a_lawyer_lets_it_be_kept() -> None:
    kept = _with("categories.toml", '"7.1.4.5", checked = false', '"7", checked = true')
    of_ended = (
        " Ook contact dat korter dan 12 maanden geleden eindigde, over: jeugdhulp."
    )
    for catalogue, ended in ((load_catalogue(), ""), (kept, of_ended)):
        shown = [catalogue.parse_category(one) for one in ("bijstand", "jeugdhulp")]
        said = scope_text(catalogue, catalogue.parse_purpose("veiligheid"), shown)
        assert said == f"U ziet of er contact is over: bijstand, jeugdhulp.{ended}"
        assert bool(catalogue.ended_shows_anywhere(shown[1])) is bool(ended)


def test_the_days_of_the_catalogue_bound_those_of_a_purpose() -> None:
    catalogue = _with(
        "catalogue.toml",
        "valid_from = 2026-01-01",
        "valid_from = 2026-03-01\nvalid_until = 2026-12-31",
    )
    purpose = catalogue.purposes[catalogue.parse_purpose("veiligheid")]
    assert catalogue.in_force(purpose) == (date(2026, 3, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("file", "old", "new", "line_of", "message"),
    [
        (
            "purposes.toml",
            "needs_informed = true",
            "need = 1",
            "need = 1",
            "kennen wij niet",
        ),
        (
            "purposes.toml",
            '"wmo-maatwerk", ',
            '"wmo", ',
            '["wmo",',
            "heeft deze code niet",
        ),
        (
            "purposes.toml",
            '"generalist",',
            '"director",',
            '"director"',
            "vaste lijst",
        ),
        ("purposes.toml", "= 12\n", '= "12"\n', '= "12"', "heel getal"),
        ("purposes.toml", '"municipal-lawyer"]', "]", "", "dit veld ontbreekt"),
        (
            "purposes.toml",
            "trainings = []",
            'trainings = ["x"]',
            '["x"]',
            "heeft deze code niet",
        ),
        (
            "purposes.toml",
            "citizen_text = ",
            "citizen = ",
            "citizen = ",
            "kennen wij niet",
        ),
        (
            "purposes.toml",
            'id = "wgs-4"',
            'id = "wams"',
            "",
            "legal_basis: deze code staat er twee keer",
        ),
        ("categories.toml", "months = 24", "months = 25", "months = 25", "te groot"),
        (
            "categories.toml",
            ", checked = false",
            "",
            "Participatiewet",
            "dit veld ontbreekt",
        ),
        (
            "categories.toml",
            '["income-support"]',
            "[]",
            "publishers = []",
            "te kort",
        ),
        ("categories.toml", '["financien"]', '["a", "a"]', '["a", "a"]', "life_domain"),
        (
            "categories.toml",
            '"ww-uitkering"',
            '"bijstand"',
            "",
            "category: deze code staat er twee keer",
        ),
        ("categories.toml", '"normal"', '"secret"', '"secret"', "vaste lijst"),
        (
            "life-domains.toml",
            '"justitie"',
            '"financien"',
            "",
            "life_domain: deze code staat er twee keer",
        ),
        ("codes.toml", 'auditor = "Auditor"', "", "[role_labels]", "een naam nodig"),
        ("catalogue.toml", "approved_by", "approved", "approved =", "kennen wij niet"),
        ("catalogue.toml", "catalogue/1", "catalogue/2", "catalogue/2", "vaste lijst"),
    ],
)
def test_a_fault_is_refused_on_its_line(
    file: str, old: str, new: str, line_of: str, message: str
) -> None:
    texts = _changed(file, old, new)
    with pytest.raises(InvalidCatalogue) as fault:
        parse_catalogue(texts)
    said = [f for f in fault.value.findings if f.file == file and message in f.message]
    assert said
    if line_of:
        line = next(
            number
            for number, text in enumerate(texts[file].splitlines(), start=1)
            if line_of in text
        )
        assert line in {finding.line for finding in said}


def test_a_category_cannot_be_switched_on_without_a_recorded_basis() -> None:
    with pytest.raises(InvalidCatalogue, match="nodig: recorded_under"):
        _with("categories.toml", "active = false", "active = true")


def test_one_approver_twice_is_refused() -> None:
    old = '["data-protection-officer", "municipal-lawyer"]'
    new = '["municipal-lawyer", "municipal-lawyer"]'
    with pytest.raises(
        InvalidCatalogue,
        match=r"purposes.toml:\d+: purpose.approved_by: er zijn twee verschillende",
    ):
        _with("purposes.toml", old, new)


def test_naming_a_category_twice_is_refused() -> None:
    with pytest.raises(InvalidCatalogue, match="sees: een lijst noemt iets twee keer"):
        _with("purposes.toml", 'sees = ["leerplicht", ', 'sees = ["jeugdhulp", ')


def test_a_file_that_is_no_toml_is_refused_on_its_line() -> None:
    texts = shipped_texts() | {"codes.toml": 'a = 1\nb = "open\n'}
    with pytest.raises(InvalidCatalogue) as fault:
        parse_catalogue(texts)
    assert [(f.file, f.line) for f in fault.value.findings] == [("codes.toml", 2)]


def test_a_table_stands_in_one_file_only() -> None:
    texts = shipped_texts() | {"zz.toml": '\n[[purpose]]\nid = "extra"\n'}
    with pytest.raises(
        InvalidCatalogue, match=r"zz.toml:2: purpose .purposes.toml.: deze tabel"
    ):
        parse_catalogue(texts)


def test_no_files_are_no_catalogue() -> None:
    with pytest.raises(InvalidCatalogue):
        parse_catalogue({})


def test_every_fault_is_named_at_once() -> None:
    texts = _changed("purposes.toml", "look_back_months = 12", "look_back_months = 99")
    texts["categories.toml"] = texts["categories.toml"].replace(
        "active = true", "on = 1"
    )
    with pytest.raises(InvalidCatalogue) as fault:
        parse_catalogue(texts)
    files = {finding.file for finding in fault.value.findings}
    assert files == {"categories.toml", "purposes.toml"}


@pytest.mark.parametrize(
    "parse",
    [
        Catalogue.parse_purpose,
        Catalogue.parse_category,
        Catalogue.parse_legal_basis,
        Catalogue.parse_informed,
        Catalogue.parse_break_glass_reason,
        Catalogue.parse_outcome,
        Catalogue.parse_source_kind,
    ],
)
def test_a_code_that_is_not_there_is_refused_without_an_echo(
    parse: Callable[[Catalogue, str], object],
) -> None:
    with pytest.raises(UnknownCode) as fault:
        parse(load_catalogue(), "no-such-thing")
    assert "no-such-thing" not in str(fault.value)


def test_a_code_that_is_not_there_is_refused_with_those_that_are() -> None:
    said = r"does not have this source kind; it has: .*debt-help, .*population-register"
    with pytest.raises(UnknownCode, match=said):
        load_catalogue().parse_source_kind("debthelp")


def test_an_id_cannot_be_made_without_a_catalogue() -> None:
    with pytest.raises(TypeError):
        PurposeId("veiligheid")


def _changed(file: str, old: str, new: str) -> Texts:
    texts = shipped_texts()
    assert old in texts[file]
    texts[file] = texts[file].replace(old, new)
    return texts


def _with(file: str, old: str, new: str) -> Catalogue:
    return parse_catalogue(_changed(file, old, new))


def test_whatever_is_wrong_with_a_catalogue_is_said_in_dutch_by_us() -> None:
    """Pydantic's own English stands beside it, for the administrator alone."""
    texts = _changed("purposes.toml", "= 12\n", '= "12"\n')
    with pytest.raises(InvalidCatalogue) as fault:
        parse_catalogue(texts)
    said = fault.value.findings[0]
    assert said.message == "purpose.look_back_months: hier hoort een heel getal"
    assert said.told == "Input should be a valid integer"
