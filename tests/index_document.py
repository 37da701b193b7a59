"""The index's own OpenAPI document, for what holds an answer against it.

It is made when a test first asks: making it takes a second, and whoever collects tests
would do so for those that are not run.
"""

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from signal_index.api.subjects import openapi_text


@cache
def read_document() -> dict[str, Any]:
    """Give the document; nobody changes it."""
    document: dict[str, Any] = json.loads(openapi_text())
    return document


@cache
def schema_of(name: str) -> Draft202012Validator:
    """Give what checks a value against a schema of the document."""
    whole = {"components": read_document()["components"]}
    return Draft202012Validator({**whole, "$ref": f"#/components/schemas/{name}"})


def demand(name: str, value: object) -> None:
    """Fail where a value is not as the document says."""
    schema_of(name).validate(value)
