"""Where the office edits what: one address for each row of the content."""

from flask import url_for


def edit_url(kind: str, slug: str) -> str:
    """The page that edits the row `slug` of a kind of content, named by its key (`screening`, `item`…)."""
    if kind == "image":
        return url_for("image_office.edit", slug=slug)
    return url_for("office.edit", kind=kind, slug=slug)
