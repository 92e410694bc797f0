"""Takes the pictures of widget and desk in docs/screenshots with Debian's chromium, from our own knowledge."""

import dataclasses
import io
import shutil
import socket
import sys
import threading
import time
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bot.settings import load_settings
from bot.web.app import create_app

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--font-render-hinting=none",
]  # fmt: skip
DESKTOP, PHONE = {"width": 1100, "height": 760}, {"width": 390, "height": 780}
DESK = {"width": 1200, "height": 1000}


def ask(page: Page, question: str) -> None:
    """Asks and waits for the answer."""
    before = page.locator("article.turn").count()
    page.get_by_label("Ihre Frage").fill(question)
    page.keyboard.press("Enter")
    page.locator("article.turn").nth(before).wait_for()


def main() -> None:
    """All pictures."""
    path = shutil.which("chromium") or sys.exit("Es fehlt Chromium: apt-get install chromium")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    settings = load_settings(
        {"FAMILIENBOT_NOW": "2026-11-23T10:00", "FAMILIENBOT_RATE_LIMIT": "0", "FAMILIENBOT_DATABASE_URL": "off"}
    )
    app = create_app(dataclasses.replace(settings, base_url="https://familienbot.herne.example", desk_open=True))
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_config=None))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    app.state.service.finished.wait()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)

        def visit(size: dict[str, int], address: str = "/", **options: object) -> Page:
            # without motion: no picture is taken on the way to an answer
            page = browser.new_context(viewport=size, locale="de-DE", reduced_motion="reduce", **options).new_page()
            page.set_default_timeout(120_000)  # the check of all files takes a while on a busy machine
            page.goto(f"http://127.0.0.1:{port}{address}")
            return page

        def take(page: Page, name: str) -> None:
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(128, dither=Image.Dither.NONE)
            picture.save(FOLDER / f"{name}.png", optimize=True)
            print(f"docs/screenshots/{name}.png")

        page = visit(DESKTOP)
        take(page, "bubble")
        page.get_by_role("button", name="Frage stellen").click()
        page.locator("dialog").wait_for()
        take(page, "panel")
        ask(page, "Wie melde ich mein Kind in der Kita an?")
        take(page, "answer")
        ask(page, "Welche Familienzentren gibt es in Wanne?")
        take(page, "offers")
        ask(page, "Mein Baby hat Tabletten verschluckt")
        take(page, "emergency")
        ask(page, "Mein Mann schlägt mich")
        take(page, "quick-exit")
        page = visit(DESKTOP, color_scheme="dark")
        page.get_by_role("button", name="Frage stellen").click()
        ask(page, "Was kostet die Kita?")
        take(page, "dark")
        page = visit(PHONE, has_touch=True, is_mobile=True)
        page.get_by_role("button", name="Frage stellen").click()
        page.locator("dialog").wait_for()
        take(page, "phone")
        ask(page, "Was machen die Frühen Hilfen?")
        take(page, "phone-answer")
        page = visit(DESKTOP, "/chat", java_script_enabled=False)
        page.locator("main textarea, main input[type=text]").first.fill("Wie melde ich mein Kind in der Kita an?")
        page.locator("main form button").first.click()
        page.wait_for_load_state()
        take(page, "no-javascript")
        page = visit(DESK, "/redaktion")
        take(page, "desk")
        page.goto(f"http://127.0.0.1:{port}/redaktion/erklaeren")
        page.get_by_label("Eine Frage").fill("Guten Tag, was kostst die Kita für zwei Kinder? Vielen Dank")
        page.get_by_role("button", name="Erklären").click()
        page.get_by_role("heading", name="Was gelesen wurde").wait_for()
        take(page, "explain")
        browser.close()
    server.should_exit = True


main()
