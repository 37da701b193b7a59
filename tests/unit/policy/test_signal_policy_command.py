"""`signal-policy` for people: what it prints, and with which exit code."""

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from policy.bundle import parse_bundle, shipped_bundle
from policy.catalogue import load_catalogue, shipped_texts
from policy.change import CategorySwitch, switch_category
from policy.commands import app
from policy.policy import load_policy
from policy.rules import shipped_rules


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def _folder(path: Path, texts: dict[str, str]) -> Path:
    path.mkdir()
    for name, text in texts.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def test_check_finds_the_shipped_files_in_order_and_names_what_wants_a_lawyer() -> None:
    shipped, rules = load_catalogue(), load_policy().book.rules
    counts = (
        f"{len(shipped.purposes)} doelen, {len(shipped.categories)} soorten signalen, "
        f"{len(rules)} regels"
    )
    result = _run("check")
    assert result.exit_code == 0
    assert counts in result.stdout
    assert "nog niet door een jurist nagekeken" in result.stdout


def test_check_gives_json_for_a_machine() -> None:
    report = json.loads(_run("check", "--json").stdout)
    assert report["valid"]
    assert report["findings"] == []
    lines = {finding["message"]: finding["line"] for finding in report["unchecked"]}
    texts = shipped_texts()["categories.toml"].splitlines()
    assert "Participatiewet" in texts[lines["bijstand: Participatiewet, artikel 7"] - 1]


def test_check_names_each_fault_of_catalogue_and_rules_with_its_line(
    tmp_path: Path,
) -> None:
    catalogue = shipped_texts()
    catalogue["codes.toml"] = catalogue["codes.toml"].replace("kind =", "kindd =", 1)
    rules = shipped_rules() | {"zz.cedar": "\n\nforbid ("}
    result = _run(
        "check",
        "--catalogue",
        _folder(tmp_path / "catalogue", catalogue),
        "--rules",
        _folder(tmp_path / "rules", rules),
    )
    assert result.exit_code == 1
    assert "codes.toml:7: informed.kindd" in result.stdout
    assert "zz.cedar:3: Cedar kan deze regel niet lezen" in result.stdout


def test_check_finds_rules_and_catalogue_that_do_not_fit_together(
    tmp_path: Path,
) -> None:
    rules = shipped_rules()
    rules["veilig-thuis.cedar"] = rules["veilig-thuis.cedar"].replace(
        'Purpose::"veiligheid"', 'Purpose::"safety"'
    )
    result = _run("check", "--rules", _folder(tmp_path / "rules", rules))
    assert result.exit_code == 1
    assert '(Purpose::"safety"): de regel noemt iets' in result.stdout


def test_check_of_a_folder_that_does_not_exist_is_wrong_use() -> None:
    assert _run("check", "--rules", "/no/such/folder").exit_code == 2


def test_matrix_prints_who_may_see_what_in_dutch() -> None:
    result = _run("matrix")
    assert result.exit_code == 0
    for words in (
        "Wie mag wat zien",
        "WW-uitkering (staat uit)",
        "B = Generalist veil",
    ):
        assert words in result.stdout


def test_matrix_gives_json_for_a_machine() -> None:
    rows = json.loads(_run("matrix", "--json").stdout)
    safety = next(row for row in rows if row["purpose"] == "veiligheid")
    assert safety["sees"]["veilig-thuis"] == ["generalist-safety"]


def test_explain_permits_and_shows_the_sentence_of_the_answer() -> None:
    result = _run("explain", "--purpose", "wmo-onderzoek")
    assert result.exit_code == 0
    assert "over: Wmo, schuldhulp" in " ".join(result.stdout.split())


