"""The files of pictures: what came from outside is made anew, kept, and brought to the sizes that pages show.

Nothing of a received file is kept but its pixels: it is decoded by one of five decoders, turned upright, brought to sRGB
and written again as a JPEG without metadata. So whatever else was hidden in it, or pretended to be it, is gone.
"""

import hashlib
import os
import re
import warnings
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, UnidentifiedImageError

from operation118.film.refused import Refused
from operation118.web.keeping import keep

DECODERS = ("JPEG", "PNG", "WEBP", "AVIF", "TIFF")
MOST_BYTES = 30 * 2**20
MOST_PIXELS = 80_000_000
SHORTEST_SIDE = 300  # pixels; less is of no use to a newspaper
MOST_ELONGATED = 5  # times as long as wide: beyond, WebP (16,383 pixels a side) could not hold every size
WIDTHS = (480, 960, 1600)  # pixels
MASTER_QUALITY = 95
DEEP_GRAYS = ("I;16", "I;16L", "I;16B", "I;16N")
NAME = re.compile(r"(?P<stem>[0-9a-f]{32})(?:-(?P<width>\d{1,5}))?\.(?P<format>avif|webp|jpg)")


class Format(StrEnum):
    """The formats of the sizes, lightest first."""

    AVIF = "avif"
    WEBP = "webp"
    JPG = "jpg"


_SAVING: dict[Format, dict[str, Any]] = {
    Format.AVIF: {"format": "AVIF", "quality": 60, "speed": 6},
    Format.WEBP: {"format": "WEBP", "quality": 80, "method": 4},
    Format.JPG: {"format": "JPEG", "quality": 82, "progressive": True, "optimize": True},
}
MIMETYPES = {Format.AVIF: "image/avif", Format.WEBP: "image/webp", Format.JPG: "image/jpeg"}

# Our own check counts pixels before anything is decoded. Pillow's warns at a number of its own, which says nothing here.
Pillow.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True)
class Master:
    """A picture made anew: the name of its file, and its size in pixels."""

    file: str
    width: int
    height: int


# --- Receiving ----------------------------------------------------------------------------------------------------


def receive(upload: IO[bytes], folder: Path) -> Master:
    """Keep the pixels of `upload` in `folder`. The name is made from them: the same picture has the same one.

    Raises Refused when it is no picture, or none that could be used; OSError when it cannot be written."""
    content = upload.read(MOST_BYTES + 1)
    if not content:
        raise Refused("Ce fichier est vide.")
    if len(content) > MOST_BYTES:
        raise Refused(f"Ce fichier pèse plus de {MOST_BYTES // 2**20} Mo. Réduisez-le, puis recommencez.")
    jpeg, size = _made_anew(content)
    file = f"{hashlib.blake2b(jpeg, digest_size=16).hexdigest()}.jpg"
    keep(folder / file, jpeg)
    return Master(file, *size)


def _made_anew(content: bytes) -> tuple[bytes, tuple[int, int]]:
    try:
        with warnings.catch_warnings(action="ignore"), Pillow.open(BytesIO(content), formats=DECODERS) as picture:
            _check_size(*picture.size)
            picture.load()
            _turn(picture)
            clean = _srgb(_flat(picture), picture.info.get("icc_profile"))
    except Refused:
        raise
    except UnidentifiedImageError:
        raise Refused("Ce n’est pas une image JPEG, PNG, WebP, AVIF ou TIFF, quel que soit son nom.") from None
    except Exception:  # decoders raise whatever they like on a hostile or a cut file
        raise Refused(
            "Cette image ne se lit pas jusqu’au bout : le fichier est abîmé. Enregistrez-le de nouveau."
        ) from None
    clean.info = {}  # encoders copy comments and profiles out of it
    stream = BytesIO()
    clean.save(stream, "JPEG", quality=MASTER_QUALITY, subsampling=0)
    return stream.getvalue(), clean.size


def _check_size(width: int, height: int) -> None:
    """Before anything is decoded: a small file may hold a giant."""
    if width * height > MOST_PIXELS:
        raise Refused(
            f"Cette image a plus de {MOST_PIXELS // 10**6} millions de pixels. Réduisez-la, puis recommencez."
        )
    if min(width, height) < SHORTEST_SIDE:
        raise Refused(
            f"Cette image est trop petite ({width} × {height}) : il faut au moins {SHORTEST_SIDE} pixels de côté."
        )
    if max(width, height) > MOST_ELONGATED * min(width, height):
        raise Refused(f"Cette image est trop étirée : un côté fait plus de {MOST_ELONGATED} fois l’autre. Recadrez-la.")


