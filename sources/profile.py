"""The mapping profile: how one registration's files become signals. TOML, closed lists.

A profile chooses; it cannot write. There is no key that carries a column's text to the
index: a category, a code or a contact holder is picked from lists that stand in the
profile itself, and a number of a telephone must be one.

- Unknown keys are refused; an error names the key, never a value from a file.
- Veilig Thuis is named literally: without an opt-in column no profile for it loads.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from signal_index.notice import MunicipalityCode, Slug
from sources.contacts import ContactRow
from sources.errors import InvalidProfile
from sources.values import Contact

OPT_IN_ONLY = frozenset({"veilig-thuis"})
_DAY_FORMAT = re.compile(r"(?=.*%d)(?=.*%m)(?=.*%Y)(?:%[dmYHMS]|[-/. T:]){3,20}")

SlugText = Annotated[Slug, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
CodeText = Annotated[MunicipalityCode, StringConstraints(pattern=r"^[0-9]{4}$")]
Column = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Delimiter = Literal[";", ",", "\t", "|"]
Encoding = Literal["utf-8", "utf-8-sig", "windows-1252", "iso-8859-15"]
Opening = Literal["startdatum", "toekenningsdatum", "aanmelding.startdatum"]


def _check_day_format(value: object) -> object:
    if not isinstance(value, str) or not _DAY_FORMAT.fullmatch(value):
        raise ValueError("a date format has %d, %m and %Y, and separators")
    return value


DayFormat = Annotated[str, BeforeValidator(_check_day_format)]


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Columns(_Closed):
    """Which column holds what; what is absent here is never read."""

    bsn: Column
    start: Column
    case_number: Column | None = None
    end: Column | None = None
    status: Column | None = None
    municipality: Column | None = None
    birth: Column | None = None
    contact: Column | None = None
    phone: Column | None = None
    opt_in: Column | None = None
    category: Column | None = None
    informed: Column | None = None
    informed_on: Column | None = None


class StatusCodes(_Closed):
    """What opens a signal, what closes it, and what does neither."""

    opens: frozenset[str] = Field(min_length=1)
    closes: frozenset[str] = frozenset()
    ignores: frozenset[str] = frozenset()


class OptInCodes(_Closed):
    """Which codes say that the citizen agreed, case by case."""

    yes: frozenset[str] = Field(min_length=1)
    no: frozenset[str] = Field(min_length=1)


class Codes(_Closed):
    """The code lists of the registration, each with its meaning here."""

    status: StatusCodes | None = None
    opt_in: OptInCodes | None = None
    category: dict[str, SlugText] = {}
    informed: dict[str, SlugText] = {}


class CsvLayout(_Closed):
    """How a CSV file is written."""

    delimiter: Delimiter
    encoding: Encoding
    dates: tuple[DayFormat, ...] = Field(min_length=1)
    columns: Columns
    bsn_zero_lost: bool = False
    shared_case_numbers: bool = False


class DdasLayout(_Closed):
    """What opens and closes a signal in a DDAS delivery.

    SHV: the first of `opens` that is filled begins a case, `einddatum` or the date of
    `uitstroom` ends it. VS: a result in `closing_results` ends every signal it names.
    """

    opens: tuple[Opening, ...] = ("startdatum", "toekenningsdatum")
    closing_results: frozenset[str] | Literal["all"] = "all"
    contact_names: bool = False


class Profile(_Closed):
    """One registration of one agency."""

    name: SlugText
    format: Literal["csv", "ddas-shv-1.0", "ddas-vs-0.9"]
    category: SlugText
    municipalities: tuple[CodeText, ...] = Field(min_length=1, max_length=400)
    valid_months: int = Field(ge=6, le=24)
    informed: SlugText
    default_contact: str | None = None
    age_limit: int | None = Field(default=None, ge=1, le=130)
    codes: Codes = Codes()
    csv: CsvLayout | None = None
    ddas: DdasLayout = DdasLayout()
    contacts: dict[str, ContactRow] = {}

    @property
    def categories(self) -> tuple[Slug, ...]:
        """Give every category that this profile can publish, sorted."""
        return tuple(sorted({self.category, *self.codes.category.values()}))

    def get_contact(self, key: str) -> Contact:
        """Give a contact holder of the profile; raises KeyError."""
        return Contact(key, self.contacts[key].holder)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if (self.csv is not None) != (self.format == "csv"):
            raise ValueError("[csv] belongs to format csv, and only to it")
        if self.default_contact and self.default_contact not in self.contacts:
            raise ValueError("default_contact is not in [contacts]")
        if self.csv:
            _check_columns(self, self.csv.columns)
        if OPT_IN_ONLY & set(self.categories) and not _has_opt_in(self):
            raise ValueError("this category needs an opt-in column")
        return self


def parse_profile(text: str) -> Profile:
    """Read a profile, or raise `InvalidProfile` with each key that is wrong."""
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidProfile(f"Het profiel is geen TOML: {error}") from None
    except ValidationError as error:
        found = "; ".join(
            f"{'.'.join(str(part) for part in item['loc']) or 'profiel'}: {item['msg']}"
            for item in error.errors(include_input=False, include_url=False)
        )
        raise InvalidProfile(f"Het profiel klopt niet: {found}") from None


def load_profile(path: Path) -> Profile:
    """Read a profile from a file, or raise `InvalidProfile`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InvalidProfile(f"Het profiel {path.name} is niet te lezen.") from None
    return parse_profile(text)


def _check_columns(profile: Profile, columns: Columns) -> None:
    """Refuse columns that lack their code list, and rules that lack their column."""
    codes = profile.codes
    several = len(profile.municipalities) > 1
    wrong = (
        (bool(columns.status) != bool(codes.status), "status needs codes and column"),
        (bool(columns.opt_in) != bool(codes.opt_in), "opt_in needs codes and column"),
        (
            bool(columns.category) != bool(codes.category),
            "category needs codes and column",
        ),
        (
            bool(columns.informed) != bool(codes.informed),
            "informed needs codes and column",
        ),
        (
            columns.opt_in and not columns.case_number,
            "an opt-in that is taken back needs a case number",
        ),
        (profile.age_limit and not columns.birth, "age_limit needs columns.birth"),
        (
            several and not columns.municipality,
            "several municipalities need columns.municipality",
        ),
        (
            not columns.contact and not profile.default_contact,
            "without columns.contact a default_contact is needed",
        ),
    )
    for is_wrong, message in wrong:
        if is_wrong:
            raise ValueError(message)


def _has_opt_in(profile: Profile) -> bool:
    return profile.csv is not None and profile.csv.columns.opt_in is not None
