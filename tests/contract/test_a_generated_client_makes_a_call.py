"""A vendor's client, generated from our documents, and a real call with it.

`openapi-python-client` stands for any generator: what it cannot read of a document, it
says, and that fails here.
"""

from __future__ import annotations

import importlib
import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.documents import DOCUMENTS
from tests.builders import a_delivery
from tests.holders_builders import a_bsn
from tests.world import World

pytestmark = pytest.mark.anyio

PACKAGE = "generated_signal_index"
SIGNED = ("application/jose", "application/jose+json")
CONFIG = {
    "package_name_override": PACKAGE,
    "content_type_overrides": dict.fromkeys(SIGNED, "text/plain"),
    "post_hooks": [],
}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the client of the index is a package."""
    folder = tmp_path_factory.mktemp("client")
    generate("index.json", folder)
    return folder


def generate(name: str, folder: Path) -> Path:
    """Generate the client of one document; whatever it warns of is a failure."""
    document, config = folder / name, folder / "config.json"
    document.write_bytes(DOCUMENTS[name]())
    config.write_text(json.dumps(CONFIG))
    made = folder / PACKAGE
    done = subprocess.run(  # noqa: S603 - our own command
        [  # noqa: S607 - of this environment
            "openapi-python-client",
            "generate",
            "--fail-on-warning",
            "--meta=none",
            f"--path={document}",
            f"--config={config}",
            f"--output-path={made}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def functions_of(package: Path) -> set[str]:
    return {
        file.stem
        for file in (package / "api").rglob("*.py")
        if file.name != "__init__.py"
    }


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_generator_reads_every_operation_of_each_document(
    name: str, tmp_path: Path
) -> None:
    paths = json.loads(DOCUMENTS[name]())["paths"]
    operations = [one for item in paths.values() for one in item.values()]
    assert len(functions_of(generate(name, tmp_path))) == len(operations)


async def test_a_generated_client_looks_a_citizen_up_and_reads_a_refusal(
    world: World, generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(generated))
    client, models = _import("client"), _import("models")
    look_up = _import("api.bevragen.look_up")
    await world.publish(world.debt_help, [a_bsn(1)])
    async with client.AuthenticatedClient(
        base_url="http://index.test/v1",
        token=world.a_token(),
        httpx_args={"transport": httpx.ASGITransport(world.app)},
    ) as caller:
        asked = models.Lookup.from_dict(await world.ask([a_bsn(1)]))
        answer = await look_up.asyncio(client=caller, body=asked)
        other = models.Lookup.from_dict(
            await world.ask([a_bsn(1)], purpose="jeugdhulp-toegang")
        )
        refused = await look_up.asyncio(client=caller, body=other)
    ((flag,),) = [part.flags for part in answer.answers]
    assert flag.category == world.debt_help.category
    assert flag.contact_holder.function == "Consulent"
    assert isinstance(refused, models.Problem)
    assert (refused.status, bool(refused.grounds)) == (403, True)


async def test_a_generated_client_closes_a_delivery(
    world: World, generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(generated))
    client, models = _import("client"), _import("models")
    close = _import("api.aanleveren.close_own_delivery")
    async with client.AuthenticatedClient(
        base_url="http://index.test/v1",
        token=world.a_source_token(world.debt_help),
        httpx_args={"transport": httpx.ASGITransport(world.app)},
    ) as caller:
        said = models.Delivery.from_dict(a_delivery().model_dump(mode="json"))
        closed = await close.asyncio_detailed(client=caller, body=said)
    assert (closed.status_code, closed.parsed.delivery) == (201, said.delivery)


def _import(name: str) -> Any:  # noqa: ANN401 - generated code
    return importlib.import_module(f"{PACKAGE}.{name}")
