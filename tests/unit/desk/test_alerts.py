"""What a page says above its work has one shape, written once."""

from pathlib import Path

from desk import pages


def test_no_template_draws_an_alert_by_itself() -> None:
    templates = Path(pages.__file__).parent / "templates"
    draws = [
        one.name
        for one in templates.rglob("*.html")
        if "utrecht-alert__" in one.read_text(encoding="utf-8")
    ]
    assert draws == ["alert.html"]
