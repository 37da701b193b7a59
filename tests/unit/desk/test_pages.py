"""Pages: headers, texts, escaping, and what a person without a purpose sees."""

import re
from pathlib import Path
from typing import get_args

import pytest

import desk.errors
from desk.errors import DeskError
from desk.problems import PROBLEMS
from desk.texts import load_texts
from policy.vocabulary import Role
from signal_index.ledger import KeyStep
from signal_index.wire.matches import MatchAct
from tests.desk_builders import INDEX, Browser, Town, log_in

FOLDER = Path(desk.errors.__file__).parent
CALL_BACK = """
[call_back]
function = "Bureaudienst"
phone = "+31182555200"
"""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
PUT_TOGETHER = (
    *(
        "problem.",
        "home.",
        "outcome.",
        "logged-out.",
        "session-ended.",
        "session-replaced.",
    ),
    *("own-lookups.outcome.", "own-lookups.contact.", "own-lookups.answer."),
    *("own-lookups.proof.", "handing.done.", "handing.fault."),
    *("notices.was.", "notices.settled.", "involved.given-already."),
    *("screen.involved-missing-", "screen.bsn-", "screen.day-", "ledger.", "key-ends."),
    *("screen.whose-", "screen.register-"),
    *("search.", "kind.", "role.", "said.", "user."),
    *("keys.kind.", "keys.column.", "keys.rotation."),
    *("reviews.", "review.", "watch.", "completeness."),
    *(
        "deliveries.",
        "finding.",
        "passed.",
        "rehearsal.",
        "reject.",
        "signals.reason.",
        "signals.state.",
        "contact.",
        "notices.kind.",
    ),
    *("matches.act.", "matches.done.", "matches.fault.", "matches.section."),
    "matches.stage.",
    *("overview.", "reports.", "approval-title-"),
    *("follows.done.", "follows.fault."),
    *("involved.done.", "involved.fault."),
    *("policy.", "approvals.", "transfers."),
    *("corrections.kind.", "embargoes.state.", "citizen-paper."),
    *("disputes.", "about.figure."),
)
PACKAGES = ("officer", "involved", "following")
pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/", "/lookup", "/own-lookups", "/nowhere", "/login"])
async def test_every_answer_carries_the_policy_and_is_not_kept(
    browser: Browser, path: str
) -> None:
    answer = await browser.get(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_only_the_page_with_a_form_may_send_one(browser: Browser) -> None:
    await log_in(browser)
    page = await browser.get("/logout")
    assert (
        "form-action 'self' http://localhost:9100;"
        in (page.headers["content-security-policy"])
    )


async def test_the_number_has_no_name_and_no_form(browser: Browser) -> None:
    page = await log_in(browser)
    assert "<form" not in page.text
    [field] = re.findall(r'<input[^>]*inputmode="numeric"[^>]*>', page.text)
    assert "name=" not in field


async def test_each_purpose_says_what_it_shows(browser: Browser) -> None:
    page = await log_in(browser)
    assert page.text.count("U ziet of er contact is") >= 2


async def test_each_purpose_says_of_what_nobody_tells_before_it_is_asked(
    town: Town, browser: Browser
) -> None:
    kinds = [("wmo", False), ("bijstand", True), ("wonen", False)]
    wmo, *others = town.index.catalogue["purposes"]
    told = [
        {"id": kind, "label": kind, "short": kind, "told": told}
        | {"lifeDomains": [], "coordinates": False, "stopped": False}
        for kind, told in kinds
    ]
    purposes = [wmo | {"categories": told}, *others]
    town.index.catalogue = town.index.catalogue | {"purposes": purposes}
    page = await log_in(browser)
    assert page.text.count("Maar over wmo en wonen weten wij niets") == 1
    assert page.text.count("Maar over ") == 1


def test_a_row_claims_no_more_than_the_detail_under_it() -> None:
    messages = load_texts("nl").messages
    for name in ("screen.lead-none", "screen.coordinator-none"):
        assert "gemeld" in messages[name]
    for name in ("screen.count-none", "answer.none"):
        assert messages[name] == "Geen vlaggetjes bij dit doel"


@pytest.mark.parametrize("promise", ["lookup.kept", "answer.links"])
def test_what_says_that_an_answer_stays_says_what_loses_it(promise: str) -> None:
    assert "ververst" in load_texts("nl").messages[promise].lower()


@pytest.mark.parametrize("role", Role)
def test_each_role_that_there_is_has_a_word(role: Role) -> None:
    assert load_texts("nl").has(f"role.{role}")


async def test_the_page_between_login_and_work_has_no_menu_that_could_move(
    browser: Browser,
) -> None:
    await log_in(browser)
    page = (await browser.get("/arrived")).text
    assert "U bent ingelogd" in page
    assert "desk-nav" not in page


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("", "Zonder nummer: vraag het in uw organisatie."),
        (CALL_BACK, "Te bereiken via Bureaudienst:</span> "),
    ],
)
async def test_a_colleague_is_named_with_a_way_to_reach_them_or_without_one(
    town: Town, setting: str, says: str
) -> None:
    settings = town.folder / "desk.toml"
    settings.write_text(settings.read_text() + setting)
    async with town.serve() as desk, town.browser(desk) as browser:
        page = (await log_in(browser)).text
    colleague = page.split('<template id="colleague">')[1].split("</template>")[0]
    assert says in colleague
    assert ('href="tel:+31182555200"' in colleague) is bool(setting)


