"""Everybody in the town is somebody else."""

from deploy.town.parties import (
    FOUNDED,
    NEWCOMER,
    SUPERVISOR,
    TEAM,
    TOWN_HALL,
    UWV,
)


def test_no_two_parties_have_one_number_or_folder() -> None:
    agencies = [*FOUNDED, UWV, NEWCOMER]
    numbers = [agency.organisation for agency in agencies]
    numbers += [TOWN_HALL, TEAM, SUPERVISOR]
    numbers += [agency.sender for agency in agencies if agency.sender]
    folders = [agency.slug for agency in agencies]
    assert len(set(numbers)) == len(numbers)
    assert len(set(folders)) == len(folders)
