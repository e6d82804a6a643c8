"""Addresses of the office that name a kind of content: `presse/articles` is the kind `item`."""

import re
from typing import Any

from werkzeug.routing import BaseConverter, Map, ValidationError

from operation118.office.rooms import BY_PATH, DESKS


class DeskConverter(BaseConverter):
    """The address of a desk, as the key of its kind."""

    part_isolating = False

    def __init__(self, rules: Map, *arguments: Any) -> None:
        super().__init__(rules, *arguments)
        self.regex = "|".join(re.escape(path) for path in BY_PATH)

    def to_python(self, value: str) -> str:
        if value not in BY_PATH:
            raise ValidationError
        return BY_PATH[value].key

    def to_url(self, value: str) -> str:
        return DESKS[value].path
