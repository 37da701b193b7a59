"""A profile page that runs, and a browser without a screen that fills it in."""

import http.client
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from queue import Queue
from threading import Thread
from urllib.parse import urlencode, urlsplit

from sources.clock import day_of, now
from sources.profile_page.draft import Draft, Looked
from sources.profile_page.session import make_on_page
from sources.proposing.choices import Known, propose, propose_standard
from sources.proposing.formats import recognise
from sources.proposing.judging import judge
from sources.proposing.tables import look_at_csv
from tests.sources_builders import a_number

STATUSES = ("Lopend", "Afgehandeld", "Opgeschort")


def write_export(path: Path) -> Path:
    """An export of which a person must say who the citizen is, and what is open."""
    lines = [
        "Naam;BSN;BSN partner;Zaaknummer;Startdatum;Status;Gemeentecode;Team;Verslag"
    ]
    lines += [
        f"De Wit-{n};{a_number(n)};{a_number(n + 500)};Z-{n};0{1 + n % 9}-03-2026;"
        f"{STATUSES[n % 3]};0599;{'Noord' if n % 2 else 'Zuid'};mevrouw belt niet {n}"
        for n in range(30)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def a_draft(path: Path, out: Path) -> Draft:
    found, known = recognise(path), Known("wmo")
    if found:
        return Draft(path, out, found, propose_standard(known), day_of(now()))
    table = look_at_csv(path)
    judgement = judge(table.sample)
    choices = propose(table, judgement, known)
    return Draft(path, out, Looked(table, judgement), choices, day_of(now()))


class _Fields(HTMLParser):
    """What a browser would send of a page, were nothing changed."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.names: set[str] = set()
        self.ids: set[str] = set()
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        self.ids |= {at["id"] or ""} if "id" in at else set()
        name = at.get("name") or ""
        if tag == "select":
            self._select = name
        if tag in {"select", "input"}:
            self.names.add(name)
        if tag == "option" and "selected" in at:
            self.sent[self._select] = at.get("value") or ""
        is_choice = at.get("type") in {"radio", "checkbox"}
        if tag == "input" and (not is_choice or "checked" in at):
            self.sent[name] = at.get("value") or ""


@dataclass
class Answered:
    status: int
    headers: dict[str, str]
    page: str

    @property
    def fields(self) -> dict[str, str]:
        return self._read().sent

    @property
    def names(self) -> set[str]:
        return self._read().names

    @property
    def faults(self) -> list[str]:
        """The fields to which the summary leads; each of them is on the page."""
        summary = self.page.partition('class="errors"')[2].partition("</div>")[0]
        found = re.findall(r'href="#([^"]+)"', summary)
        assert set(found) <= self._read().ids
        return found

    def _read(self) -> _Fields:
        made = _Fields()
        made.feed(self.page)
        return made


@dataclass
class Visit:
    """A browser at the page."""

    opening: str
    ends: "Queue[bool]" = field(default_factory=Queue)
    nexts: "Queue[str]" = field(default_factory=Queue)
    path: str = ""

    @property
    def place(self) -> str:
        return urlsplit(self.opening).netloc

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> Answered:
        """Send exactly this; an underscore in a header's name is a hyphen."""
        connection = http.client.HTTPConnection(self.place, timeout=10)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.putrequest(method, path, skip_host=True)
        for name, value in ({"Host": self.place} | given).items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body.encode())
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        return Answered(answer.status, dict(answer.getheaders()), page)

    def open(self) -> Answered:
        opened = self.ask("GET", urlsplit(self.opening).path)
        self.path = opened.headers["Location"]
        return self.ask("GET", self.path)

    def send(self, page: Answered, act: str, **changed: str) -> Answered:
        fields = page.fields | {k.replace("_", "-"): v for k, v in changed.items()}
        body = urlencode(fields | {"act": act})
        return self.ask("POST", self.path, body, Origin=f"http://{self.place}")


@contextmanager
def profile_page(path: Path, out: Path, *, silence: float = 60) -> Iterator[Visit]:
    """Run the page as the command does; it must end by itself or by being stopped."""
    told: Queue[str] = Queue()
    nexts: Queue[str] = Queue()
    ends: Queue[bool] = Queue()

    def write(text: str) -> None:
        out.write_text(text)

    def serve() -> None:
        draft = a_draft(path, out)
        ends.put(make_on_page(draft, write, told.put, nexts.put, silence=silence))

    thread = Thread(target=serve)
    thread.start()
    visit = Visit(told.get(timeout=10), ends, nexts)
    try:
        yield visit
    finally:
        if ends.empty() and visit.path:
            with suppress(OSError):  # it may be ending just now
                origin = f"http://{visit.place}"
                visit.ask("POST", visit.path, "act=stop", Origin=origin)
        thread.join(timeout=silence + 5)
        assert not thread.is_alive()
