"""The mapping profile: how one registration's files become signals. TOML, closed lists.

A profile chooses; it cannot write. There is no key that carries a column's text to the
index: a category, a code or a contact holder is picked from lists that stand in the
profile itself, and a number of a telephone must be one.

- Unknown keys are refused; an error names the key, never a value from a file.
- What a proposal left to a person (`<VUL IN>`) never loads, wherever it stands.
- Veilig Thuis is named literally: without an opt-in column no profile for it loads.
"""

import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import to_jsonable_python

from keys.municipality import MunicipalityCode
from signal_index.wire.values import Slug
from sources.brp.settings import ALLOWED
from sources.catalogue import load_kinds, load_ways
from sources.closed_row import ClosedRow
from sources.contacts import ContactRow
from sources.errors import InvalidProfile, say_no_text, say_unreadable
from sources.faults import Unfit, say_faults, say_toml_fault
from sources.formats import FORMATS, FormatFacts
from sources.layouts import (
    Columns,
    CsvLayout,
    DdasLayout,
    EventLayout,
    ExcelLayout,
    MappedLayout,
    MessageLayout,
    SqlLayout,
)
from sources.seen_text import compose
from sources.values import Contact

OPT_IN_ONLY = frozenset({"veilig-thuis"})
FILL_IN: Final = "<VUL IN>"
"""Stands in a proposal where only a person can say what is right."""
_LEFT_OPEN: Final = re.compile(r"<\s*VUL\s+IN\s*>", re.IGNORECASE)

