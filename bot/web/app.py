"""Wires settings, bot, routes and limits to one ASGI app. Importing loads nothing."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from threading import Thread
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bot import __version__
from bot.settings import Settings, load_settings
from bot.web.chat_page import router as chat_page
from bot.web.desk_access import make_doorkeeper
from bot.web.desk_pages import Desk
from bot.web.desk_pages import router as desk_pages
from bot.web.limits import BodyLimit, Origins
from bot.web.offers import router as offers
from bot.web.pages import STATIC
from bot.web.problems import MEDIA_TYPE, CatchErrors, add_handlers
from bot.web.reloading import Reloader
from bot.web.routes import router
from bot.web.schemas import EXAMPLES, PROBLEM_EXAMPLE, REQUEST_EXAMPLES
from bot.web.service import Service, make_service
from bot.web.timetable import router as timetable
from bot.web.timetable_page import router as timetable_page
from bot.web.topic_pages import router as topic_pages
from bot.web.widget import router as widget

STOP_S = 2.0
"""How long the end waits for the reloader, which may be loading."""


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    reloader = Reloader(service)
    thread = Thread(target=reloader.run, name="reload", daemon=True)
    thread.start()  # loads at first; /healthz answers meanwhile
    if service.recorder is not None:
        service.recorder.start()  # its thread waits for the bot
    yield
    reloader.stopped.set()
    await run_in_threadpool(service.stop_counting)
    thread.join(STOP_S)


def _describe_api(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document with examples; FastAPI would drop what is null in them. Errors have their own media type."""
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, servers=app.servers
    )
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                content = response.get("content")
                if content is None:  # 204 says nothing
                    continue
                if status >= "400":
                    content[MEDIA_TYPE] = content.pop("application/json")
                elif operation["operationId"] in EXAMPLES:
                    content["application/json"]["example"] = EXAMPLES[operation["operationId"]]
                if status == "422":
                    content[MEDIA_TYPE]["example"] = PROBLEM_EXAMPLE
    for path, example in REQUEST_EXAMPLES.items():
        document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"] = example
    return document


def create_app(settings: Settings, clock: Callable[[], float] = time.monotonic) -> FastAPI:
    """The app for these settings; the bot is loaded when it starts.

    clock   seconds for the rate limit
    raises  SettingsError when a trusted proxy is no address, or the hash of the desk's password is none
    """
    app = FastAPI(
        title="Familienbot",
        version=__version__,
        description="Answers to families' questions. Within /api/v1 fields may be added; none is renamed or removed.",
        docs_url=None,  # these pages load their scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.service = make_service(settings, clock)
    app.include_router(router)
    app.include_router(offers)
    app.include_router(timetable)
    app.include_router(timetable_page)
    app.include_router(topic_pages)
    app.include_router(chat_page)
    app.include_router(widget)
    door = make_doorkeeper(settings, clock)
    if door is not None:
        app.state.desk = Desk(door)
        app.include_router(desk_pages)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    add_handlers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(CatchErrors)
    if settings.desk_open:  # a page elsewhere must not reach it by a name that it made point here
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    if settings.origins:
        app.add_middleware(Origins, origins=settings.origins)  # outermost: a page may read errors, too

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe_api(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def create_app_from_environment() -> FastAPI:
    """The app for the settings of the environment, with its log: what every worker of the server calls."""
    settings = load_settings()
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    return create_app(settings)


def serve(settings: Settings) -> None:
    """Serves until the process is ended. Neither addresses nor paths are logged."""
    import uvicorn

    uvicorn.run(
        "bot.web.app:create_app_from_environment",
        factory=True,
        host=settings.host,
        port=settings.port,
        root_path=settings.root_path,
        workers=settings.workers,
        access_log=False,
        log_config=None,
        proxy_headers=False,  # who is trusted to name the client, `limits.py` decides
        server_header=False,
    )


def serve_desk(settings: Settings) -> None:
    """Serves the bot with its desk until the process is ended, to the editor on this machine alone."""
    import uvicorn

    app = create_app(replace(settings, host="127.0.0.1", root_path="", base_url="", desk_open=True, rate_limit=0))
    uvicorn.run(app, host="127.0.0.1", port=settings.port, access_log=False, log_config=None, server_header=False)
