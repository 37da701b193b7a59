"""What a fake index answers is read into the model of its route before it leaves.

A fake that drifts from the wire fails, in the test that uses it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import BaseModel

from signal_index.api.subjects import SUBJECTS


@cache
def _models() -> list[tuple[str, re.Pattern[str], type[BaseModel]]]:
    return [
        (
            named.method,
            re.compile("/v1" + re.sub(r"\{\w+(:path)?\}", "[^/]+", named.path)),
            named.model,
        )
        for subject in SUBJECTS
        for named in subject.named
        if isinstance(named.model, type) and issubclass(named.model, BaseModel)
    ]


def on_the_wire(method: str, path: str, answer: Any) -> Any:  # noqa: ANN401 - JSON
    """Read an answer into its route's model and write it again as JSON."""
    for known, pattern, model in _models():
        if known == method and pattern.fullmatch(path):
            read = model.model_validate(answer)
            return read.model_dump(mode="json")
    return answer
