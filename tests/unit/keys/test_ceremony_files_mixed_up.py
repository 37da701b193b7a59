"""Whoever gives a file of another step is told which one it is."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from keys.ceremony.documents import (
    CertificateFile,
    CommitFile,
    MessageFile,
    PlanFile,
    RecordFile,
    parse_file,
)
from keys.ceremony.errors import CeremonyMalformed
from tests.ceremony_builders import Call


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    call = Call(tmp_path_factory.mktemp("call"), holders=2)
    call.all(call.commit, call.share, call.accept, call.finish)
    written = {path.name: path.read_bytes() for path in call.folders[1].iterdir()}
    return written | call.table


@pytest.mark.parametrize(
    ("model", "given", "said"),
    [
        (CommitFile, "message-1.json", "a message; a commit belongs here"),
        (MessageFile, "commit-1.json", "a commit; a message belongs here"),
        (CertificateFile, "message-2.json", "a message; a certificate belongs here"),
        (PlanFile, "card.json", "a card; a ceremony.json belongs here"),
        (RecordFile, "key-config.json", "a key config; a record belongs here"),
    ],
)
def test_a_file_of_another_step_is_named(
    files: dict[str, bytes], model: type[BaseModel], given: str, said: str
) -> None:
    with pytest.raises(CeremonyMalformed, match=f"^{Path(given)}: this is {said}$"):
        parse_file(model, files[given], given)