_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
SlugText = Annotated[Slug, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
CodeText = Annotated[MunicipalityCode, StringConstraints(pattern=r"^[0-9]{4}$")]


def _known_format(name: str) -> str:
    """Refuse a format that is not in the table."""
    if name not in FORMATS:
        raise Unfit(f"kies uit: {', '.join(FORMATS)}")
    return name


Format = Annotated[str, AfterValidator(_known_format)]


def _check_code(value: object, good: Collection[str]) -> None:
    """Refuse words in place of a code, naming the codes that are good."""
    if isinstance(value, str) and not _SLUG.fullmatch(value):
        raise Unfit(f"dit is geen code. Kies er een: {', '.join(good)}")


class StatusCodes(ClosedRow):
    """What opens a signal, what closes it, and what does neither."""

    opens: frozenset[str] = Field(min_length=1)
    closes: frozenset[str] = frozenset()
    ignores: frozenset[str] = frozenset()


class OptInCodes(ClosedRow):
    """Which codes say that the citizen agreed, case by case."""

    yes: frozenset[str] = Field(min_length=1)
    no: frozenset[str] = Field(min_length=1)


class Codes(ClosedRow):
    """The code lists of the registration, each with its meaning here."""

    status: StatusCodes | None = None
    opt_in: OptInCodes | None = None
    category: dict[str, SlugText] = Field(default_factory=dict)
    informed: dict[str, SlugText] = Field(default_factory=dict)

    @field_validator("informed", mode="before")
    @classmethod
    def _name_good_codes(cls, value: object) -> object:
        for code in value.values() if isinstance(value, dict) else ():
            _check_code(code, load_ways())
        return value


class Profile(ClosedRow):
    """One registration of one agency."""

    name: SlugText
    format: Format
    category: SlugText
    municipalities: tuple[CodeText, ...] = Field(min_length=1, max_length=400)
    valid_months: int = Field(ge=6, le=24)
    informed: SlugText
    default_contact: str | None = None
    identify: Literal["brp"] | None = None
    beside: tuple[SlugText, ...] = ()
    age_limit: int | None = Field(default=None, ge=1, le=130)
    codes: Codes = Codes()
    csv: CsvLayout | None = None
    xlsx: ExcelLayout | None = None
    sql: SqlLayout | None = None
    events: EventLayout | None = None
    ddas: DdasLayout = DdasLayout()
    messages: MessageLayout = MessageLayout()
    contacts: dict[str, ContactRow] = Field(default_factory=dict)

    @field_validator("informed", mode="before")
    @classmethod
    def _name_good_codes(cls, value: object, info: ValidationInfo) -> object:
        kind = load_kinds().get(info.data.get("category", ""))
        _check_code(value, kind.informed if kind else load_ways())
        return value

    @property
    def categories(self) -> tuple[Slug, ...]:
        """Give every category that this profile can publish, sorted."""
        return tuple(sorted({self.category, *self.codes.category.values()}))

    @property
    def facts(self) -> FormatFacts:
        """What is true of everything in this profile's format."""
        return FORMATS[self.format]

    @property
    def mapped(self) -> MappedLayout | None:
        """Give the layout whose columns this profile names; DDAS has its own."""
        return self.csv or self.xlsx or self.sql or self.events

    def encode(self) -> str:
        """Write down all that it says: equal profiles give equal text in any process.

        The order of a set differs from one process to the next.
        """
        return json.dumps(self.model_dump(), default=_encode, sort_keys=True)

    def get_contact(self, key: str) -> Contact:
        """Give a contact holder of the profile; raises KeyError."""
        return _make_contact(key, self.contacts[key])

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        for form, facts in FORMATS.items():
            if facts.table is None:
                continue
            if (getattr(self, facts.table) is not None) != (self.format == form):
                raise Unfit(f"[{facts.table}] hoort bij {form}, en alleen daarbij")
        if self.default_contact and self.default_contact not in self.contacts:
            raise Unfit("default_contact staat niet in [contacts]")
        if self.mapped:
            _check_columns(self, self.mapped.columns)
            _check_person(self, self.mapped)
        elif self.identify:
            raise Unfit("identify kan alleen bij een bestand of view met kolommen")
        if OPT_IN_ONLY & set(self.categories) and not _has_opt_in(self):
            raise Unfit("deze soort signaal kan niet zonder kolom opt_in")
        return self


@lru_cache(maxsize=512)
def _make_contact(key: str, row: ContactRow) -> Contact:
    """Make a contact holder once: a file names the same few with every record."""
    return Contact(key, row.holder)


def _encode(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else to_jsonable_python(value)


def parse_profile(text: str) -> Profile:
    """Read a profile, or raise `InvalidProfile` with each key that is wrong."""
    try:
        # Codes and names are compared with a file in one form of Unicode.
        found = tomllib.loads("\n".join(map(compose, text.splitlines())))
        _refuse_what_is_left_open(found)
        return Profile.model_validate(found)
    except tomllib.TOMLDecodeError as error:
        raise InvalidProfile(
            f"Het profiel is niet te lezen. {say_toml_fault(error)}"
        ) from None
    except ValidationError as error:
        raise InvalidProfile(f"Het profiel klopt niet: {say_faults(error)}.") from None


def load_profile(path: Path) -> Profile:
    """Read a profile from a file, or raise `InvalidProfile`."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise InvalidProfile(say_unreadable(path)) from None
    except UnicodeDecodeError:
        raise InvalidProfile(say_no_text(path)) from None
    profile = parse_profile(text)
    if profile.ddas.json_schema is None:
        return profile
    # A path in a profile counts from the profile's own folder.
    beside = path.parent / profile.ddas.json_schema
    layout = profile.ddas.model_copy(update={"json_schema": beside})
    return profile.model_copy(update={"ddas": layout})


def _refuse_what_is_left_open(found: Mapping[str, object]) -> None:
    """Refuse a profile in which something is still to be filled in, naming each key.

    A column may truly be called so, and a list may hold it beside good codes: whatever
    follows from it would be a guess, so it is not asked whether the rest holds.
    """
    open_keys = dict.fromkeys(_find_left_open(found, ()))
    if open_keys:
        raise InvalidProfile(
            f'Het profiel is nog niet af. Er staat nog "{FILL_IN}" bij: '
            f"{', '.join(open_keys)}."
        )


def _find_left_open(value: object, path: tuple[str, ...]) -> Iterator[str]:
    match value:
        case str() if _LEFT_OPEN.search(value):
            yield ".".join(path)
        case dict():
            for key, inner in value.items():
                if _LEFT_OPEN.search(key):
                    yield ".".join(path) or key
                yield from _find_left_open(inner, (*path, key))
        case list():
            for inner in value:
                yield from _find_left_open(inner, path)
        case _:
            return


def _check_columns(profile: Profile, columns: Columns) -> None:
    """Refuse columns that lack their code list, and rules that lack their column."""
    codes = profile.codes
    several = len(profile.municipalities) > 1
    wrong = (
        (
            bool(columns.status) != bool(codes.status),
            "status heeft codes en een kolom nodig",
        ),
        (
            bool(columns.opt_in) != bool(codes.opt_in),
            "opt_in heeft codes en een kolom nodig",
        ),
        (
            bool(columns.category) != bool(codes.category),
            "category heeft codes en een kolom nodig",
        ),
        (
            bool(columns.informed) != bool(codes.informed),
            "informed heeft codes en een kolom nodig",
        ),
        (
            columns.opt_in and not columns.case_number,
            "een opt-in kan worden ingetrokken; daarvoor is case_number nodig",
        ),
        (
            profile.age_limit and not columns.birth,
            "age_limit heeft columns.birth nodig",
        ),
        (
            several and not columns.municipality,
            "bij meer gemeenten is columns.municipality nodig",
        ),
        (
            not columns.contact and not profile.default_contact,
            "zonder columns.contact is default_contact nodig",
        ),
    )
    for is_wrong, message in wrong:
        if is_wrong:
            raise Unfit(message)


def _check_person(profile: Profile, layout: MappedLayout) -> None:
    """Refuse a person who cannot be told: a number, or all that finds one; not both."""
    columns = layout.columns
    found_by = (columns.surname, columns.birth, columns.postcode, columns.house_number)
    if profile.identify is None:
        if columns.bsn is None:
            raise Unfit(
                "columns.bsn ontbreekt; heeft het bestand geen BSN, zie identify"
            )
        if columns.surname or columns.initials or found_by[2] or found_by[3]:
            raise Unfit("namen en adressen lezen wij alleen met identify")
        return
    if profile.facts.is_messages:
        raise Unfit("identify kan bij bestanden en views, niet bij berichten")
    if columns.bsn or layout.bsn_zero_lost or layout.shared_case_numbers:
        raise Unfit(
            "identify is voor bestanden zonder BSN, met een zaak voor elke persoon"
        )
    if not all((*found_by, columns.case_number)):
        raise Unfit(
            "identify vraagt surname, birth, postcode, house_number en case_number"
        )
    if not any(set(profile.categories) <= allowed for allowed in ALLOWED.values()):
        raise Unfit(
            "voor deze soort signaal is er geen grondslag om identify te gebruiken"
        )


def _has_opt_in(profile: Profile) -> bool:
    return profile.mapped is not None and profile.mapped.columns.opt_in is not None
