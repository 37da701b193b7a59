"""On paper the cases of one succession are read, which are folded on the screen."""

from pathlib import Path

from playwright.sync_api import Browser

STYLES = Path("desk/static/built")
NOTICE = """<body class="desk"><table class="desk-table"><tr><th scope="row">
<details class="desk-sources"><summary>27 zaken</summary>{cases}</details></th></tr>
</table></body>"""
SHOWN = """cases => cases.filter(
  one => one.checkVisibility() && one.getBoundingClientRect().height > 0).length"""


def test_the_cases_of_a_succession_are_printed_open(chromium: Browser) -> None:
    """As `notices.html` writes them; the style is the one that the desk serves."""
    template = Path("desk/templates/agency/notices.html").read_text("utf-8")
    assert '<details class="desk-sources"><summary>' in template
    page = chromium.new_page()
    try:
        cases = "".join(f"<span>Z-{n}</span><br>" for n in range(27))
        page.set_content(NOTICE.replace("{cases}", cases))
        # Of what was built before, a working copy may hold more than the newest.
        style = max(STYLES.glob("style-*.css"), key=lambda one: one.stat().st_mtime)
        page.add_style_tag(content=style.read_text("utf-8"))
        folded = page.locator("details span")
        assert folded.evaluate_all(SHOWN) == 0
        page.emulate_media(media="print")
        assert folded.evaluate_all(SHOWN) == 27
    finally:
        page.close()