def test_explain_lists_every_ground_with_its_remedy() -> None:
    result = _run(
        "explain",
        "--purpose",
        "wmo-onderzoek",
        "--set",
        "informed=-",
        "--set",
        "case_reference=no",
        "--json",
    )
    assert result.exit_code == 1
    grounds = json.loads(result.stdout)["grounds"]
    named = {ground["id"] for ground in grounds}
    assert named == {"case-reference-missing", "citizen-not-informed"}
    assert all(ground["text"] and ground["remedy"] for ground in grounds)


def test_explain_names_what_stays_out_of_sight() -> None:
    result = _run("explain", "--purpose", "schuldhulp-toegang")
    assert "Buiten beeld: WW-uitkering" in result.stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("q.toml", 'purpose = "veiligheid"\nroles = ["generalist-safety"]\n'),
        ("q.json", '{"purpose": "veiligheid", "roles": ["generalist-safety"]}'),
    ],
)
def test_explain_reads_a_question_from_a_file(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    refused = _run("explain", path)
    assert refused.exit_code == 1
    assert "training-missing" in refused.stdout
    assert _run("explain", path, "--set", "trainings=veilig-thuis-2026").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain",),
        ("explain", "--purpose", "no-such-purpose"),
        ("explain", "--purpose", "veiligheid", "--role", "king"),
        ("explain", "--purpose", "veiligheid", "--set", "colour=red"),
        ("explain", "--purpose", "veiligheid", "--set", "informed"),
        ("explain", "--purpose", "veiligheid", "--set", "informed=perhaps"),
        ("explain", "--purpose", "veiligheid", "--set", "municipality=1"),
        ("explain", "/no/such/file.toml"),
    ],
)
def test_a_question_that_is_none_is_wrong_use(arguments: tuple[str, ...]) -> None:
    assert _run(*arguments).exit_code == 2


def test_explain_refuses_a_file_that_is_neither_toml_nor_a_table(
    tmp_path: Path,
) -> None:
    for name, text in (("a.toml", "purpose ="), ("a.json", "[1]"), ("b.json", "{")):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        assert _run("explain", path).exit_code == 2


def test_a_bundle_is_written_under_its_sha256(tmp_path: Path) -> None:
    into = tmp_path / "policy.json"
    done = _run("bundle", "--into", str(into))
    assert done.exit_code == 0
    digest = hashlib.sha256(into.read_bytes()).hexdigest()
    assert done.stdout == f"{digest}  {into}\n"
    assert parse_bundle(into.read_bytes()) == shipped_bundle()


def test_a_bundle_never_overwrites(tmp_path: Path) -> None:
    into = tmp_path / "policy.json"
    into.write_text("kept")
    assert _run("bundle", "--into", str(into)).exit_code == 2
    assert into.read_text() == "kept"


def test_a_bundle_with_a_fault_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    into = tmp_path / "policy.json"
    done = _run("bundle", "--rules", str(tmp_path / "rules"), "--into", str(into))
    assert done.exit_code == 1
    assert not into.exists()


def test_comparing_says_what_widens_and_exits_with_one(tmp_path: Path) -> None:
    shipped, wider = tmp_path / "shipped.json", tmp_path / "wider.json"
    shipped.write_bytes(shipped_bundle().encode())
    switch = CategorySwitch(
        category="ww-uitkering",
        active=True,
        purposes=("schuldhulp-toegang",),
        statute="Wet SUWI",
        article="62",
    )
    wider.write_bytes(switch_category(shipped_bundle(), switch).encode())
    assert _run("compare", str(shipped)).exit_code == 0
    done = _run("compare", str(wider))
    assert done.exit_code == 1
    assert "Ruimer:\n  WW-uitkering: doet voortaan mee." in done.stdout
    assert _run("compare", str(wider), "--with", str(wider)).exit_code == 0
    told = json.loads(_run("compare", str(wider), "--json").stdout)
    assert told[0]["direction"] == "wider"


def test_comparing_with_what_is_no_bundle_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    assert _run("compare", str(tmp_path / "x.json")).exit_code == 2
    assert _run("compare", str(tmp_path / "absent.json")).exit_code == 2
