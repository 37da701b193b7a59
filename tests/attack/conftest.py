"""What attacks on successions begin with: holders that made a key and go on."""

from pathlib import Path

import pytest

from tests.ceremony_builders import Call
from tests.rotation_builders import Index
from tests.succession_builders import go_on, make_first


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Holders that have made a key, and may make no more of it."""
    return make_first(tmp_path_factory.mktemp("first"))


@pytest.fixture
def call(first: Call, tmp_path: Path) -> Call:
    """The same holders, for one test to go on with."""
    return go_on(first, tmp_path)


@pytest.fixture
def index() -> Index:
    """The index of these holders."""
    return Index()


@pytest.fixture
def asked_rotation(call: Call, index: Index) -> None:
    """Have them open a rotation that the index asked for."""
    index.begin(call)
