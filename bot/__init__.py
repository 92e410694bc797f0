"""Familienbot: curated answers to families' questions, found by rules and German language processing."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("familienbot")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0+unknown"
