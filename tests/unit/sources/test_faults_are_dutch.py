"""What is wrong in a profile, settings or a key file is said in Dutch, by its key."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from typer.testing import CliRunner

import sources
from sources.__main__ import app
from sources.agency_keys import create_keys, load_keys
from sources.cli.person_events import load_layout
from sources.errors import InvalidAgencySettings, InvalidProfile, UnsafeKeyFile
from sources.faults import FORMS, SAID, say_faults
from sources.person_events import RegisterLayout
from sources.profile import Profile, parse_profile
from sources.reasons import Reason
from sources.rejects import write_rejects
from sources.settings import AgencySettings, load_settings
from sources.values import Place, Reject
from tests.sources_builders import PROFILE
from tests.unit.sources.test_agency_keys_and_settings import SETTINGS, files_in

MODELS = (Profile, AgencySettings, RegisterLayout)
RAISED: dict[str, set[str]] = {
    "model": {"model_type"},
    "model-fields": {"extra_forbidden"},
    "str": {"string_type"},
    "int": {
        "int_type",
        "int_parsing",
        "int_parsing_size",
        "int_from_float",
        "finite_number",
    },
    "bool": {"bool_type", "bool_parsing"},
    "tuple": {"tuple_type"},
    "frozenset": {"frozen_set_type"},
    "dict": {"dict_type"},
    "literal": {"literal_error"},
    "enum": {"enum"},
    "date": {
        "date_type",
        "date_parsing",
        "date_from_datetime_parsing",
        "date_from_datetime_inexact",
    },
    "is-instance": set(),
    "function-after": {"value_error"},
    "function-before": {"value_error"},
    "function-plain": set(),
    "no-info": set(),
    "with-info": set(),
    "model-field": {"missing"},
    "default": set(),
    "nullable": set(),
    "union": set(),
    "lax-or-strict": {"path_type"},
    "json-or-python": set(),
}
"""What each part of a model's schema can raise, as pydantic names it."""
BOUNDS = {
    ("str", "min_length"): "string_too_short",
    ("str", "max_length"): "string_too_long",
    ("str", "pattern"): "string_pattern_mismatch",
    ("int", "ge"): "greater_than_equal",
    ("int", "le"): "less_than_equal",
    **{(kind, "min_length"): "too_short" for kind in ("tuple", "frozenset", "dict")},
    **{(kind, "max_length"): "too_long" for kind in ("tuple", "frozenset", "dict")},
}
ENGLISH = (
    " should ",
    " is not ",
    " must ",
    "Input",
    "Field",
    "required",
    "Value error",
    "Unclosed",
    "Illegal",
    "Expected",
    "permitted",
    "others",
    " or ",
)


def walk(part: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - pydantic's own tree
    if isinstance(part, dict):
        if isinstance(part.get("type"), str):
            yield part
        for inner in part.values():
            yield from walk(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from walk(inner)


def parts_of(model: type[BaseModel]) -> list[dict[str, Any]]:
    return list(walk(model.__pydantic_core_schema__))


@pytest.mark.parametrize("model", MODELS)
def test_each_error_that_a_model_can_raise_has_its_words(
    model: type[BaseModel],
) -> None:
    raised: set[str] = set()
    for part in parts_of(model):
        raised |= RAISED[part["type"]]
        raised |= {BOUNDS[at] for key in part if (at := (part["type"], key)) in BOUNDS}
    assert raised <= set(SAID)


@pytest.mark.parametrize("model", MODELS)
def test_each_form_that_a_text_must_have_has_its_words(model: type[BaseModel]) -> None:
    found = {part["pattern"] for part in parts_of(model) if part.get("pattern")}
    assert found
    assert found <= set(FORMS)


def test_every_rule_of_ours_in_these_models_is_told_in_our_words() -> None:
    here = Path(str(sources.__file__)).parent
    for name in (
        "profile",
        "settings",
        "layouts",
        "feed_settings",
        "urls",
        "labels",
        "phones",
        "contacts",
        "brp/settings",
    ):
        raised = [
            node.exc.func.id
            for node in ast.walk(ast.parse((here / f"{name}.py").read_text("utf-8")))
            if isinstance(node, ast.Raise)
            and isinstance(node.exc, ast.Call)
            and isinstance(node.exc.func, ast.Name)
        ]
        assert "ValueError" not in raised


def is_dutch(said: str) -> bool:
    return not any(word in said for word in ENGLISH)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (
            "valid_months = 12",
            "valid_months = 'geheim'",
            "valid_months: hier hoort een",
        ),
        (
            "valid_months = 12",
            "valid_months = 12\nclozes = 1",
            "clozes: deze naam kennen",
        ),
        ("valid_months = 12", "", "valid_months: dit ontbreekt"),
        ("valid_months = 12", "valid_months = [", "Kijk bij regel"),
        ("valid_months = 12", "valid_months = 3", "minstens 6"),
        ('name = "test"', 'name = "Geheim Ding"', "name: gebruik kleine letters"),
        ('format = "csv"', 'format = "geheim"', "format: kies uit: csv"),
        ('default_contact = "TEAM"', 'default_contact = "geheim"', "staat niet in"),
        ('status = "Stand"\n', "", "status heeft codes en een kolom nodig"),
    ],
)
def test_a_profile_is_refused_in_dutch(before: str, after: str, says: str) -> None:
    assert before in PROFILE
    with pytest.raises(InvalidProfile) as refused:
        parse_profile(PROFILE.replace(before, after))
    said = str(refused.value)
    assert says in said
    assert is_dutch(said)
    assert "eheim" not in said


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('rejects = "rejects"', "", "rejects: dit ontbreekt"),
        ('rejects = "rejects"', "rejects = geheim", "Kijk bij regel"),
        ('"https://index.test/"', '"http://geheim.test/"', "index.url: hier hoort een"),
        (
            'accepted_origin = "dealt"',
            'accepted_origin = "geheim"',
            "kies uit: 'dealt'",
        ),
        ('id = "holder-2"', "", "holders.places.2.id: dit ontbreekt"),
        ("index = 2", "index = 1", "twee sleutelhouders"),
        ('source = "', 'source = "geheim', "source: hier hoort een OIN"),
    ],
)
def test_settings_are_refused_in_dutch(
    tmp_path: Path, before: str, after: str, says: str
) -> None:
    assert before in SETTINGS
    path = tmp_path / "agency.toml"
    path.write_text(SETTINGS.replace(before, after))
    with pytest.raises(InvalidAgencySettings) as refused:
        load_settings(path)
    said = str(refused.value)
    assert says in said
    assert is_dutch(said)
    assert "eheim" not in said


