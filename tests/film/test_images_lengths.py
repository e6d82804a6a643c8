"""What is said of a picture has a length, told beside each field; nothing that was sent is lost."""

from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient

from film.pictures import NEW, SAID, add, edit, jpeg, send
from office.forms import fields
from operation118.accounts.models import StaffRole

pytestmark = pytest.mark.usefixtures("images_folder")
LONG = {"alt_fr": "é" * 601, "terms_en": "é" * 20_000, "credit": "é" * 301}


def test_what_is_too_long_is_told_beside_its_field_and_the_picture_is_kept(office: Callable[[StaffRole], FlaskClient]):
    editor = office(StaffRole.EDITOR)
    answer = send(editor, NEW, jpeg(), **SAID | LONG)
    assert answer.status_code == 422
    page = unescape(answer.text).replace("\u202f", " ").replace("\u00a0", " ")
    for name, told in (("alt_fr", "600"), ("terms_en", "600"), ("credit", "300")):
        assert f'id="{name}-erreur">{told} caractères au plus ; il y en a' in page
    typed = fields(answer.text)
    assert {name: typed[name] for name in LONG} == LONG
    assert typed["file"]


def test_what_just_fits_is_kept(office: Callable[[StaffRole], FlaskClient]):
    editor = office(StaffRole.EDITOR)
    image = add(editor, alt_fr="é" * 600)
    assert edit(editor, image, alt_fr="é" * 600, credit="é" * 300).status_code == 303
    assert edit(editor, image, alt_fr="é" * 601).status_code == 422
