"""A holder, the index, or whoever carries the files cheats at a rotation."""

from pathlib import Path

import pytest

from keys.ceremony.documents import (
    Blame,
    BlameFile,
    read_file,
)
from keys.ceremony.errors import (
    CeremonyForged,
    CeremonyMalformed,
    CeremonyMixed,
    HolderBlamed,
)
from keys.ceremony.plan import open_plan
from keys.ceremony.rotation import SealPair, sign_told
from keys.ceremony.signing import open_statement
from keys.ceremony.state import Progress
from keys.ceremony.taking_in import take_in
from keys.dkg import (
    Contribution,
    Polynomial,
    ZeroSharing,
    contribute,
    draw_polynomial,
    draw_zero_sharing,
)
from keys.errors import SharesRefused
from keys.group import Scalar, generate_scalar, subtract_scalars
from tests.ceremony_builders import NOW, Call
from tests.dealing import combine_shares
from tests.rotation_builders import Index
from tests.succession_builders import go_on

pytestmark = pytest.mark.usefixtures("asked_rotation")

CHEATER = 2
RECEIVER = 1


Drawn = list[Polynomial | ZeroSharing]


def drawn(threshold: int = 2) -> Drawn:
    wide = 2 * threshold - 1
    keys = [draw_polynomial(threshold), draw_polynomial(threshold)]
    return [*keys, draw_zero_sharing(wide), draw_zero_sharing(wide)]


def contributions(
    call: Call, at: int, what: Drawn, fresh: list[Scalar] | None = None
) -> list[Contribution]:
    own = call.holder(at).own
    keys = fresh or [generate_scalar() for _ in what]
    sessions = call.plan.sessions
    return [
        contribute(session, at, own, polynomial, key)
        for session, polynomial, key in zip(sessions, what, keys, strict=True)
    ]


def cheated(call: Call, made: list[Contribution]) -> Blame:
    """Run a call in which one holder gives this; what another one says of it."""
    call.commit(1)
    call.commit(3)
    call.cheat(CHEATER, *made)
    call.share(1)
    call.share(3)
    with pytest.raises(HolderBlamed, match="holder-2: "):
        call.accept(RECEIVER)
    path = call.folders[RECEIVER] / f"blame-{RECEIVER}.json"
    return open_statement(Blame, call.plan, read_file(BlameFile, path).blame, path.name)


@pytest.mark.parametrize("run", [3, 4])
@pytest.mark.parametrize("threshold", [2, 5])
def test_zero_of_another_degree_is_blamed(call: Call, run: int, threshold: int) -> None:
    """Of the shares' own degree it would hide a part of the product alone."""
    what = drawn()
    what[run - 1] = draw_zero_sharing(threshold)
    blame = cheated(call, contributions(call, CHEATER, what))
    assert (blame.run, blame.blamed) == (run, CHEATER)
    assert "number of coefficients" in blame.rule


@pytest.mark.parametrize("run", [3, 4])
def test_something_else_than_zero_is_blamed(call: Call, run: int) -> None:
    what = drawn()
    what[run - 1] = draw_polynomial(3)
    blame = cheated(call, contributions(call, CHEATER, what))
    assert (blame.run, "constant term" in blame.rule) == (run, True)


@pytest.mark.parametrize("threshold", [1, 3])
@pytest.mark.parametrize("run", [1, 2])
def test_a_key_or_mask_of_another_degree_is_blamed(
    call: Call, run: int, threshold: int
) -> None:
    what = drawn()
    what[run - 1] = draw_polynomial(threshold)
    blame = cheated(call, contributions(call, CHEATER, what))
    assert (blame.run, "number of coefficients" in blame.rule) == (run, True)


def test_one_share_of_zero_for_both_products_is_blamed(call: Call) -> None:
    what = drawn()
    what[3] = what[2]
    blame = cheated(call, contributions(call, CHEATER, what))
    assert "one value in two runs" in blame.rule


