"""What a page says above its work has one shape, written once."""

from pathlib import Path

import pytest

from desk import pages
from desk.assets import STATIC, load_assets


def test_no_template_draws_an_alert_by_itself() -> None:
    templates = Path(pages.__file__).parent / "templates"
    draws = [
        one.name
        for one in templates.rglob("*.html")
        if "utrecht-alert__" in one.read_text(encoding="utf-8")
    ]
    assert draws == ["alert.html"]


@pytest.mark.parametrize("kind", ["error", "info", "ok", "warning"])
def test_the_style_sheet_tells_each_kind_of_alert_apart(kind: str) -> None:
    style = load_assets()["style"].path.removeprefix("/static/")
    sheet = (STATIC / style).read_text(encoding="utf-8")
    drawn = pages.TEMPLATES.get_template("alert.html").module.alert(kind, "x")  # type: ignore[attr-defined]
    assert f'"utrecht-alert utrecht-alert--{kind} ' in drawn
    assert f".utrecht-alert--{kind}" in sheet
