"""Measures the widget in Debian's chromium under 4x CPU throttling: medians of 20 loads of the demo page.

As many loads without the widget stand between them, so that a busy machine slows both.

usage: python tools/measure_widget.py http://127.0.0.1:8000
"""

import shutil
import statistics
import sys

from playwright.sync_api import Browser, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
LOADS = 20
NOTE = """
  window.longTasks = []
  new PerformanceObserver(list => window.longTasks.push(...list.getEntries().map(task => task.duration)))
    .observe({type: 'longtask', buffered: true})
"""
CLICK = """() => new Promise(resolve => {
  const bot = document.querySelector('familien-bot')
  const started = performance.now()
  bot.addEventListener('familien-bot-open', () => {
    // two frames later it is on the screen and can be typed into
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started)))
  }, {once: true})
  bot.shadowRoot.querySelector('button').click()
})"""



def measure(browser: Browser, address: str, *, widget: bool) -> tuple[float, float, float]:
    """Milliseconds of one load: all scripts, the longest task (0: none over 50), from click to usable panel."""
    page = browser.new_context(viewport={"width": 390, "height": 780}).new_page()
    page.add_init_script(NOTE)
    if not widget:
        page.route("**/familien-bot.js", lambda route: route.abort())
    client = page.context.new_cdp_session(page)
    client.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    client.send("Performance.enable")
    page.goto(address + "/", wait_until="load")
    metrics = {one["name"]: one["value"] for one in client.send("Performance.getMetrics")["metrics"]}
    longest = max(page.evaluate("window.longTasks"), default=0)
    click = page.evaluate(CLICK) if widget else 0
    page.context.close()
    return metrics["ScriptDuration"] * 1000, longest, click


def main(address: str) -> None:
    """Both, side by side."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        loads = [[measure(browser, address, widget=widget) for widget in (True, False)] for _ in range(LOADS)]
        browser.close()
    for name, found in zip(("with the widget", "without it"), zip(*loads, strict=True), strict=True):
        scripts, longest, clicks = zip(*found, strict=True)
        over = sum(task > 0 for task in longest)
        print(f"{name}: all scripts on load {statistics.median(scripts):.0f} ms; "
              f"loads with a task over 50 ms {over} of {LOADS}, the worst {max(longest):.0f} ms")  # fmt: skip
        if any(clicks):
            print(f"from click to usable panel: {statistics.median(clicks):.0f} ms")


main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
