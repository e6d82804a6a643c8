"""Addresses: the mailbox behind a name, the form in which one is known."""

import pytest

from operation118.newsletter import addresses


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("Lea+film@example.org", "lea@example.org"),
        ("l.e.a@example.org", "l.e.a@example.org"),
        ("+33@example.org", "+33@example.org"),
        ("l.e.a+x@googlemail.com", "lea@gmail.com"),
    ],
)
def test_a_mailbox_is_known_whatever_is_put_in_its_name(address: str, mailbox: str):
    assert addresses.mailbox(address) == mailbox
