"""Cookies on loopback as browsers treat them: `Secure` ones travel over http too.

httpx copies its jar for each request into one with the standard policy, which keeps
`Secure` cookies from http; so the transport keeps them instead.
"""

from http.cookies import SimpleCookie

import httpx


class LoopbackCookies(httpx.AsyncBaseTransport):
    """Adds and remembers cookies per host and port around another transport."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.kept: dict[str, str] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.kept and "cookie" not in request.headers:
            pairs = "; ".join(f"{name}={value}" for name, value in self.kept.items())
            request.headers["cookie"] = pairs
        answer = await self._inner.handle_async_request(request)
        for line in answer.headers.get_list("set-cookie"):
            self._remember(line)
        return answer

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _remember(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            if morsel["max-age"] == "0":
                self.kept.pop(name, None)
            else:
                self.kept[name] = morsel.value
