"""Numbers in words, in the page's language."""

import pytest
from flask import Flask

from operation118.web.numbers import in_words


@pytest.mark.parametrize(
    ("number", "french", "english"),
    [(0, "zéro", "zero"), (1, "une", "one"), (15, "quinze", "fifteen"), (20, "vingt", "twenty"), (21, "21", "21")],
)
def test_up_to_twenty_a_number_is_a_word(app: Flask, number: int, french: str, english: str):
    for path, word in (("/", french), ("/en/", english)):
        with app.test_request_context(path):
            app.preprocess_request()
            assert in_words(number) == word
