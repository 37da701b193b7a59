"""What stands in the record of a ceremony, or does not, is taken as it stands."""

import json
from pathlib import Path

import pytest

from keys.base64url import decode_b64u
from keys.ceremony.conclusion import verify_record
from keys.ceremony.digits import verify_digits
from keys.ceremony.documents import (
    Commit,
    RecordFile,
    parse_file,
    read_file,
)
from keys.ceremony.errors import (
    CeremonyForged,
    CeremonyIncomplete,
    CeremonyMalformed,
    CeremonyMixed,
    DigitsMismatch,
)
from keys.ceremony.signing import open_statement
from keys.jose import sign_compact
from tests.ceremony_builders import Call, read_config_key

CHEATER = 2


RECEIVER = 1


@pytest.fixture
def call(tmp_path: Path) -> Call:
    return Call(tmp_path)


def _leave_out(call: Call, *path: str) -> bytes:
    record = json.loads((call.folders[1] / "record.json").read_bytes())
    inner = record
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return json.dumps(record, separators=(",", ":")).encode()


def test_what_a_record_does_not_say_is_not_filled_in(call: Call) -> None:
    """A record of another kind, or of a later epoch, would pass for this one."""
    call.all(call.commit, call.share, call.accept, call.finish)
    whole = (call.folders[1] / "record.json").read_bytes()
    parse_file(RecordFile, whole, "record.json")
    left_out = [
        _leave_out(call, *path)
        for path in (
            ("format",),
            ("ceremony", "format"),
            ("ceremony", "kind"),
            ("ceremony", "draft", "serial"),
            ("ceremony", "draft", "keyVersion"),
            ("ceremony", "draft", "epoch"),
        )
    ]
    said_twice = b'{"format":"another",' + whole[1:]
    for changed in (*left_out, said_twice):
        with pytest.raises(CeremonyMalformed, match="writes it"):
            parse_file(RecordFile, changed, "record.json")


def test_a_holder_stands_in_a_record_once(call: Call) -> None:
    call.all(call.commit, call.share, call.accept, call.finish)
    record = read_file(RecordFile, call.folders[1] / "record.json")
    twice = {
        "certificates": (*record.certificates, record.certificates[0]),
        "commits": (*record.commits, record.commits[0]),
    }
    for name, value in twice.items():
        with pytest.raises(CeremonyMixed, match="twice"):
            verify_record(record.model_copy(update={name: value}))


def test_digits_that_are_none_are_the_wrong_ones() -> None:
    for typed in ("\udcff\udcfe", "١٢٣", ""):
        with pytest.raises(DigitsMismatch):
            verify_digits(typed, b"transcript")


def test_anybody_checks_a_record_and_no_change_goes_unseen(call: Call) -> None:
    call.all(call.commit, call.share, call.accept, call.finish)
    folder = call.folders[3]
    record = read_file(RecordFile, folder / "record.json")
    _, document = verify_record(record)
    assert document == (folder / "key-config.json").read_bytes()
    swapped = tuple(reversed(record.messages))
    for changed in (
        {"messages": swapped},
        {"messages": record.messages[:2]},
        {"commits": record.commits[:2]},
        {"certificates": record.certificates[:2]},
        {"certificates": tuple(reversed(record.certificates[:2]))},
    ):
        with pytest.raises((CeremonyMixed, CeremonyIncomplete)):
            verify_record(record.model_copy(update=changed))
    other = record.certificates[0].model_copy(
        update={"certificate": record.certificates[1].certificate}
    )
    with pytest.raises(CeremonyForged, match="certificate 1"):
        verify_record(
            record.model_copy(
                update={"certificates": (other, *record.certificates[1:])}
            )
        )
    unsigned = record.certificates[0].model_copy(
        update={"config": record.certificates[1].config}
    )
    with pytest.raises(CeremonyForged):
        verify_record(
            record.model_copy(
                update={"certificates": (unsigned, *record.certificates[1:])}
            )
        )


def test_a_statement_of_one_kind_is_none_of_another(call: Call) -> None:
    call.all(call.commit)
    token = json.loads(call.table["commit-2.json"])["commit"]
    key = read_config_key(call.folders[CHEATER])
    claims = json.loads(decode_b64u(token.split(".")[1]))
    as_message = sign_compact(key, "signal-ceremony-message+json", claims)
    with pytest.raises(CeremonyForged):
        open_statement(Commit, call.plan, as_message, "commit-2.json")
