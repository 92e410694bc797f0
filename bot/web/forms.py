"""Forms as our own pages send them."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MEDIA_TYPE = "application/x-www-form-urlencoded"
MAX_FIELDS = 20


def is_form(content_type: str) -> bool:
    """Whether a body of this type is a form without files."""
    return content_type.partition(";")[0].strip().lower() == MEDIA_TYPE


async def read_form(request: Request) -> dict[str, str]:
    """The fields of the body by their names, empty ones left out. What is no UTF-8 becomes a mark of replacement.

    raises  HTTPException 415 when the body is no form, 413 when it is too large, 400 when it has too many fields
    """
    if not is_form(request.headers.get("content-type", "")):
        raise HTTPException(415)
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(body, max_num_fields=MAX_FIELDS))
    except ValueError:
        raise HTTPException(400) from None
