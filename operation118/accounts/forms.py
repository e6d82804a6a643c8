"""What people send at the door and about themselves: its shape only, each with the message that stands beside its field."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, Field, PasswordField, StringField, ValidationError
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, StopValidation

from operation118.accounts.models import LONGEST_NAME, StaffRole
from operation118.mail.addresses import NoAddress, canonical

NAME = (InputRequired("Donnez un nom."), Length(max=LONGEST_NAME, message="Ce nom est trop long."))


def _tidy(value: str | None) -> str:
    """On one line."""
    return " ".join("".join(char if char.isprintable() else " " for char in value or "").split())


def _address(form: FlaskForm, field: Field) -> None:
    """An address that mail can go to."""
    try:
        canonical(field.data or "")
    except NoAddress:
        raise ValidationError(
            "Cette adresse n’est pas complète : il y faut un nom, une arobase et un domaine."
        ) from None


class _Short(Length):
    """What is longer is looked at no further: whether half a megabyte is an address takes seconds to say."""

    def __call__(self, form: BaseForm, field: StringField) -> None:
        try:
            super().__call__(form, field)
        except ValidationError as error:
            raise StopValidation(str(error)) from None


SHORT = _Short(max=254, message="Cette adresse est trop longue.")
ADDRESS = (InputRequired("Donnez l’adresse électronique."), SHORT, _address)


class _Form(FlaskForm):
    def put(self, field: str, message: str) -> None:
        """Write what a rule said beside a field."""
        own: Field = self[field]
        own.errors = [*own.errors, message]


class SignInForm(_Form):
    email = EmailField(
        "Adresse électronique", [InputRequired("Donnez votre adresse électronique."), SHORT], filters=[_tidy]
    )
    password = PasswordField("Mot de passe", [InputRequired("Donnez votre mot de passe.")])


class CodeForm(_Form):
    code = StringField("Code", [InputRequired("Donnez le code."), Length(max=40, message="Ce code est trop long.")])


class ForgottenForm(_Form):
    email = EmailField("Adresse électronique", ADDRESS, filters=[_tidy])


class PasswordForm(_Form):
    password = PasswordField("Mot de passe", [InputRequired("Choisissez un mot de passe.")])


class ResetForm(PasswordForm):
    without_passkeys = BooleanField("Retirer aussi les clés d’accès", default=True)


class ArrivalForm(PasswordForm):
    name = StringField("Votre nom", NAME, filters=[_tidy])


class FoundingForm(ArrivalForm):
    email = EmailField("Adresse électronique", ADDRESS, filters=[_tidy])


class NameForm(_Form):
    name = StringField("Votre nom", NAME, filters=[_tidy])


class ChangeForm(_Form):
    current = PasswordField("Mot de passe actuel", [InputRequired("Donnez votre mot de passe actuel.")])
    password = PasswordField("Nouveau mot de passe", [InputRequired("Choisissez un mot de passe.")])


class ProofForm(_Form):
    password = PasswordField("Mot de passe", [InputRequired("Donnez votre mot de passe.")])


class RoleForm(_Form):
    role = StringField("Rôle")

    def validate_role(self, field: Field) -> None:
        if field.data not in set(StaffRole):
            raise ValidationError("Choisissez un rôle.")

    @property
    def chosen(self) -> StaffRole:
        return StaffRole(self.role.data)


class InvitationForm(RoleForm):
    email = EmailField("Adresse électronique", ADDRESS, filters=[_tidy])
    name = StringField("Nom", NAME, filters=[_tidy])


class SureForm(_Form):
    """A button that asks once."""

    sure = BooleanField("Oui")
