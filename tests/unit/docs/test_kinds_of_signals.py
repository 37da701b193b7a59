"""The page of kinds of signals says what the catalogue says."""

from pathlib import Path

from policy.catalogue import load_catalogue

PAGE = Path(__file__).parents[3] / "docs" / "kinds-of-signals.md"


def test_the_table_is_the_catalogue() -> None:
    catalogue = load_catalogue()
    lines = []
    for row in catalogue.categories.values():
        law = row.recorded_under
        under = f"{law.statute}, {law.article}" if law else "-"
        kinds = ", ".join(catalogue.source_kinds[each] for each in row.publishers)
        state = "open" if row.active else "closed"
        lines.append(f"| {row.label} | `{row.id}` | {kinds} | {under} | {state} |")
    shown = PAGE.read_text("utf-8").splitlines()
    assert [line for line in shown if "` | " in line] == lines
