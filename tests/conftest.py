"""Fixtures that every folder of tests shares."""

from pathlib import Path

import pytest
from hypothesis import settings

CONFORMANCE = Path(__file__).parents[2] / "shared" / "conformance"

settings.register_profile("default", deadline=None)
settings.load_profile("default")


@pytest.fixture
def anyio_backend() -> str:
    """Everything runs on asyncio; no other loop is supported."""
    return "asyncio"


@pytest.fixture(scope="session")
def conformance() -> Path:
    """Give the folder of published vectors, or skip by name where it is absent."""
    if not CONFORMANCE.is_dir():
        pytest.skip(f"published vectors are not here: {CONFORMANCE.name}")
    return CONFORMANCE
