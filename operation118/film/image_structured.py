"""A picture as schema.org's ImageObject: what it shows, whom to credit, where its terms are."""

from collections.abc import Iterable

from flask import url_for

from operation118.film import image_files
from operation118.film.image_files import Format
from operation118.film.models import Image
from operation118.film.structured import CONTEXT, JsonLd
from operation118.web.languages import current, t
from operation118.web.links import absolute


def image_json_ld(image: Image) -> JsonLd:
    """One picture; the terms are beside it on the page of pictures, where it can also be taken away."""
    width = max(image.sizes)
    terms = absolute(url_for("images.index", _anchor=image.slug))
    shown = url_for("images.file", name=image_files.size_name(image.file, width, Format.JPG))
    return {
        "@type": "ImageObject",
        "contentUrl": absolute(shown),
        "width": width,
        "height": round(width * image.height / image.width),
        "description": t(image, "alt"),
        **({"caption": t(image, "caption")} if image.caption_fr else {}),
        "creditText": image.credit,
        "copyrightNotice": image.credit,
        "license": terms,
        "acquireLicensePage": terms,
    }


def gallery_json_ld(images: Iterable[Image]) -> JsonLd:
    """The page of pictures."""
    return {
        "@context": CONTEXT,
        "@type": "ImageGallery",
        "url": absolute(url_for("images.index")),
        "inLanguage": current(),
        "image": [image_json_ld(image) for image in images],
    }