def test_a_list_is_not_called_too_short_for_a_fault_inside_it(tmp_path: Path) -> None:
    path = tmp_path / "agency.toml"
    path.write_text(SETTINGS.replace('id = "holder-2"', ""))
    with pytest.raises(InvalidAgencySettings) as refused:
        load_settings(path)
    assert "minstens" not in str(refused.value)


def test_a_list_that_is_too_short_is_called_so() -> None:
    with pytest.raises(ValidationError) as refused:
        Profile.model_validate({"municipalities": []})
    assert "municipalities: deze lijst moet minstens 1 hebben" in say_faults(
        refused.value
    )


def test_a_variable_that_cannot_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "agency.toml"
    path.write_text(SETTINGS)
    monkeypatch.setenv("SIGNAL_SOURCE_KEYS", "geheim")
    with pytest.raises(InvalidAgencySettings, match="omgevingsvariabele"):
        load_settings(path)


def test_a_layout_of_mutations_is_refused_in_dutch(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('municipality = "geheim"')
    with pytest.raises(
        InvalidProfile, match="gemeentecode van vier cijfers"
    ) as refused:
        load_layout(path)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("name", ["request-key.jwk", "outbox.key"])
def test_a_key_file_that_others_may_read_is_said_in_dutch(
    tmp_path: Path, name: str
) -> None:
    create_keys(tmp_path / "keys", name="agency", algorithm="Ed25519")
    (tmp_path / "keys" / name).chmod(0o640)
    with pytest.raises(UnsafeKeyFile) as refused:
        load_keys(files_in(tmp_path / "keys"))
    assert f"Anderen kunnen {name} lezen" in str(refused.value)
    assert is_dutch(str(refused.value))


def test_a_key_file_that_is_not_there_is_said_in_dutch(tmp_path: Path) -> None:
    create_keys(tmp_path / "keys", name="agency", algorithm="Ed25519")
    (tmp_path / "keys" / "notice-key.jwk").unlink()
    with pytest.raises(UnsafeKeyFile, match=r"notice-key\.jwk is er niet"):
        load_keys(files_in(tmp_path / "keys"))


def test_a_file_where_the_folder_of_rejects_belongs_is_said(tmp_path: Path) -> None:
    create_keys(tmp_path / "keys", name="agency", algorithm="Ed25519")
    (tmp_path / "agency.toml").write_text(SETTINGS)
    (tmp_path / "profile.toml").write_text(PROFILE)
    (tmp_path / "f.csv").write_text("x")
    (tmp_path / "rejects").write_text("een bestand")
    asked = ["publish", str(tmp_path / "f.csv"), "--settings"]
    asked += [
        str(tmp_path / "agency.toml"),
        "--profile",
        str(tmp_path / "profile.toml"),
    ]
    found = CliRunner().invoke(app, asked)
    assert found.exit_code == 2
    assert "rejects is geen map" in found.stderr


def test_a_file_of_rejects_replaces_its_like_and_nothing_else(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text("BSN;Zaak\n")
    with pytest.raises(InvalidAgencySettings, match="bestaat al en is geen bestand"):
        write_rejects(export, [])
    assert export.read_text() == "BSN;Zaak\n"
    rejects, link = tmp_path / "rejects.csv", tmp_path / "link.csv"
    one = Reject(Place(2, "1"), "BSN", Reason.BSN_INVALID)
    for _ in range(2):
        assert write_rejects(rejects, [one]) == 1
    assert len(rejects.read_text().splitlines()) == 2
    link.symlink_to(rejects)
    with pytest.raises(InvalidAgencySettings, match="geen koppeling"):
        write_rejects(link, [])
    assert link.is_symlink()


def test_where_nothing_was_rejected_no_file_is_left_that_says_otherwise(
    tmp_path: Path,
) -> None:
    """Neither one with a header alone, nor that of an earlier run."""
    rejects = tmp_path / "rejects.csv"
    assert write_rejects(rejects, []) == 0
    assert not rejects.exists()
    write_rejects(rejects, [Reject(Place(2, "1"), "BSN", Reason.BSN_INVALID)])
    write_rejects(rejects, [])
    assert not rejects.exists()


def test_a_folder_where_the_file_of_rejects_belongs_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidAgencySettings, match="geen bestand maken"):
        write_rejects(tmp_path, [])
