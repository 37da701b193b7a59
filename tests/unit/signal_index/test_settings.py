"""The settings of the index: strict, frozen, and silent about secrets."""

import hashlib
import hmac
import io
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from pydantic import ValidationError

from keys.events import EventLog
from signal_index.cli.server_commands import open_settings
from signal_index.errors import SettingsRefused
from signal_index.proof import WitnessKey
from signal_index.settings import load_settings
from signal_index.store.connect import DatabaseRole, find_login, open_database
from signal_index.store.logins import derive_verifier, encode_verifier, list_logins
from tests.store_builders import write_settings

POSTGRES = "postgresql+asyncpg://web:geheim-wachtwoord@db/index"
LOGINS = {
    "sequencer_database_url": "postgresql+asyncpg://sequencer@db/index",
    "upkeep_database_url": "postgresql+asyncpg://upkeep@db/index",
    "admin_database_url": "postgresql+asyncpg://admin@db/index",
}


def _changed(folder: Path, old: str, new: str) -> Path:
    path = write_settings(folder)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def test_relative_paths_count_from_the_folder_of_the_file(tmp_path: Path) -> None:
    settings = load_settings(write_settings(tmp_path))
    assert settings.keys == tmp_path / "keys"
    assert settings.database_url.endswith(f"{tmp_path}/data/index.sqlite")


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="skip_policy"):
        load_settings(write_settings(tmp_path, extra="skip_policy = true\n"))


@pytest.mark.parametrize(
    "line",
    [
        'accepted_key_origin = "dealt"',
        'checkpoint_file = "outside/checkpoint.json"',
        'host = "127.0.0.1"',
        'algorithms = ["PS256"]',
        'upkeep = "in-process"',
        'audience = "https://index.example"',
        'security_contact = "mailto:veilig@index.example"',
        "security_expires = 2027-06-30",
    ],
)
def test_what_is_unsafe_when_wrong_has_no_default(tmp_path: Path, line: str) -> None:
    with pytest.raises(SettingsRefused, match="Field required"):
        load_settings(_changed(tmp_path, line, ""))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("http://localhost:9000", "http://login.example"),
        ('["PS256"]', '["none"]'),
        ('["PS256"]', "[]"),
        ("sqlite+aiosqlite:///data/index.sqlite", "sqlite+aiosqlite:///:memory:"),
        ("sqlite+aiosqlite:///data/index.sqlite", "mysql://db/index"),
        (
            "sqlite+aiosqlite:///data/index.sqlite",
            "postgresql+asyncpg://web@db/index?ssl=prefer",
        ),
        ("sqlite+aiosqlite:///data/index.sqlite", "postgresql+asyncpg:///index"),
        ("mailto:veilig@index.example", "veilig@index.example"),
        ('"dealt"', '"either"'),
        ('"in-process"', '"separate"'),
    ],
)
def test_an_unsafe_value_is_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(SettingsRefused):
        load_settings(_changed(tmp_path, old, new))


def test_settings_do_not_change(tmp_path: Path) -> None:
    settings = load_settings(write_settings(tmp_path))
    with pytest.raises(ValidationError):
        setattr(settings, "port", 1)  # noqa: B010 - mypy knows that it is frozen


def test_a_password_is_neither_shown_nor_echoed(tmp_path: Path) -> None:
    assert "geheim" not in repr(load_settings(write_settings(tmp_path, POSTGRES)))
    with pytest.raises(SettingsRefused) as refused:
        load_settings(write_settings(tmp_path, "mysql://web:geheim@db/index"))
    assert "geheim" not in str(refused.value)


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNAL_INDEX_PORT", "9999")
    assert load_settings(write_settings(tmp_path)).port == 9999


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="cannot be read"):
        load_settings(tmp_path / "none.toml")


def _with_logins(folder: Path, logins: dict[str, str], url: str = POSTGRES) -> Path:
    lines = [f'{name} = "{login}"\n' for name, login in logins.items()]
    return write_settings(folder, url, "".join(lines))


def test_each_database_role_has_a_login_of_its_own(tmp_path: Path) -> None:
    settings = load_settings(_with_logins(tmp_path, LOGINS))
    assert settings.has_logins
    found = {role: url.username for role, url in list_logins(settings).items()}
    assert found == {
        DatabaseRole.WEB: "web",
        DatabaseRole.SEQUENCER: "sequencer",
        DatabaseRole.UPKEEP: "upkeep",
    }
    assert find_login(settings, DatabaseRole.OWNER) == LOGINS["admin_database_url"]


