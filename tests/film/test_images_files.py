"""What becomes of a received file: upright, in sRGB, without anything that is not a pixel; and the sizes made of it."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from film.pictures import drawn, encoded, opened
from operation118.film import image_files
from operation118.film.image_files import Format, make_sizes, receive, size_name, widths

LEFT, RIGHT = (200, 30, 40), (30, 60, 200)


def halves(width: int = 800, height: int = 400, mode: str = "RGB") -> Pillow.Image:
    """Red on the left, blue on the right."""
    picture = Pillow.new("RGB", (width, height), LEFT)
    picture.paste(RIGHT, (width // 2, 0, width, height))
    return picture.convert(mode)


def kept(content: bytes, folder: Path) -> Pillow.Image:
    """The master made of `content`."""
    master = receive(BytesIO(content), folder)
    picture = opened((folder / master.file).read_bytes())
    assert (master.width, master.height) == picture.size
    return picture


def near(pixel: object, wanted: tuple[int, int, int], by: int = 6) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(int(one) - other) <= by for one, other in zip(pixel, wanted, strict=True))


FORMATS = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "PNG": {},
    "WEBP": {"quality": 95},
    "AVIF": {"quality": 95},
    "TIFF": {"compression": "tiff_lzw"},
}


@pytest.mark.parametrize("form", FORMATS)
def test_five_formats_are_taken_and_their_colours_stay(form: str, tmp_path: Path):
    picture = kept(encoded(halves(), form, **FORMATS[form]), tmp_path)
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (800, 400))
    assert near(picture.getpixel((100, 200)), LEFT)
    assert near(picture.getpixel((700, 200)), RIGHT)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "CMYK", "YCbCr", "I;16"])
def test_every_usual_mode_becomes_plain_colours(mode: str, tmp_path: Path):
    if mode == "I;16":
        source = halves(mode="L").convert("I").point(lambda value: value * 257).convert("I;16")
    else:
        source = halves(mode=mode)
    form = {"CMYK": "TIFF", "YCbCr": "TIFF"}.get(mode, "PNG")
    picture = kept(encoded(source, form), tmp_path)
    assert picture.mode == "RGB"
    seen = {"L": "L", "LA": "L", "I;16": "L", "P": "P"}.get(mode, "RGB")
    wanted = halves(mode=seen).convert("RGB")
    if mode != "1":  # dithered
        assert near(picture.getpixel((100, 200)), wanted.getpixel((100, 200)), 30)  # type: ignore[arg-type]


def test_what_is_transparent_becomes_white(tmp_path: Path):
    source = Pillow.new("RGBA", (600, 400), (0, 0, 0, 0))
    source.paste((*LEFT, 255), (0, 0, 300, 400))
    picture = kept(encoded(source, "PNG"), tmp_path)
    assert near(picture.getpixel((100, 200)), LEFT)
    assert near(picture.getpixel((500, 200)), (255, 255, 255))


# Where each EXIF orientation puts the left of the sensor: (size, a point that must be red).
ORIENTATIONS = {
    1: ((800, 400), (100, 200)),
    3: ((800, 400), (700, 200)),
    6: ((400, 800), (200, 100)),
    8: ((400, 800), (200, 700)),
}


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("form", ["JPEG", "WEBP", "TIFF", "PNG"])
def test_a_picture_is_turned_upright_once(orientation: int, form: str, tmp_path: Path):
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    picture = kept(encoded(halves(), form, exif=exif), tmp_path)
    size, red = ORIENTATIONS[orientation]
    assert picture.size == size
    assert near(picture.getpixel(red), LEFT, 12)
    assert dict(picture.getexif()) == {}


def test_exif_that_cannot_be_read_keeps_no_picture_out(tmp_path: Path):
    assert kept(encoded(halves(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xff" * 40), tmp_path).size == (800, 400)


def test_where_when_and_by_what_it_was_taken_is_forgotten(tmp_path: Path):
    exif = Pillow.Exif()
    exif[0x010F], exif[0x013B], exif[0x0132] = "Appareil", "Quelqu'un", "2009:10:01 10:00:00"
    exif.get_ifd(0x8825)[1] = "N"
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = encoded(halves(), exif=exif, comment=b"secret", icc_profile=srgb, xmp=b"<x:xmpmeta>secret</x:xmpmeta>")
    master = receive(BytesIO(content), tmp_path)
    make_sizes(master.file, tmp_path)
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert not [
            trace for trace in (b"Appareil", b"Quelqu", b"secret", b"xmp", b"Exif", b"ICC_PROFILE") if trace in content
        ]
        assert set(opened(content).info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
            "loop",
            "background",
            "timestamp",
            "duration",
        }


def profile(*, wide: bool) -> bytes:
    """sRGB, or the same with red and blue exchanged: no eye could miss whether it was heeded."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    if wide:
        red, blue = made.find(b"rXYZ"), made.find(b"bXYZ")
        made[red : red + 4], made[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(made)


def test_the_colours_are_those_that_the_profile_means(tmp_path: Path):
    plain = kept(encoded(halves(), "PNG", icc_profile=profile(wide=False)), tmp_path)
    assert near(plain.getpixel((100, 200)), LEFT)
    meant = kept(encoded(halves(), "PNG", icc_profile=profile(wide=True)), tmp_path)
    red, green, blue = LEFT
    assert near(meant.getpixel((100, 200)), (blue, green, red), 12)


def test_a_profile_that_makes_no_sense_is_left_aside(tmp_path: Path):
    assert near(kept(encoded(halves(), "PNG", icc_profile=b"nonsense" * 40), tmp_path).getpixel((100, 200)), LEFT)
    cmyk_of_rgb = encoded(halves(mode="CMYK"), "TIFF", icc_profile=profile(wide=False))
    assert kept(cmyk_of_rgb, tmp_path).mode == "RGB"


def test_of_what_moves_the_first_picture_is_kept(tmp_path: Path):
    frames = [halves(), Pillow.new("RGB", (800, 400), "white")]
    for form in ("PNG", "WEBP", "TIFF"):
        content = encoded(frames[0], form, save_all=True, append_images=frames[1:])
        assert near(kept(content, tmp_path).getpixel((100, 200)), LEFT, 12)


def test_the_same_pixels_have_the_same_name_and_others_another(tmp_path: Path):
    one = receive(BytesIO(encoded(halves(), "PNG")), tmp_path)
    again = receive(BytesIO(encoded(halves(), "TIFF")), tmp_path)
    other = receive(BytesIO(encoded(drawn(), "PNG")), tmp_path)
    assert one == again
    assert one.file != other.file


@pytest.mark.parametrize(
    ("width", "expected"),
    [(300, [300]), (479, [479]), (480, [480]), (1599, [480, 960]), (1600, [480, 960, 1600]), (9000, [480, 960, 1600])],
)
def test_sizes_are_never_larger_than_the_picture(width: int, expected: list[int]):
    assert widths(width) == expected


def test_every_size_is_made_in_three_formats_and_the_modern_ones_are_lighter(tmp_path: Path):
    master = receive(BytesIO(encoded(drawn(2400, 1600).effect_spread(3), quality=95)), tmp_path)
    make_sizes(master.file, tmp_path)
    assert len(list((tmp_path / "sizes").iterdir())) == 9
    for width in (480, 960, 1600):
        files = {form: (tmp_path / "sizes" / size_name(master.file, width, form)).read_bytes() for form in Format}
        for form, content in files.items():
            picture = opened(content)
            assert picture.size == (width, round(width * 2 / 3))
            assert Pillow.MIME[picture.format or ""] == image_files.MIMETYPES[form]
        assert len(files[Format.AVIF]) < len(files[Format.WEBP]) < len(files[Format.JPG])


def test_a_size_is_the_picture_itself(tmp_path: Path):
    master = receive(BytesIO(encoded(halves(5000, 2500), "PNG")), tmp_path)  # decoded at a quarter
    make_sizes(master.file, tmp_path)
    for form in Format:
        picture = opened((tmp_path / "sizes" / size_name(master.file, 480, form)).read_bytes()).convert("RGB")
        assert near(picture.getpixel((60, 120)), LEFT, 8)
        assert near(picture.getpixel((420, 120)), RIGHT, 8)
