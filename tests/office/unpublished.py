"""A row that is not public, the prefix of the site with it, and what is read there."""

from flask import Flask
from werkzeug.test import TestResponse

from markup import parse, words
from web import publishing
from web.publishing import HIDDEN


def article(app: Flask, state: str = "draft", /, **values: object) -> str:
    """The prefix of the site with an article that is not public."""
    return f"/office/apercu/avec/item-{publishing.article(app, **HIDDEN[state], **values).id}"


def bar(answer: TestResponse) -> str:
    document, _ = parse(answer.text)
    said = next((words(aside) for aside in document.iter("aside") if "ribbon" in aside.get("class", "")), "")
    return said.replace("\u202f", " ").replace("\xa0", " ")


def links(answer: TestResponse) -> dict[str, str]:
    document, _ = parse(answer.text)
    return {words(link).replace("\xa0", " "): link.get("href", "") for link in document.iter("a")}
