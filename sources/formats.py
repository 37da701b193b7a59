"""The one table of the formats that we read, and what each part has to know of them.

A format has a line here, and its reader one in `sources.connectors`; profiles, `profile
init`, the agent and the publisher ask this table. Proven by
tests/contract/test_every_connector_passes_one_suite.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """What is true of every file or view in one format.

    - `table`: the part of a profile that lays it out; needed with this format, refused
      with any other. None where a standard says where everything stands.
    - `json_list`: the name of the list by which a JSON file of it is recognised.
    - `is_file`: whether it is a file; a view in a database is none.
    - `is_messages`: whether its records are messages, which never list every case and
      may come in any order.
    - `is_numbered`: whether each record has a case number by the standard; a profile's
      own table says it by naming the column.
    - `names_contacts`: whether a delivery may name the contact person itself.
    """

    table: str | None = None
    json_list: str | None = None
    is_file: bool = True
    is_messages: bool = False
    is_numbered: bool = False
    names_contacts: bool = False

    @property
    def has_header(self) -> bool:
        """Whether one without a record still shows that it is in this format."""
        return self.table is not None and not self.is_messages


FORMATS: Final[Mapping[str, FormatFacts]] = MappingProxyType(
    {
        "csv": FormatFacts(table="csv"),
        "xlsx": FormatFacts(table="xlsx"),
        "sql": FormatFacts(table="sql", is_file=False),
        "cloudevents-1.0": FormatFacts(table="events", is_messages=True),
        "ddas-shv-1.0": FormatFacts(
            json_list="schuldhulptrajecten", names_contacts=True
        ),
        "ddas-vs-0.9": FormatFacts(
            json_list="vroegsignalen", is_numbered=True, names_contacts=True
        ),
        "iwmo-3.2": FormatFacts(is_messages=True, is_numbered=True),
        "ijw-3.2": FormatFacts(is_messages=True, is_numbered=True),
    }
)
