"""Every error as `application/problem+json` (RFC 9457): which field and why, never the value."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from traceback import walk_tb
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 10
MAX_FIELD_CHARS = 64
"""Names of unknown fields are the client's own words: named in full only while they are short."""

_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not accept this method.",
    500: "The request could not be answered. The error is in the log.",
}
_REASONS = {
    "extra_forbidden": "This field is not known",
    "model_type": "This should be a JSON object",
    "string_pattern_mismatch": "This has not the form that the OpenAPI document shows",
}
_log = logging.getLogger("familienbot")


class ProblemError(HTTPException):
    """An error that the client is told: status, what is wrong, and for 422 the fields with their reasons."""

    def __init__(
        self,
        status: int,
        detail: str,
        headers: Mapping[str, str] | None = None,
        errors: Iterable[tuple[str, str]] = (),
    ) -> None:
        super().__init__(status, detail, headers)
        self.errors = tuple(errors)


def problem(
    status: int, detail: str = "", headers: Mapping[str, str] | None = None, errors: Iterable[tuple[str, str]] = ()
) -> Response:
    """The response for an error; `errors` are fields with the reason why each was refused."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or _DETAILS.get(status, HTTPStatus(status).description),
    }
    fields = [{"field": name, "reason": reason} for name, reason in errors]
    if fields:
        body["errors"] = fields
    return Response(json.dumps(body), status, headers, MEDIA_TYPE)


def field_errors(errors: Sequence[Any]) -> list[tuple[str, str]]:
    """The field and the reason of each error that pydantic found, without the value."""
    found = []
    for error in errors[:MAX_ERRORS]:
        name = ".".join(str(part) for part in error["loc"] if part not in ("body", "query", "path"))
        found.append((name[:MAX_FIELD_CHARS] or "body", _REASONS.get(error["type"], error["msg"])))
    return found


def invalid(error: ValidationError) -> ProblemError:
    """The 422 for data that a model refused."""
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    return ProblemError(422, "The request has fields that cannot be used.", errors=field_errors(errors))


def describe(error: BaseException) -> str:
    """The kind of an error and where it arose. Its own words stay out of the log: they may quote a parent."""
    place = "?"
    for frame, line in walk_tb(error.__traceback__):
        place = f"{Path(frame.f_code.co_filename).name}:{line}"
    return f"{type(error).__name__} at {place}"


async def _on_http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error, ProblemError):
        return problem(error.status_code, error.detail, error.headers, error.errors)
    return problem(error.status_code, headers=error.headers)


async def _on_invalid_parameters(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem(422, "The request has parameters that cannot be used.", errors=field_errors(error.errors()))


def add_handlers(app: FastAPI) -> None:
    """Makes the app answer every error that a route raises with a problem."""
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_parameters)


class CatchErrors:
    """ASGI middleware: what nobody foresaw becomes a 500 without details, and a line in the log without the message."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except Exception as error:  # noqa: BLE001 - the last net
            _log.error("request failed: %s", describe(error))
            if not started:
                await problem(500)(scope, receive, send)
