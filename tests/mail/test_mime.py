"""A mail as bytes, read back by the standard library's parser, which wrote none of it."""

import re
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import dkim
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from mail.conftest import TheComposer
from mail.post import message, open_campaign, post
from mail.sink import Sink
from operation118.mail.compose import Parts
from operation118.mail.composing import Letter
from operation118.mail.mime import DATE, MESSAGE_ID, TO, BadHeader, Skeleton
from operation118.mail.worker import Worker

SUBJECT = "Été à l'écran, « séances » : tout ce qu'il faut savoir avant d'y aller, et même un peu plus…"
OWN = {TO: "reader@example.org", MESSAGE_ID: "<1-abc@film.test>", DATE: "Sun, 22 Nov 2026 10:00:00 +0000"}


def skeleton(letter: Letter, *, sender: str = '"Le film, enfin" <lettre@film.test>', reply_to: str = "") -> Skeleton:
    return Skeleton(letter, sender=sender, reply_to=reply_to, headers={"Content-Language": "fr"})


def letter(text: str = "Bonjour, été.", html: str = "<p>Bonjour, été.</p>", **headers: str) -> Letter:
    return Letter(
        Parts(SUBJECT, text, html), {name.replace("_", "-"): value for name, value in headers.items()}, ("MARKOWN",)
    )


def test_what_was_written_is_what_is_read():
    data = skeleton(letter()).fill({**OWN, "MARKOWN": "x"})
    read = message_from_bytes(data, policy=default)
    assert read["Subject"] == SUBJECT
    assert read["From"].addresses[0].addr_spec == "lettre@film.test"
    assert read["From"].addresses[0].display_name == "Le film, enfin"
    assert read["To"] == "reader@example.org"
    assert read["Message-ID"] == "<1-abc@film.test>"
    assert read.get_content_type() == "multipart/alternative"
    plain, html = read.iter_parts()
    assert (plain.get_content(), html.get_content()) == ("Bonjour, été.", "<p>Bonjour, été.</p>")
    assert [part["Content-Transfer-Encoding"] for part in (plain, html)] == ["quoted-printable"] * 2
    assert not read.defects


def test_bytes_are_ascii_with_the_line_ends_of_the_wire():
    data = skeleton(letter("é\n" * 50, "<p>" + "été " * 400 + "</p>")).fill({**OWN, "MARKOWN": "x"})
    assert data.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)
    body = data.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 76


def test_an_encoded_word_is_never_longer_than_the_rule():
    data = skeleton(letter()).fill({**OWN, "MARKOWN": "x"})
    words = re.findall(rb"=\?[^?]+\?[bqBQ]\?[^?]*\?=", data)
    assert len(words) > 1
    assert max(map(len, words)) <= 75


def test_a_long_unsubscribe_address_stays_whole_on_one_line():
    url = f"<https://film.test/lettre/desinscription/{'a' * 300}>"
    data = skeleton(letter(List_Unsubscribe=url)).fill({**OWN, "MARKOWN": "x"})
    assert f"List-Unsubscribe: {url}\r\n".encode() in data


@pytest.mark.parametrize("place", ["before", "before " * 9, "é" * 25, "x" * 70, "x" * 71, "x" * 72, "x" * 73])
def test_a_mark_is_found_wherever_lines_are_cut(place: str):
    text = f"{place}https://film.test/me/MARKOWN{place}"
    data = skeleton(letter(text, f"<p>{text}</p>")).fill({**OWN, "MARKOWN": "123.abc_-d"})
    read = message_from_bytes(data, policy=default)
    plain, html = read.iter_parts()
    assert plain.get_content() == text.replace("MARKOWN", "123.abc_-d")
    assert html.get_content() == f"<p>{text}</p>".replace("MARKOWN", "123.abc_-d")


@given(
    text=st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=200),
    value=st.text("abcXYZ019-_.~:/?#@=", max_size=200),
)
def test_any_text_and_any_value_survive(text: str, value: str):
    whole = f"{text}MARKOWN{text}" if "MARKOWN" not in text else "MARKOWN"
    data = skeleton(letter(whole)).fill({**OWN, "MARKOWN": value})
    plain = next(iter(message_from_bytes(data, policy=default).iter_parts()))
    raw = plain.get_payload(decode=True)
    assert isinstance(raw, bytes)
    assert raw.decode().replace("\r\n", "\n") == whole.replace("MARKOWN", value)
    assert max(map(len, data.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76


@pytest.mark.parametrize("bad", ["a\nBcc: b@example.org", "a\r\nBcc: b@example.org", "a\rb"])
def test_no_value_begins_another_header(bad: str):
    with pytest.raises(BadHeader):
        skeleton(letter(X_Odd=bad))
    with pytest.raises(BadHeader):
        skeleton(letter(), reply_to=bad)
    with pytest.raises(BadHeader):
        skeleton(Letter(Parts(bad, "text", "html")))
    with pytest.raises(BadHeader):
        skeleton(letter()).fill({**OWN, TO: bad, "MARKOWN": "x"})


def test_mails_signed_with_the_key_of_the_settings_are_verified_as_they_arrived(
    make_app: Callable[..., Flask], signing_key: Path, public_key: bytes, sink: Sink
):
    app = make_app(SMTP_URL=sink.url, DKIM_KEY=str(signing_key), DKIM_SELECTOR="essai")
    post(app, message("signed"))
    Worker(app).drain()
    data = sink.mails[0].data

    def dns(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"essai._domainkey.film.test."
        return b"v=DKIM1; k=rsa; p=" + public_key

    assert dkim.verify(data, dnsfunc=dns)
    assert not dkim.verify(data.replace(b"Bonjour", b"Bonsoir"), dnsfunc=dns)
    assert not dkim.verify(data.replace(b"Subject: ", b"Subject: Re: "), dnsfunc=dns)


def test_a_campaign_says_how_to_leave_it_in_headers_that_programs_understand(
    mail_app: Flask, sink: Sink, composer: TheComposer
):
    open_campaign(mail_app, 7, 1)
    Worker(mail_app).drain()
    assert b"\r\nList-Unsubscribe: <https://film.test/bye/0.abc_-d>\r\n" in sink.mails[0].data
    assert sink.mails[0].message["List-Id"] == "<lettre.film.test>"
