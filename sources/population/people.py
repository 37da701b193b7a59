"""Invented citizens in households, and which agencies know them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from keys.bsn import WEIGHTS, parse_bsn
from sources.population.draw import Draw

BIJSTAND: Final = "bijstand"
DEBTS: Final = "schuldhulpverlening"
SCHOOL: Final = "leerplicht"
SAFETY: Final = "veilig-thuis"
_ZERO_LOST_EVERY: Final = 40
_ALSO_IN_DEBT: Final = 6
"""Percent of households on a benefit: two agencies that know the same people match."""


@dataclass(slots=True)
class Citizen:
    """Somebody who does not exist."""

    bsn: str
    born: date
    household: int
    categories: set[str] = field(default_factory=set)
    without_opt_in: bool = False

    @property
    def sorted_categories(self) -> list[str]:
        """Give the categories in which this citizen must be found."""
        return sorted(self.categories)


class Town:
    """Draw citizens, each number once."""

    def __init__(self, seed: int, on: date) -> None:
        self._draw = Draw(seed, "people")
        self._on = on
        self.used: set[str] = set()
        self.mistyped: set[str] = set()

    def settle(self, size: int) -> list[Citizen]:
        """Give `size` citizens; the first four are the household of the demo."""
        citizens = self._make_first_household()
        household = 1
        while len(citizens) < size:
            citizens += self._make_household(household)
            household += 1
        return citizens[:size]

    def make_stray(self) -> Citizen:
        """Give a citizen whose only record is a dirty one."""
        return self._make_adult(-1)

    def make_mistyped(self) -> str:
        """Give nine digits that fail the 11-proof by one."""
        digits = self._make_bsn()
        wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)
        self.mistyped.add(wrong)
        return wrong

    def _make_first_household(self) -> list[Citizen]:
        first, second = self._make_adult(0), self._make_adult(0)
        child, baby = self._make_child(0), self._make_child(0)
        first.categories = {BIJSTAND, DEBTS}
        second.categories = {BIJSTAND}
        child.categories = {SCHOOL, SAFETY}
        return [first, second, child, baby]

    def _make_household(self, household: int) -> list[Citizen]:
        adults = [self._make_adult(household) for _ in range(1 + self._draw.below(2))]
        children = [self._make_child(household) for _ in range(self._draw.below(4))]
        if self._draw.chance(10):
            return adults + children  # known to nobody
        on_benefit, also_in_debt = (
            self._draw.chance(60),
            self._draw.chance(_ALSO_IN_DEBT),
        )
        for adult in adults:
            adult.categories |= {BIJSTAND} if on_benefit else {DEBTS}
            adult.categories |= {DEBTS} if also_in_debt else set()
        for child in children:
            child.categories |= {SCHOOL} if self._draw.chance(90) else set()
        if self._draw.chance(20):
            self._worry_about(self._draw.choose(adults + children))
        return adults + children

    def _worry_about(self, citizen: Citizen) -> None:
        """Make a safety concern known; half of them may not be told."""
        if self._draw.chance(50):
            citizen.categories.add(SAFETY)
        else:
            citizen.without_opt_in = True

    def _make_adult(self, household: int) -> Citizen:
        born = self._draw.day_before(self._on, least=7_000, most=29_000)
        return Citizen(self._make_bsn(), born, household)

    def _make_child(self, household: int) -> Citizen:
        born = self._draw.day_before(self._on, least=1_900, most=6_000)
        return Citizen(self._make_bsn(), born, household)

    def _make_bsn(self) -> str:
        while True:
            zero = len(self.used) % _ZERO_LOST_EVERY == 1
            head = "09" if zero else f"9{self._draw.below(10)}"
            first = f"{head}{self._draw.below(10**6):06d}"
            check = sum(
                weight * int(digit)
                for weight, digit in zip(WEIGHTS, first, strict=False)
            )
            digits = f"{first}{check % 11}"
            if check % 11 < 10 and digits not in self.used and int(digits):
                self.used.add(parse_bsn(digits).digits)
                return digits