def test_the_mask_for_the_key_is_blamed(call: Call) -> None:
    """The index would learn the square of the key's share, and so the key."""
    what = drawn()
    what[1] = what[0]
    blame = cheated(call, contributions(call, CHEATER, what))
    assert "one value in two runs" in blame.rule


def test_one_session_key_for_two_runs_is_blamed(call: Call) -> None:
    key = generate_scalar()
    fresh = [key, generate_scalar(), key, generate_scalar()]
    blame = cheated(call, contributions(call, CHEATER, drawn(), fresh))
    assert "one value in two runs" in blame.rule


def test_a_message_with_fewer_runs_stops(call: Call) -> None:
    call.commit(1)
    call.commit(3)
    call.cheat(CHEATER, *contributions(call, CHEATER, drawn())[:3])
    call.share(1)
    call.share(3)
    with pytest.raises(CeremonyMalformed, match="holder-2 takes part in another"):
        call.accept(RECEIVER)


def test_a_run_of_one_message_holds_in_no_other(call: Call) -> None:
    made = contributions(call, CHEATER, drawn())
    made[2], made[3] = made[3], made[2]
    assert "does not prove" in cheated(call, made).rule


def test_holders_that_rotate_to_the_same_key_stop(call: Call) -> None:
    """A factor of one: all three together could, and nothing would be rotated."""
    formers = [call.holder(at).former for at in (1, 2)]
    key = combine_shares([each for each in formers if each is not None])
    rest = [drawn() for _ in call.folders]
    for other in rest[:2]:
        polynomial = other[0]
        assert isinstance(polynomial, Polynomial)
        key = subtract_scalars(key, polynomial.coefficients[0])
    last = draw_polynomial(2)
    rest[2][0] = Polynomial((key, last.coefficients[1]))
    for at, what in zip(call.folders, rest, strict=True):
        call.cheat(at, *contributions(call, at, what))
    progress = Progress(
        message=call.messages()[0][1],
        made_at=NOW,
        commits=tuple(file.commit for _, file in call.commits()),
        messages=tuple(file for _, file in call.messages()),
    )
    with pytest.raises(SharesRefused, match="not the key"):
        take_in(call.holder(1), progress)


def test_whoever_leads_the_call_cannot_be_told_the_factor(
    first: Call, tmp_path: Path, index: Index
) -> None:
    """A request of another index than the one whose key the holders have."""
    call, other = go_on(first, tmp_path / "other"), Index()
    other.begin(call)
    for folder in call.folders.values():
        index.introduce(folder)
    with pytest.raises(CeremonyMixed, match="not of the index"):
        call.commit(1)


def test_a_request_that_was_edited_is_none(call: Call, index: Index) -> None:
    """The one-time key of whoever carries it, under the index's name."""
    asked = index.asked.rotation.model_copy(
        update={"seal_key": SealPair.generate().public}
    )
    forged = Index()
    token = sign_told(forged.key, asked)
    with pytest.raises(CeremonyForged, match=r"rotation\.json"):
        open_plan(call.plan.file.model_copy(update={"rotation": token}))


def test_a_plan_says_what_the_index_asked(call: Call, index: Index) -> None:
    file = call.plan.file
    later = index.asked.rotation.model_copy(update={"serial": 2})
    other = index.asked.rotation.model_copy(update={"key_version": 3})
    for members in (
        {"rotation": None},
        {"rotation": sign_told(index.key, later)},
        {"rotation": sign_told(index.key, other)},
        {"kind": "refresh"},
        {"kind": "generate", "current": None},
        {"givers": (1, 2)},
        {"draft": file.draft.model_copy(update={"key_version": 1})},
        {"draft": file.draft.model_copy(update={"epoch": 2})},
        {"draft": file.draft.model_copy(update={"threshold": 3})},
    ):
        with pytest.raises((CeremonyMalformed, CeremonyMixed)):
            open_plan(file.model_copy(update=members))
