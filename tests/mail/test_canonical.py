"""The one form of an address: what is plain is taken as it is, and only that."""

import pytest

from operation118.mail.addresses import NoAddress, canonical


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("prenom.nom-2_x@sous.example.org", "prenom.nom-2_x@sous.example.org"),
        ("Prenom@Example.ORG", "Prenom@example.org"),
        ("POSTMASTER@example.org", "postmaster@example.org"),
        ("a@café.example.org", "a@xn--caf-dma.example.org"),
        ("a@xn--caf-dma.example.org", "a@xn--caf-dma.example.org"),
        (f"a@{'bb.' * 83}org", f"a@{'bb.' * 83}org"),
    ],
)
def test_an_address_has_one_form(typed: str, address: str):
    assert canonical(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        *("", "a", "a@", "@b.fr", "a@b", "a@@b.fr", "a@b@c.fr", ".a@b.fr", "a..b@c.fr", "a.@b.fr", "a b@c.fr"),
        *("a@-b.fr", "a@b-.fr", "a@b..fr", "a@b.1", "a@ab--c.fr", "a@b.invalid", "a@b.local", "a@[127.0.0.1]"),
        *("a@b.fr\n", "é@b.fr", f"a@{'b' * 64}.fr", f"aa@{'bb.' * 83}org"),
    ],
)
def test_what_has_not_the_form_of_an_address_is_refused(typed: str):
    with pytest.raises(NoAddress):
        canonical(typed)
