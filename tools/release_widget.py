"""Freezes the widget's current version for the city of the settings, so that pages with its hash keep working."""

import re
import sys
from pathlib import Path

from bot.compiling import load_bot
from bot.settings import load_settings
from bot.web import widget

content = load_bot(load_settings()).content
folder = widget.SOURCES / "releases" / widget.VERSION
path = folder / (re.sub(r"[^a-z0-9]+", "-", content.city.name.lower()) + ".js")
asset = widget.script(content)
if path.is_file() and path.read_bytes() != asset.body:
    sys.exit(f"{path} ist schon veröffentlicht und war anders. Bitte zuerst VERSION in bot/web/widget.py erhöhen.")
folder.mkdir(parents=True, exist_ok=True)
path.write_bytes(asset.body)
print(
    f"{path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}: {len(asset.packed)} Bytes gzip, {asset.integrity}"
)
