"""Somebody on this machine, or a page in its browser, wants what a profile page shows.

It shows values of citizens. A page elsewhere can make this browser ask any address; a
name elsewhere can be made to lead to 127.0.0.1; a colleague on the same machine sees
what runs. None of them gets anything, or changes a profile.
"""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.profile_pages import Visit, profile_page, write_export
from tests.sources_builders import a_number


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "profiel.toml"


@pytest.fixture
def visit(tmp_path: Path, out: Path) -> Iterator[Visit]:
    with profile_page(write_export(tmp_path / "export.csv"), out) as opened:
        opened.open()
        yield opened


def test_no_address_but_the_one_that_was_told_shows_anything(visit: Visit) -> None:
    for path in ("/", "/open/", "/open/x", visit.path[:-2] + "/", visit.path + "x"):
        answered = visit.ask("GET", path)
        assert answered.status == 404
        assert a_number(0) not in answered.page


def test_the_address_in_a_list_of_processes_works_once(visit: Visit) -> None:
    answered = visit.ask("GET", urlsplit(visit.opening).path)
    assert answered.status == 410
    assert "Location" not in answered.headers
    assert visit.path.strip("/") not in visit.opening


def test_who_asks_again_opens_nothing_and_its_owner_reads_the_next_address(
    visit: Visit,
) -> None:
    """Only in the window of the command, once however often somebody asks."""
    used = urlsplit(visit.opening).path
    pages = [visit.ask("GET", used) for _ in range(3)]
    (told,) = [visit.nexts.get_nowait() for _ in range(visit.nexts.qsize())]
    assert {one.status for one in pages} == {410}
    assert not any(urlsplit(told).path in one.page for one in pages)
    again = visit.ask("GET", urlsplit(told).path)
    assert again.headers["Location"] == visit.path
    assert visit.ask("GET", urlsplit(told).path).status == 410
    assert visit.ask("GET", used).status == 410


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost", ""])
def test_a_name_that_was_made_to_lead_here_gets_nothing(
    visit: Visit, host: str
) -> None:
    port = visit.place.rpartition(":")[2]
    for named in (host, f"{host}:{port}"):
        answered = visit.ask("GET", visit.path, Host=named)
        assert answered.status == 403
        assert a_number(0) not in answered.page


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1"])
def test_a_form_from_another_page_changes_nothing(
    visit: Visit, out: Path, origin: str
) -> None:
    answered = visit.ask("POST", visit.path, "act=stop", Origin=origin)
    assert answered.status == 403
    assert not out.exists()
    assert visit.ask("GET", visit.path).status == 200


def test_a_form_that_names_no_page_changes_nothing(visit: Visit) -> None:
    assert visit.ask("POST", visit.path, "act=stop").status == 403
    assert visit.ask("GET", visit.path).status == 200


def test_the_page_may_load_and_run_nothing(visit: Visit) -> None:
    answered = visit.ask("GET", visit.path)
    policy = answered.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answered.headers["Cache-Control"] == "no-store"
    assert answered.headers["Referrer-Policy"] == "same-origin"
    for word in ("<script", "http://", "https://", "src=", "url("):
        assert word not in answered.page


def test_it_listens_on_this_machine_only(visit: Visit) -> None:
    port = int(visit.place.rpartition(":")[2])
    own = socket.gethostbyname(socket.gethostname())
    for address in {own, "127.0.0.2"} - {"127.0.0.1"}:
        with socket.socket() as tried:
            tried.settimeout(2)
            assert tried.connect_ex((address, port)) != 0


@pytest.mark.parametrize(
    ("body", "length", "status"),
    [("", str(1 << 40), 413), ("", "-1", 413), ("é", "2", 400), ("a=%ff", "5", 400)],
)
def test_a_form_that_is_none_is_refused(
    visit: Visit, body: str, length: str, status: int
) -> None:
    with socket.create_connection(("127.0.0.1", int(visit.place[10:])), 5) as raw:
        head = (
            f"POST {visit.path} HTTP/1.1\r\nHost: {visit.place}\r\n"
            f"Origin: http://{visit.place}\r\nContent-Length: {length}\r\n\r\n"
        )
        raw.sendall(head.encode() + body.encode())
        assert raw.recv(64).split()[1] == str(status).encode()


def test_nothing_of_it_is_logged(
    visit: Visit, capfd: pytest.CaptureFixture[str]
) -> None:
    visit.send(visit.ask("GET", visit.path), "preview", column_1="bsn")
    visit.ask("GET", "/nergens")
    heard = capfd.readouterr()
    assert heard.out + heard.err == ""
