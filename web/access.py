"""One line a request, and none without an answer: a defect of ours is a line too."""

from __future__ import annotations

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config import Language

logger = logging.getLogger("web")
LONGEST = 300
"""Characters of an address in a line."""
_DEFECT = {
    "en": "something is wrong here; the log of the service says what\n",
    "zh": "服务内部出错，详见服务日志\n",
}


class Access:
    """Around the application."""

    def __init__(self, app: ASGIApp, language: Language) -> None:
        self._app = app
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status, octets = 0, 0

        async def sent(message: Message) -> None:
            nonlocal status, octets
            if message["type"] == "http.response.start":
                status = message["status"]
            elif scope["method"] != "HEAD":
                octets += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except TimeoutError:
            logger.warning("given up, its reader takes nothing: %s", _target(scope))
            raise
        except Exception as error:
            if status:
                logger.error("cut short: %s: %s", type(error).__name__, error)
                raise
            logger.error("%s: %s", type(error).__name__, error, exc_info=logger.isEnabledFor(logging.DEBUG))
            await self._apologise(sent)
        finally:
            logger.info(
                "%s %s %s %d %d %.0f ms", (scope.get("client") or ("-",))[0], scope["method"], _target(scope),
                status, octets, (time.perf_counter() - begun) * 1000,
            )  # fmt: skip

    async def _apologise(self, send: Send) -> None:
        body = _DEFECT[self._language].encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 500, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _target(scope: Scope) -> str:
    query = scope["query_string"]
    target = (scope["raw_path"] + (b"?" + query if query else b"")).decode("ascii", "backslashreplace")
    return target if len(target) <= LONGEST else f"{target[: LONGEST - 63]}...{target[-60:]}"
