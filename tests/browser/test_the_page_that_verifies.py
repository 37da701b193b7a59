"""The page that an outsider opens from a folder, with no network at all.

It says of every file of the corpus what `signal-verify` says of it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import portal
from signal_index.verify.command import run
from tests.browser.screen import assert_open_to_all
from tests.proof_corpus import HOLDS, UNJUDGED, Case, Corpus, make_corpus, pack

FILE = Path(portal.__file__).parent / "static" / "nakijken.html"
LARGEST = 20_000
SAID = ["KLOPT It holds", "KLOPT NIET It does not hold"]
SAID += ["NIET TE BEOORDELEN Cannot be judged"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return make_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_offline(offline=True)
    opened = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text))
    opened.goto(FILE.as_uri())
    yield opened
    assert asked == [FILE.as_uri()]
    assert faults == []
    context.close()


def check(page: Page, case: Case) -> None:
    page.set_input_files("#files", [str(one) for one in case.files])
    page.fill("#keys", case.believed)
    page.fill("#number", case.number)
    page.fill("#code", case.code)
    page.evaluate("document.getElementById('said').replaceChildren()")
    page.get_by_role("button", name="Kijk na").click()
    expect(page.locator("#said h2")).to_be_visible(timeout=20_000)


def told(page: Page) -> int:
    return SAID.index(page.locator("#said h2").inner_text().replace("\n", " "))


def test_page_and_command_say_the_same_of_every_file(
    page: Page, corpus: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    for case in corpus.cases:
        check(page, case)
        said = page.locator("#said").inner_text()
        assert told(page) == case.verdict, (case.name, said)
        assert page.locator("#said i[lang=en]").count() >= 2, case.name
        if case.person is None:
            options = [str(one) for one in case.options]
            assert run(options) == case.verdict, (case.name, capsys.readouterr())


def test_it_says_what_it_did_not_look_at(page: Page, corpus: Corpus) -> None:
    check(page, corpus.get("without a witness"))
    said = page.locator("#said")
    expect(said).to_contain_text("niet nagekeken: of anderen hetzelfde zien")
    expect(said).to_contain_text("not checked: whether the entries are about you")
    expect(said).to_contain_text("not checked: whether entries are missing")
    check(page, corpus.get("about this person"))
    expect(said).to_contain_text("genoeg getuigen zagen het")
    expect(said).to_contain_text("over u: 3; onbekend: 0")
    expect(said).to_contain_text("2026-11-22T12:00Z lookup")


def test_keys_of_the_file_itself_are_never_enough(page: Page, corpus: Corpus) -> None:
    check(page, corpus.get("keys of its own only"))
    assert told(page) == UNJUDGED
    expect(page.locator("#said")).to_contain_text("dat bewijst niet wie het maakte")


def test_what_a_file_says_is_text_and_never_markup(
    page: Page, corpus: Corpus, tmp_path: Path
) -> None:
    case = corpus.get("one proof by itself")
    name = "<img src=x onerror=document.title=1>|<script>document.title=2.tlog-proof"
    packed = tmp_path / "given.zip"
    packed.write_bytes(pack([(name, case.place.read_text("utf-8"))]))
    check(page, replace(case, place=packed))
    assert told(page) == HOLDS
    assert page.locator("#said img, #said script").count() == 0
    assert page.title() == "Bewijs nakijken / Check a proof"


def test_a_policy_may_be_chosen_beside_the_proofs(page: Page, corpus: Corpus) -> None:
    case = corpus.get("a zip that is true")
    assert case.policy is not None
    chosen = replace(case, person=case.policy, policy=None)
    check(page, chosen)
    assert told(page) == HOLDS


def test_a_browser_that_cannot_check_says_so(chromium: Browser, corpus: Corpus) -> None:
    context = chromium.new_context(offline=True)
    context.add_init_script("crypto.subtle.importKey = async () => { throw Error(); }")
    old = context.new_page()
    old.goto(FILE.as_uri())
    check(old, corpus.get("a zip that is true"))
    assert told(old) == UNJUDGED
    expect(old.locator("#said")).to_contain_text("deze browser is te oud")
    context.close()


def test_without_javascript_it_says_that_nothing_was_checked(chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, offline=True)
    plain = context.new_page()
    plain.goto(FILE.as_uri())
    expect(plain.get_by_text("Nog niets nagekeken")).to_be_visible()
    context.close()


def test_it_has_no_barrier_and_works_by_keyboard(page: Page, corpus: Corpus) -> None:
    case = corpus.get("a zip that is true")
    assert_open_to_all(page)
    page.set_input_files("#files", [str(case.place)])
    page.locator("body").press("Tab")
    expect(page.locator("#files")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.insert_text(case.believed)
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_be_focused()
    assert told(page) == HOLDS
    assert_open_to_all(page)
    page.emulate_media(media="print")
    expect(page.locator("#said")).to_be_visible()
    expect(page.locator("form")).to_be_hidden()


def test_it_is_small_runs_only_its_own_script_and_asks_nobody() -> None:
    text = FILE.read_text("utf-8")
    assert len(text.encode()) < LARGEST
    found = re.search(r'Content-Security-Policy content="([^"]+)"', text)
    assert found is not None
    rules = dict(one.strip().split(" ", 1) for one in found[1].split(";"))
    assert rules.pop("default-src") == "'none'"
    for tag in ("script", "style"):
        (body,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = b64encode(sha256(body.encode()).digest()).decode()
        assert rules.pop(f"{tag}-src") == f"'sha256-{digest}'", "the policy is stale"
    assert rules == {"base-uri": "'none'", "form-action": "'none'"}
    assert not re.search(r"https?://|fetch\(|XMLHttpRequest|import\(|\bsrc=", text)
