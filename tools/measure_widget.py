"""Measures the widget in Debian's chromium under 4x CPU throttling: medians of 20 loads of the demo page.

usage: python tools/measure_widget.py http://127.0.0.1:8000 [--without]
"""

import shutil
import statistics
import sys

from playwright.sync_api import sync_playwright

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

address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
scripts, clicks, at_load = [], [], []
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
    for _ in range(LOADS):
        page = browser.new_context(viewport={"width": 390, "height": 780}).new_page()
        page.add_init_script(NOTE)
        if "--without" in sys.argv:  # the page alone, to compare
            page.route("**/familien-bot.js", lambda route: route.abort())
        client = page.context.new_cdp_session(page)
        client.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        client.send("Performance.enable")
        page.goto(address + "/", wait_until="load")
        metrics = {one["name"]: one["value"] for one in client.send("Performance.getMetrics")["metrics"]}
        scripts.append(metrics["ScriptDuration"] * 1000)
        at_load.append(max(page.evaluate("window.longTasks"), default=0))
        clicks.append(0 if "--without" in sys.argv else page.evaluate(CLICK))
        page.context.close()
    browser.close()
print(f"all scripts of the page on load: {statistics.median(scripts):.0f} ms")
print(f"from click to usable panel: {statistics.median(clicks):.0f} ms")
print(f"longest task on load: {statistics.median(at_load):.0f} ms (0: none over 50 ms), worst {max(at_load):.0f} ms")
