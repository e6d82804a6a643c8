"""The numbers of rows, as addresses and forms say them: no greater than a column holds, or there is no such row."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

GREATEST = 2**31 - 1  # of an integer of PostgreSQL


def row_number(typed: str) -> int:
    """The number that plain digits make. Raises ValueError for any other text, and for what no column holds."""
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > 10 or int(typed) > GREATEST:
        raise ValueError(typed[:40])
    return int(typed)


class RowNumberConverter(IntegerConverter):
    """`<int:number>` of an address."""

    def __init__(self, url_map: Map, **given: Any) -> None:
        super().__init__(url_map, **dict[str, Any](max=GREATEST) | given)


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = RowNumberConverter
