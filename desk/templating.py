"""What every page and paper is filled in with: templates, and how values are written.

Escaping is always on, and a value that a template lacks is an error at once.
"""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from desk.moments import (
    format_clock,
    format_date_in_full,
    format_day,
    format_day_of,
    format_moment,
    format_short,
    format_short_day,
    format_time,
    format_weekday_of,
)
from desk.numbers import format_number, link_phone, write_phone
from desk.texts import (
    join_names,
    name_account,
    name_act,
    name_ceremony,
    name_contact,
    name_key_act,
    name_kind,
    name_matter,
    name_role,
    name_said,
    name_worker,
    tell_value,
)
from keys.instants import write_instant

FOLDER: Final = Path(__file__).parent / "templates"
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["number"] = format_number
TEMPLATES.filters["dial"] = link_phone
TEMPLATES.filters["phone"] = write_phone
TEMPLATES.filters["day"] = format_day
TEMPLATES.filters["day_of"] = format_day_of
TEMPLATES.filters["moment"] = format_moment
TEMPLATES.filters["time"] = format_time
TEMPLATES.filters["short"] = format_short
TEMPLATES.filters["short_day"] = format_short_day
TEMPLATES.filters["clock"] = format_clock
TEMPLATES.filters["weekday"] = format_date_in_full
TEMPLATES.filters["weekday_of"] = format_weekday_of
TEMPLATES.filters["instant"] = write_instant
TEMPLATES.filters["role"] = name_role
TEMPLATES.filters["contact"] = name_contact
TEMPLATES.filters["kind"] = name_kind
TEMPLATES.filters["matter"] = name_matter
TEMPLATES.filters["said"] = name_said
TEMPLATES.filters["watched"] = name_act
TEMPLATES.filters["key_act"] = name_key_act
TEMPLATES.filters["ceremony"] = name_ceremony
TEMPLATES.filters["account"] = name_account
TEMPLATES.filters["worker"] = name_worker
TEMPLATES.filters["told"] = tell_value
TEMPLATES.filters["listed"] = join_names