@pytest.mark.parametrize("missing", LOGINS)
def test_one_login_for_two_roles_is_refused_by_name(
    tmp_path: Path, missing: str
) -> None:
    others = {name: url for name, url in LOGINS.items() if name != missing}
    with pytest.raises(SettingsRefused, match=f"{missing}: .*of its own"):
        load_settings(_with_logins(tmp_path, others))
    for same in (POSTGRES, LOGINS[next(iter(others))]):
        with pytest.raises(SettingsRefused, match="needs a login"):
            load_settings(_with_logins(tmp_path, LOGINS | {missing: same}))
    for other in ("other/index", "db/other"):
        url = f"postgresql+asyncpg://x@{other}"
        with pytest.raises(SettingsRefused, match=f"{missing}: .*another database"):
            load_settings(_with_logins(tmp_path, LOGINS | {missing: url}))


def test_one_login_does_for_all_in_a_trial_alone(tmp_path: Path) -> None:
    """Each process that starts so says it; one with logins of its own does not."""
    said = io.StringIO()
    open_settings(_with_logins(tmp_path, LOGINS), EventLog(said))
    assert said.getvalue() == ""
    open_settings(write_settings(tmp_path, POSTGRES), EventLog(said))
    assert '"event": "one-login-for-all"' in said.getvalue()
    path = write_settings(tmp_path, POSTGRES)
    key = f'[[witnesses]]\nkey = "{KEYS[0]}"\nurl = "https://w.example"\n'
    real = path.read_text().replace('"dealt"', '"distributed"')
    path.write_text(real.replace(TRIAL, "witness_quorum = 1\n") + key)
    with pytest.raises(SettingsRefused, match="sequencer_database_url"):
        load_settings(path)


def test_sqlite_knows_no_logins(tmp_path: Path) -> None:
    sqlite = "sqlite+aiosqlite:///data/index.sqlite"
    with pytest.raises(SettingsRefused, match="sequencer_database_url: SQLite"):
        load_settings(_with_logins(tmp_path, LOGINS, sqlite))


def test_certificates_that_cannot_be_read_are_refused_by_name(tmp_path: Path) -> None:
    extra = 'database_authority = "absent.pem"\n'
    settings = load_settings(write_settings(tmp_path, POSTGRES, extra))
    with pytest.raises(SettingsRefused, match="database_authority"):
        open_database(settings, DatabaseRole.WEB)


def test_what_postgresql_keeps_of_a_password_is_that_of_rfc_7677() -> None:
    """The proof and the answer of the example in its section 3."""
    salt = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    verifier = encode_verifier(b"pencil", salt)
    stored, _, server = verifier.rpartition("$")[2].partition(":")
    nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    said = (
        f"n=user,r=rOprNGfwEbeRWgbNEkqO,r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
        f"c=biws,r={nonce}"
    ).encode()
    proof = b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    mask = hmac.digest(b64decode(stored), said, "sha256")
    client = bytes(one ^ other for one, other in zip(proof, mask, strict=True))
    assert hashlib.sha256(client).digest() == b64decode(stored)
    answer = hmac.digest(b64decode(server), said, "sha256")
    assert b64encode(answer) == b"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def test_a_password_with_other_letters_is_refused_and_not_echoed() -> None:
    with pytest.raises(SettingsRefused) as refused:
        derive_verifier("geheim-wachtwoørd")
    assert "geheim" not in str(refused.value)


TRIAL = "unwitnessed_until = 2099-12-31\n"
KEYS = [
    WitnessKey(f"w{number}.example", bytes([number]) * 32).encode() for number in (1, 2)
]


def _witnessed(folder: Path, *keys: str, quorum: str = "", trial: str = "") -> Path:
    path = _changed(folder, TRIAL, trial + quorum)
    tables = [f'[[witnesses]]\nkey = "{k}"\nurl = "https://w.example"\n' for k in keys]
    path.write_text(path.read_text() + "\n" + "\n".join(tables))
    return path


def test_who_must_cosign_is_read(tmp_path: Path) -> None:
    settings = load_settings(_witnessed(tmp_path, *KEYS, quorum="witness_quorum = 2\n"))
    assert [one.key for one in settings.witnesses] == KEYS
    assert settings.witness_quorum == 2
    assert settings.unwitnessed_until is None


@pytest.mark.parametrize(
    ("keys", "quorum", "trial"),
    [
        ([], "", ""),
        ([], "witnesses = []\n", ""),
        ([], "witness_quorum = 1\n", ""),
        (KEYS, "", ""),
        (KEYS, "witness_quorum = 0\n", ""),
        (KEYS, "witness_quorum = 3\n", ""),
        ([KEYS[0], KEYS[0]], "witness_quorum = 1\n", ""),
        (["not a key"], "witness_quorum = 1\n", ""),
        (KEYS, "witness_quorum = 1\n", TRIAL),
        ([], "witness_quorum = 1\n", TRIAL),
    ],
)
def test_a_ledger_without_witnesses_is_refused(
    tmp_path: Path, keys: list[str], quorum: str, trial: str
) -> None:
    with pytest.raises(SettingsRefused, match="witness"):
        load_settings(_witnessed(tmp_path, *keys, quorum=quorum, trial=trial))
