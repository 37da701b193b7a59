"""Numbers of persons as registrations and spreadsheets write them."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from sources.corpus.exports import COLUMNS, ROWS, Export, make_export, write_profile
from sources.corpus.model import Checked, Dirty, Proposed, Rejected
from sources.corpus.people import invent_numbers, mistype
from sources.reasons import Reason

ALL: Final = Checked(signals=ROWS)
FOUND: Final = Proposed(COLUMNS)
SPOILED: Final = 4
LINE: Final = SPOILED + 2


def _make(
    name: str, about: str, export: Export, checked: Checked, proposed: Proposed = FOUND
) -> Dirty:
    profile = write_profile(f"bsn-{name}")
    file = f"bsn-{name}.csv"
    return Dirty(f"bsn-{name}", about, file, export.write(), profile, proposed, checked)


def make_numbers(seed: int) -> Iterator[Dirty]:
    """Give exports whose every number is written in a way that can be read."""
    export = make_export(seed, "numbers")
    ways: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("punten", "Met punten", lambda x: f"{x[:4]}.{x[4:6]}.{x[6:]}"),
        ("spaties", "Met spaties", lambda x: f"{x[:3]} {x[3:6]} {x[6:]}"),
        ("streepjes", "Met streepjes", lambda x: f"{x[:4]}-{x[4:6]}-{x[6:]}"),
        ("apostrof", "Met een apostrof ervoor, zoals Excel", lambda x: f"'{x}"),
        ("formule", 'Als ="…", zoals Excel', lambda x: f'"=""{x}"""'),
        ("decimaal", "Met .0 erachter", lambda x: f"{x}.0"),
        ("harde-spatie", "Met een harde spatie ervoor", lambda x: f"\u00a0{x}"),
        ("zonder-breedte", "Met een teken zonder breedte", lambda x: f"{x}\u200b"),
    )
    for name, about, how in ways:
        yield _make(name, about, export.rewrite("BSN", how), ALL)


def make_wrong_numbers(seed: int) -> Iterator[Dirty]:
    """Give exports in which one number is none; the others are read."""
    export = make_export(seed, "wrong numbers")
    number = export.rows[SPOILED][0]
    ways = (
        ("tikfout", "Een cijfer verkeerd", mistype(number), Reason.BSN_INVALID),
        ("leeg", "Geen nummer", "", Reason.BSN_MISSING),
        ("afgerond", "Als 9,99991E+08", "9,99991E+08", Reason.BSN_EXPONENT),
        (
            "letters",
            "Een O in plaats van een nul",
            f"O{number[1:]}",
            Reason.BSN_LETTERS,
        ),
        ("te-kort", "Zeven cijfers", number[:7], Reason.BSN_LENGTH),
        ("elf-cijfers", "Elf cijfers", f"{number}01", Reason.BSN_LENGTH),
    )
    for name, about, text, reason in ways:
        rejects = (Rejected(LINE, "BSN", reason),)
        checked = Checked(signals=ROWS - 1, rejects=rejects)
        yield _make(name, about, export.put("BSN", SPOILED, text), checked)


def make_lost_zeroes(seed: int) -> Iterator[Dirty]:
    """Give exports with numbers of eight digits: lost zeroes, or mistakes."""
    zeroed = list(islice(invent_numbers(seed, "zeroed", "0123"), ROWS))
    export = make_export(seed, "zeroes")
    lost = export.change("BSN", lambda n, x: zeroed[n][1:] if n % 3 == 0 else x)
    repaired = write_profile(
        "bsn-nul-kwijt",
        layout=('delimiter = ";"', 'encoding = "utf-8"', "bsn_zero_lost = true"),
    )
    yield Dirty(
        "bsn-nul-kwijt",
        "Elk nummer met een nul verloor haar; het profiel zegt het",
        "bsn-nul-kwijt.csv",
        lost.write(),
        repaired,
        FOUND,
        ALL,
    )
    kept = lost.put("BSN", 1, zeroed[1])
    yield Dirty(
        "bsn-nul-niet-kwijt",
        "Een nummer hield zijn nul: acht cijfers is dan een fout",
        "bsn-nul-niet-kwijt.csv",
        kept.write(),
        repaired.replace("bsn-nul-kwijt", "bsn-nul-niet-kwijt"),
        FOUND,
        Checked(refusal="bsn_zero_lost = false"),
    )
    yield _make(
        "een-van-acht",
        "Een enkel nummer van acht cijfers: nul kwijt, of een fout?",
        export.put("BSN", SPOILED, zeroed[0][1:]),
        Checked(ROWS - 1, rejects=(Rejected(LINE, "BSN", Reason.BSN_LENGTH),)),
        Proposed(COLUMNS, asks=frozenset({"csv.bsn_zero_lost"})),
    )


def make_two_columns(seed: int) -> Iterator[Dirty]:
    """Give exports with numbers of two persons in each row: nobody can choose."""
    export = make_export(seed, "two columns")
    others = list(islice(invent_numbers(seed, "others"), ROWS))
    asked = Proposed(COLUMNS | {"bsn": "<VUL IN>"}, asks=frozenset({"csv.columns.bsn"}))
    names = (
        ("BSN_ouder", "Ook het BSN van een ouder"),
        ("Relatie", "Ook dat van een partner"),
    )
    for column, about in names:
        spoiled = export.add(column, lambda n: others[n])
        yield _make(
            f"twee-{column.lower().replace('_', '-')}", about, spoiled, ALL, asked
        )
