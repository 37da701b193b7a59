"""Who works in the simulated year: colleagues, their teams, and how they work."""

from dataclasses import dataclass

from deploy.town.parties import TEAM, TOWN_HALL

GENERALIST = ("generalist",)
SAFETY = ("generalist", "generalist-safety")


@dataclass(frozen=True)
class Colleague:
    """One person who looks up.

    `share` is how much of the work is theirs, against the others; `evening` how many of
    a hundred lookups fall outside office hours; `silent` how many of a hundred never
    get an outcome.
    """

    username: str
    team: str
    organisation: str = TEAM
    roles: tuple[str, ...] = GENERALIST
    share: int = 10
    evening: int = 4
    silent: int = 25

    @property
    def subject(self) -> str:
        """Give the name by which provider, holders and index know them."""
        return f"employee-{self.username}"


HEAVY = Colleague("ruben", "zuid", share=14, evening=9, silent=45)
CURIOUS = Colleague("chantal", "oost", share=9, evening=5)
REFUSED = Colleague("sanne", "noord", roles=SAFETY, share=2)
"""Ruben asks far more than his peers, Chantal keeps looking up one person in the
evening, Sanne's login is not sure enough: what an officer should find."""

CAST = (
    HEAVY,
    CURIOUS,
    REFUSED,
    Colleague("fatima", "centrum", share=16, silent=12),
    Colleague("joris", "centrum", roles=SAFETY, share=13, evening=8),
    Colleague("amina", "noord"),
    Colleague("bas", "noord", share=12),
    Colleague("carlijn", "noord", roles=SAFETY, evening=7),
    Colleague("daan", "noord", share=6),
    Colleague("elif", "oost", share=13),
    Colleague("floor", "oost"),
    Colleague("gijs", "oost", share=7, silent=35),
    Colleague("hanna", "oost", roles=SAFETY, evening=9),
    Colleague("ibrahim", "zuid", share=11),
    Colleague("jasmijn", "zuid"),
    Colleague("koen", "zuid", share=5),
    Colleague("lotte", "zuid", roles=SAFETY, share=12, evening=8),
    Colleague("mohammed", "west", share=14),
    Colleague("nadia", "west"),
    Colleague("olivier", "west", share=8),
    Colleague("petra", "west", roles=SAFETY, share=9, evening=7),
    Colleague("quinten", "centrum", share=3),
    Colleague("rianne", "centrum", share=11, silent=15),
    Colleague("sem", "centrum", share=9),
    Colleague("tanja", "leerplicht", TOWN_HALL, share=8, silent=15),
    Colleague("umut", "leerplicht", TOWN_HALL, share=7, silent=20),
    Colleague("vera", "schuldhulp", TOWN_HALL, share=9, silent=10),
)
