"""The office speaks French only: the text of its templates is typeset once, when they are compiled."""

import re
from collections.abc import Iterable, Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from operation118.web.typography import typeset

_TAG = re.compile(r"(<[^>]*>?)")


class FrenchTemplates(Extension):
    """Typesets what stands between tags in `templates/office/`."""

    def filter_stream(self, stream: TokenStream) -> TokenStream | Iterable[Token]:
        return self._typeset(stream) if (stream.name or "").startswith("office/") else stream

    @staticmethod
    def _typeset(stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            if token.type == "data":
                parts = _TAG.split(token.value)
                text = "".join(part if part.startswith("<") else typeset(part, "fr") for part in parts)
                token = Token(token.lineno, token.type, text)
            yield token
