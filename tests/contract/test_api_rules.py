"""Each rule for our OpenAPI documents finds what it is for; a good document passes."""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

COMMAND = Path(__file__).parents[2] / "deploy" / "api-rules"
Document = dict[str, Any]

PROBLEM = {
    "type": "object",
    "properties": {
        name: {"type": "string"} for name in ("type", "title", "status", "detail")
    },
    "required": ["type", "title", "status", "detail"],
}
VERSION = {"API-Version": {"schema": {"type": "string"}}}
REFUSED = {
    "description": "Niet gelukt.",
    "headers": VERSION,
    "content": {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    },
}


def _good() -> Document:
    answer = {
        "description": "Gelukt.",
        "headers": VERSION,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/OneThing"}}
        },
    }
    operation = {
        "operationId": "readThing",
        "tags": ["things"],
        "security": [{"oidc": ["lookup"]}],
        "parameters": [
            {
                "name": "thing_id",
                "in": "path",
                "required": True,
                "schema": {"type": "string"},
            },
            {"name": "howMany", "in": "query", "schema": {"type": "integer"}},
        ],
        "responses": {
            "200": answer,
            **dict.fromkeys(("400", "401", "403", "404"), REFUSED),
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dingen",
            "version": "1.0.0",
            "contact": {"name": "n", "url": "https://a.example", "email": "a@b.nl"},
        },
        "servers": [{"url": "/v1"}],
        "tags": [{"name": "things"}],
        "paths": {"/some-things/{thing_id}": {"get": operation}},
        "components": {
            "securitySchemes": {
                "oidc": {
                    "type": "openIdConnect",
                    "openIdConnectUrl": "https://login.example/.well-known",
                }
            },
            "schemas": {
                "Problem": PROBLEM,
                "OneThing": {
                    "type": "object",
                    "properties": {
                        "startDate": {"type": "string", "format": "date"},
                        "at": {"type": "string", "format": "date-time"},
                    },
                },
            },
        },
    }


def _get(document: Document) -> Document:
    operation: Document = document["paths"]["/some-things/{thing_id}"]["get"]
    return operation


def _thing(document: Document) -> Document:
    schema: Document = document["components"]["schemas"]["OneThing"]
    return schema


def _move(document: Document, path: str) -> None:
    paths = document["paths"]
    paths[path] = paths.pop("/some-things/{thing_id}")


def _post_without_400(document: Document) -> None:
    item = document["paths"]["/some-things/{thing_id}"]
    item["post"] = {**copy.deepcopy(item["get"]), "operationId": "makeThing"}
    del item["post"]["responses"]["400"]


BREAKS: Mapping[str, Callable[[Document], object]] = {
    "oas3-schema": lambda d: d["info"].pop("title"),
    "oas3-api-servers": lambda d: d.pop("servers"),
    "oas3-valid-schema-example": lambda d: _thing(d)["properties"]["at"].update(
        example=1
    ),
    "operation-operationId": lambda d: _get(d).pop("operationId"),
    "operation-tag-defined": lambda d: _get(d).update(tags=["others"]),
    "openapi-tags-uniqueness": lambda d: d["tags"].append({"name": "things"}),
    "path-params": lambda d: _get(d)["parameters"].pop(0),
    "contact-is-whole": lambda d: d["info"]["contact"].pop("email"),
    "version-has-three-numbers": lambda d: d["info"].update(version="1.0"),
    "server-ends-in-its-major-version": lambda d: d["servers"].append({"url": "/api"}),
    "path-is-kebab-case": lambda d: _move(d, "/some_things/{thing_id}"),
    "method-is-a-standard-one": lambda d: d["paths"]["/some-things/{thing_id}"].update(
        trace={}
    ),
    "query-key-is-camel-case": lambda d: _get(d)["parameters"][1].update(
        name="how_many"
    ),
    "member-is-camel-case": lambda d: _thing(d)["properties"].update(
        start_day={"type": "string"}
    ),
    "schema-name-is-upper-camel-case": lambda d: d["components"]["schemas"].update(
        {"Thing-Input": {"type": "object"}}
    ),
    "error-is-problem-details": lambda d: _get(d)["responses"].update(
        {"404": {**REFUSED, "content": {"application/json": {}}}}
    ),
    "problem-says-what-and-what-to-do": lambda d: d["components"]["schemas"].update(
        Problem={**PROBLEM, "required": ["type", "title", "status"]}
    ),
    "bad-input-is-400": lambda d: _get(d)["responses"].pop("400"),
    "every-status-is-named": lambda d: _get(d)["responses"].update(default=REFUSED),
    "bad-input-is-not-422": lambda d: _get(d)["responses"].update({"422": REFUSED}),
    "who-may-call-is-401-and-403": lambda d: _get(d)["responses"].pop("403"),
    "who-may-call-is-said": lambda d: _get(d).pop("security"),
    "answer-has-its-version": lambda d: _get(d)["responses"].update(
        {"404": {**REFUSED, "headers": {}}}
    ),
    "time-has-a-known-form": lambda d: _thing(d)["properties"]["at"].update(
        format="time"
    ),
    "day-has-the-form-of-a-day": lambda d: _thing(d)["properties"]["startDate"].update(
        format="date-time"
    ),
}
MORE: Mapping[str, tuple[str, Callable[[Document], object]]] = {
    "post": ("bad-input-is-400", _post_without_400),
    "slash": ("path-is-kebab-case", lambda d: _move(d, "/some-things/{thing_id}/")),
    "http": (
        "server-ends-in-its-major-version",
        lambda d: d["servers"].append({"url": "http://a.example/v1"}),
    ),
}


def test_each_rule_finds_what_breaks_it_and_a_good_document_passes(
    tmp_path: Path,
) -> None:
    """One run over a good document and one broken copy for each rule."""
    rows = {**{rule: (rule, change) for rule, change in BREAKS.items()}, **MORE}
    for name, (_, change) in rows.items():
        document = copy.deepcopy(_good())
        change(document)
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    (tmp_path / "good.json").write_text(json.dumps(_good()))
    found: dict[str, set[str]] = {name: set() for name in (*rows, "good")}
    for one in _lint([tmp_path / f"{name}.json" for name in found]):
        found[Path(one["source"]).stem].add(one["code"])
    assert found.pop("good") == set()
    assert {
        name for name, (rule, _) in rows.items() if rule not in found[name]
    } == set()


def test_every_rule_of_ours_has_a_document_that_breaks_it() -> None:
    lines = (COMMAND.parent / "openapi" / "rules.yaml").read_text().splitlines()
    own = {
        line.strip().removesuffix(":")
        for line in lines
        if line.startswith("  ") and line[2] != " " and line.endswith(":")
    }
    assert own - set(BREAKS) == set()


def _lint(files: list[Path]) -> list[dict[str, Any]]:
    done = subprocess.run(  # noqa: S603 - our own command
        [COMMAND, *files, "--format", "json", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
