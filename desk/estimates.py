"""Where a page asks the key under which estimates wait: `desk.estimate_keys`."""

from typing import Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from desk.callers import CSRF_HEADER, Caller, LoggedIn, verify_csrf
from desk.desk import desk_of
from desk.estimate_keys import EstimateKey
from desk.strict import StrictRoute
from keys.base64url import encode_b64u

router: Final = APIRouter(prefix="/estimate-keys", route_class=StrictRoute)


class Moment(BaseModel):
    """Of which moment a key is asked again, in seconds."""

    model_config = ConfigDict(extra="forbid")

    at: int = Field(ge=0, lt=2**40, strict=True)


@router.post("")
async def give_key(request: Request, caller: LoggedIn) -> dict[str, object]:
    """Give the key under which this page may seal estimates from now on."""
    _verify_page(request, caller)
    return _tell(await desk_of(request).estimate_keys.give(caller.person.sub))


@router.post("/again")
async def give_key_again(
    request: Request, caller: LoggedIn, moment: Moment
) -> dict[str, object]:
    """Give an earlier key to whom it was given, who has proved anew to be that person.

    Raises `EstimatesGone` for everybody else, and when the hour is over.
    """
    _verify_page(request, caller)
    key = await desk_of(request).estimate_keys.give_again(
        caller.person.sub, moment.at, authenticated_at=caller.authenticated_at
    )
    return _tell(key)


def _verify_page(request: Request, caller: Caller) -> None:
    verify_csrf(caller.csrf or "", request.headers.get(CSRF_HEADER, ""))


def _tell(key: EstimateKey) -> dict[str, object]:
    return {"at": key.at, "key": encode_b64u(key.key)}
