"""A municipality's code (Statistics Netherlands: four digits), as a type of its own.

Stands in `keys` because nothing of ours lies below: messages of sources and questions
to the policy name a municipality by the same type. What a wrong code raises is said
where it is read.
"""

import re
from typing import Final, NewType

MunicipalityCode = NewType("MunicipalityCode", str)
MUNICIPALITY_CODE: Final = re.compile(r"[0-9]{4}", re.ASCII)
