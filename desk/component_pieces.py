"""Hand the web component its markup and texts: the very pieces of the desk's pages.

The build of the npm package runs `python -m desk.component_pieces` and reads one JSON
object. So a card, an error and their words stand in one place, also for other systems.
"""

import json
import sys
from typing import Any

from desk.templating import TEMPLATES
from desk.texts import load_texts


def render_pieces(language: str) -> dict[str, Any]:
    """Give the component's templates and the texts its script shows.

    The templates get texts and nothing else: a piece that wants settings or a person
    cannot stand outside the desk, and fails here.
    """
    texts = load_texts(language)
    markup = TEMPLATES.get_template("component.html").render(t=texts.get)
    return {"markup": markup, "texts": texts.for_browser}


if __name__ == "__main__":
    json.dump(render_pieces("nl"), sys.stdout)
