"""Messages in any order, in any portions, twice: the last word is what is shown."""

from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
from hypothesis import given
from hypothesis import strategies as st

from signal_index.wire.deliveries import DeliveryKind
from sources.outbox.last_word import says_less
from tests.connector_formats import CONTACTS, in_format
from tests.istandaarden_messages import Said, make_message
from tests.sources_builders import a_number, an_agency, shows

PROFILE = in_format("iwmo-3.2", CONTACTS)
OVER = "2026-06-01"


def said(day: int, number: int, what: str) -> Said:
    """What is said of a product on a day: assigned, ended, stopped or deleted."""
    at = f"2026-10-{day + 1:02}"
    common = Said(number=str(number), bsn=a_number(number), dated=at)
    kind = "wmo307" if what == "stop" else "wmo301"
    end = {"open": "2027-06-30", "deleted": common.start}.get(what, OVER)
    return Said(
        kind=kind,
        number=common.number,
        bsn=common.bsn,
        assigned=(at, "12:00:00"),
        dated=at,
        end=end,
        reason="13" if what == "deleted" else "",
    )


thing = st.tuples(
    st.integers(1, 3), st.sampled_from(("open", "open", "end", "stop", "deleted"))
)


@given(st.lists(thing, min_size=1, max_size=8), st.data())
def test_the_last_word_is_shown_whatever_the_order(
    things: list[tuple[int, str]], data: st.DataObject
) -> None:
    history = [said(day, number, what) for day, (number, what) in enumerate(things)]
    order = data.draw(st.permutations([*history, *history[:2]]))
    last = dict(things)
    wanted = [
        (a_number(number), "bijstand") for number in last if last[number] == "open"
    ]
    with TemporaryDirectory() as folder:
        anyio.run(publish, Path(folder), order, shows(*wanted))


async def publish(
    folder: Path, order: list[Said], wanted: set[tuple[str, str]]
) -> None:
    agency = an_agency(folder, PROFILE)
    for message in order:
        agency.file.write_bytes(make_message(message))
        delivery = await agency.publish()
        assert delivery.kind is DeliveryKind.DELTA, "messages never list every case"
    assert agency.index.shown() == wanted


def test_moments_of_one_day_are_compared_only_where_both_have_a_time() -> None:
    assert says_less("2026-01-01", "2026-01-02")
    assert says_less("2026-01-01T10:00:00", "2026-01-01T11:00:00")
    assert not says_less("2026-01-01", "2026-01-01T11:00:00")
    assert not says_less("2026-01-01T10:00:00", "2026-01-01")
    assert not says_less("", "2026-01-01")
    assert not says_less("2026-01-01", "")