# A giant takes 320 MB of memory: what can be done in its place is done there.


def _turn(picture: Pillow.Image) -> None:
    """Turn it as its EXIF says; EXIF that cannot be read turns nothing."""
    with suppress(Exception):
        ImageOps.exif_transpose(picture, in_place=True)


def _flat(picture: Pillow.Image) -> Pillow.Image:
    """In a mode that colours can be read from; what is transparent becomes white, as on paper."""
    if picture.has_transparency_data:
        coloured = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        flat = Pillow.new("RGB", coloured.size, "white")
        flat.paste(coloured, mask=coloured.getchannel("A"))
        return flat
    if picture.mode in DEEP_GRAYS:
        return picture.convert("I").point(lambda value: value / 256).convert("L")  # pyright: ignore[reportUnknownLambdaType, reportUnknownMemberType, reportOperatorIssue]
    return picture if picture.mode in ("RGB", "L", "CMYK") else picture.convert("RGB")


def _srgb(picture: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    """The colours that its profile means; without one, or with one that makes no sense, they count as sRGB."""
    if profile:
        plain = picture.mode == "RGB"
        try:
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, given, _srgb_profile(), outputMode="RGB", inPlace=plain)
            return turned or picture
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return picture if picture.mode == "RGB" else picture.convert("RGB")


@cache
def _srgb_profile() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


# --- Making sizes -------------------------------------------------------------------------------------------------


def widths(width: int) -> list[int]:
    """The widths of the sizes of a picture: never larger than it is."""
    return [size for size in WIDTHS if size <= width] or [width]


def size_name(file: str, width: int, made: Format) -> str:
    """The name of one size of the picture whose master is `file`."""
    return f"{Path(file).stem}-{width}.{made.value}"


def make_sizes(file: str, folder: Path) -> Master:
    """Make every size of the master `file` of `folder`, in its folder `sizes`; some two seconds. What the master measures.

    Raises OSError when it is not there, cannot be read or nothing can be written."""
    with Pillow.open(folder / file, formats=("JPEG",)) as picture:
        size = picture.size
        picture.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))  # decodes a giant at half, a quarter of its size
        whole = picture.convert("RGB")
    for width in reversed(widths(size[0])):
        height = max(1, round(width * size[1] / size[0]))
        whole = whole.resize((width, height), Pillow.Resampling.LANCZOS)  # pyright: ignore[reportUnknownMemberType]
        for made in Format:
            stream = BytesIO()
            whole.save(stream, **_SAVING[made])
            keep(folder / "sizes" / size_name(file, width, made), stream.getvalue())
    return Master(file, *size)


def measured(file: str, folder: Path) -> Master:
    """The master `file` of `folder`. Raises OSError."""
    with Pillow.open(folder / file, formats=("JPEG",)) as picture:
        return Master(file, *picture.size)


def has_sizes(file: str, sizes: list[int], folder: Path) -> bool:
    """Whether every size that a row claims is there."""
    return all((folder / "sizes" / size_name(file, width, made)).exists() for width in sizes for made in Format)


# --- Putting away -------------------------------------------------------------------------------------------------


def masters(folder: Path) -> list[Path]:
    """The masters in `folder`."""
    return [path for path in folder.glob("*.jpg") if NAME.fullmatch(path.name)]


def locate(file: str, folder: Path) -> Path | None:
    """The master `file`, brought back from the bin if it is there; None when it is nowhere."""
    path, binned = folder / file, folder / "bin" / file
    if not path.exists() and binned.exists():
        binned.replace(path)
    return path if path.exists() else None


def throw(path: Path, *, at: datetime) -> None:
    """Put a master in the bin, dated `at`, and take its sizes away: they can be made again."""
    binned = path.parent / "bin" / path.name
    binned.parent.mkdir(exist_ok=True)
    path.replace(binned)
    os.utime(binned, (at.timestamp(), at.timestamp()))
    for size in (path.parent / "sizes").glob(f"{path.stem}-*"):
        size.unlink(missing_ok=True)


def dated(path: Path) -> datetime:
    """When a file was written or thrown away."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
