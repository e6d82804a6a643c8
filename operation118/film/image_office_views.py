"""The pictures in the office: the contact sheet of all of them, adding, editing, putting in order, deleting."""

from flask import abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm.exc import StaleDataError

from operation118.accounts import door
from operation118.accounts.door import open_to
from operation118.accounts.models import JournalEntry, StaffRole
from operation118.accounts.notices import say
from operation118.database import db
from operation118.film import image_files, images, jobs
from operation118.film.desks import IMAGES
from operation118.film.image_files import MIMETYPES, Format, Master
from operation118.film.image_forms import ImageForm, blame, filled
from operation118.film.images import Changed
from operation118.film.models import Image
from operation118.film.refused import Refused
from operation118.publication import PUBLICATIONS, Publication
from operation118.web.headers import private
from operation118.web.row_numbers import row_number

bp = door.room("image_office", __name__, "/office/images")
TEAM = (StaffRole.EDITOR, StaffRole.PRESS_OFFICER)
MOST_SENT = image_files.MOST_BYTES + 2**20  # bytes: a picture, and what is typed beside it


@bp.url_value_preprocessor
def _let_pictures_in(endpoint: str | None, values: object) -> None:
    """Before anything reads the form."""
    if endpoint in ("image_office.new", "image_office.edit"):
        request.max_content_length = MOST_SENT


@bp.context_processor
def _words() -> dict[str, object]:
    return {"small": _small, "kinds": IMAGES, "publications": PUBLICATIONS}


def _small(image: Image) -> str:
    """The file that stands for the picture in the office: the smallest size there is."""
    return image_files.size_name(image.file, min(image.sizes), Format.WEBP)


def the_image(slug: str) -> Image:
    return images.find(slug) or abort(404)


@bp.get("/")
@open_to(*TEAM)
def index() -> str:
    shown = [images.shown(image) for image in images.in_order()]
    return render_template("office/images/index.html", shown=shown)


def _form_page(form: ImageForm, image: Image | None, master: Master | None, *, changed: bool = False) -> str:
    return render_template(
        "office/images/form.html",
        form=form,
        image=images.shown(image) if image else None,
        master=master,
        most_bytes=image_files.MOST_BYTES,
        differences=form.differences(image) if image and changed else None,
    )


def _received(form: ImageForm) -> Master | None:
    """The file that was sent, or the one sent before with the same form; None if there is none, or none that is good."""
    if (upload := form.upload_sent) is None:
        return images.kept(form.file.data or "")
    try:
        master = images.receive(upload.stream)
    except Refused as refusal:
        form.refused = str(refusal)
        return None
    form.file.data = master.file
    return master


@bp.route("/nouvelle/", methods=["GET", "POST"])
@open_to(*TEAM)
def new() -> ResponseReturnValue:
    form = filled(None)
    if request.method == "GET":
        return _form_page(form, None, None)
    master = _received(form)
    entry = form.entry(images.free_slug(form.alt_fr.data or ""), master)
    if entry is None:
        return _form_page(form, None, master), 422
    try:
        image = images.add(entry)
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        blame(form.upload, str(refusal))
        return _form_page(form, None, master), 422
    jobs.ring()
    return _done(f"Image ajoutée : {_standing(image)}. Ses tailles se préparent.")


@bp.route("/<slug>/", methods=["GET", "POST"])
@open_to(*TEAM)
def edit(slug: str) -> ResponseReturnValue:
    image = the_image(slug)
    form = filled(image)
    if request.method == "GET":
        return _form_page(form, image, None)
    master = _received(form)
    entry = form.entry(slug, master or Master(image.file, image.width, image.height))
    if entry is None:
        return _form_page(form, image, master), 422
    try:
        images.change(image, entry, version=form.read_version)
        db.session.commit()
    except (Changed, StaleDataError):
        return _changed_meanwhile(form, slug, master)
    except Refused as refusal:
        db.session.rollback()
        blame(form.upload, str(refusal))
        return _form_page(form, image, master), 422
    if not image.sizes:
        jobs.ring()
    return _done(f"Image enregistrée : {_standing(image)}.")


def _changed_meanwhile(form: ImageForm, slug: str, master: Master | None) -> ResponseReturnValue:
    """The form as typed beside what somebody else saved; sending it again is choosing what was typed."""
    db.session.rollback()
    db.session.expire_all()
    image = the_image(slug)
    form.version.data = str(image.version)
    return _form_page(form, image, master, changed=True), 409


def _standing(image: Image) -> str:
    return {
        Publication.DRAFT: "c’est un brouillon, personne d’autre ne la voit",
        Publication.PUBLISHED: "le site la montrera dès que ses tailles et ses dates le permettent",
        Publication.WITHDRAWN: "le site ne la montre plus",
    }[image.publication]


def _done(message: str, *undoable: JournalEntry) -> ResponseReturnValue:
    say(message, done=undoable)
    return redirect(url_for("image_office.index"), 303)


def _delete_page(image: Image, *, changed: bool = False) -> str:
    shown = images.shown(image)
    return render_template("office/images/delete.html", image=shown, days=images.BINNED.days, changed=changed)


@bp.route("/<slug>/supprimer/", methods=["GET", "POST"])
@open_to(*TEAM)
def delete(slug: str) -> ResponseReturnValue:
    image = the_image(slug)
    if request.method == "GET":
        return _delete_page(image)
    try:
        line = images.delete(image, version=request.form.get("version", 0, row_number))
        db.session.commit()
    except (Changed, StaleDataError):
        db.session.rollback()
        db.session.expire_all()
        return _delete_page(the_image(slug), changed=True), 409
    return _done(f"Image supprimée. Le journal permet de la remettre pendant {images.BINNED.days} jours.", line)


@bp.post("/ordre/")
@open_to(*TEAM)
def order() -> ResponseReturnValue:
    """The slugs in their new order, or one of them and where it goes: `haut` or `bas`."""
    slugs = request.form.getlist("image")
    if step := request.form.get("haut") or request.form.get("bas"):
        slugs = _moved([image.slug for image in images.in_order()], step, up="haut" in request.form)
    moved = images.reorder(slugs)
    db.session.commit()
    return _done("Ordre enregistré." if moved else "Rien n’a changé de place.")


def _moved(slugs: list[str], slug: str, *, up: bool) -> list[str]:
    """The same names, with one a place earlier or later."""
    if slug in slugs:
        place = slugs.index(slug)
        slugs.insert(max(0, place - 1) if up else place + 1, slugs.pop(place))
    return slugs


@bp.get("/fichiers/<name>")
@open_to(*TEAM)
def file(name: str) -> ResponseReturnValue:
    """Any file of a picture, for the team alone: drafts and what is under embargo too."""
    found = image_files.NAME.fullmatch(name) or abort(404)
    folder = images.folder() / "sizes" if found["width"] else images.folder()
    if not (folder / name).exists():
        abort(404)
    return private(send_file(folder / name, mimetype=MIMETYPES[Format(found["format"])], etag=False))