@pytest.mark.parametrize("count", [0, 3])
async def test_who_is_still_to_be_called_today_is_one_press_away(
    town: Town, browser: Browser, count: int
) -> None:
    town.index.catalogue = town.index.catalogue | {"openCalls": count}
    page = (await log_in(browser)).text
    line = page.split('id="open-calls"')[1].split("</p>")[0]
    assert (" hidden>" in line) is (count == 0)
    assert f"<strong data-count>{count}</strong>" in line
    assert 'href="/own-lookups"' in line


async def test_someone_without_a_purpose_hears_whom_to_ask(
    town: Town, browser: Browser
) -> None:
    town.index.catalogue = town.index.catalogue | {"purposes": []}
    page = await log_in(browser)
    assert "nog geen doel" in page.text


async def test_names_are_escaped(town: Town, browser: Browser) -> None:
    town.provider.person["name"] = "<script>alert(1)</script>"
    page = await log_in(browser)
    assert "<script>alert(1)" not in page.text


async def test_an_index_that_is_down_gets_a_calm_page_with_a_reference(
    town: Town, browser: Browser
) -> None:
    town.down.add(INDEX)
    page = await log_in(browser)
    assert page.status_code == 502
    assert "De signaalindex antwoordt niet" in page.text
    assert re.search(r"<strong>[2-9A-Z]{3}-[2-9A-Z]{3}</strong>", page.text)


async def test_a_page_that_is_not_there_says_so(browser: Browser) -> None:
    page = await browser.get("/nowhere")
    assert page.status_code == 404
    assert "Deze pagina bestaat niet" in page.text


async def test_a_new_user_has_no_history(browser: Browser) -> None:
    await log_in(browser)
    page = await browser.get("/own-lookups")
    assert "U hebt nog niets opgezocht" in page.text


def test_every_fact_has_a_problem_and_every_problem_its_texts() -> None:
    leaves = [each for each in _walk(DeskError) if not each.__subclasses__()]
    of_commands = {
        desk.errors.SettingsRefused,
        desk.errors.DatabaseRefused,
        desk.errors.ReceiptFileRefused,
    }
    told = [each for each in leaves if each not in of_commands]
    messages = load_texts("nl").messages
    for leaf in told:
        slug = PROBLEMS[leaf].slug
        assert messages[f"problem.{slug}.title"]
        assert messages[f"problem.{slug}.advice"]


def test_every_text_that_is_asked_for_exists_and_is_used() -> None:
    messages = load_texts("nl").messages
    templates = [
        path.read_text() for path in (FOLDER / "templates").rglob("*") if path.is_file()
    ]
    python = [
        path.read_text()
        for folder in (FOLDER, *map(FOLDER.joinpath, PACKAGES))
        for path in folder.glob("*.py")
    ]
    scripts = [path.read_text() for path in (FOLDER / "browser/src").rglob("*.ts")]
    asked = set(re.findall(r'\bt\("([^"]+)"[,)]', "\n".join(templates)))
    asked |= set(re.findall(r"\bt\('([^']+)'[,)]", "\n".join(templates)))
    screen = set(re.findall(r'text\("([a-z-]+)"', "\n".join(scripts)))
    assert asked <= messages.keys()
    assert {f"screen.{name}" for name in screen} <= messages.keys()
    everything = "\n".join([*templates, *python, *scripts])
    for key in messages:
        if not key.startswith(PUT_TOGETHER):
            bare = key.removeprefix("screen.")
            names = {bare, re.sub("-(title|advice)$", "", bare)}
            forms = {f"{mark}{name}{mark}" for name in names for mark in "\"'"}
            assert any(form in everything for form in forms), key


def test_every_act_that_an_entry_names_has_dutch_words() -> None:
    messages = load_texts("nl").messages
    acts = {
        match
        for path in sorted(Path("signal_index").rglob("*.py"))
        for match in re.findall(r'"act": "([a-z0-9-]+)"', path.read_text("utf-8"))
    }
    assert "sources-told" in acts
    acts |= {*get_args(MatchAct), *KeyStep}
    assert not [
        act
        for act in sorted(acts)
        if not {f"watch.act.{act}", f"said.act.{act}"} & set(messages)
    ]


def _walk(root: type[DeskError]) -> list[type[DeskError]]:
    return [each for child in root.__subclasses__() for each in (child, *_walk(child))]
