"""Public holidays of a Land; the only import of `holidays`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from holidays import country_holidays


@cache
def _of_year(land: str, year: int) -> Mapping[date, str]:
    try:
        return dict(country_holidays("DE", subdiv=land, years=year, language="de"))
    except NotImplementedError:  # no such Land: a check of the city finds it
        return {}


def holiday_on(day: date, land: str | None) -> str | None:
    """The name of the public holiday on that day in the Land, or None.

    land  code such as `NW`; None: no holidays are known
    """
    return _of_year(land, day.year).get(day) if land else None
