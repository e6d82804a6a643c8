"""What roles are called, and what they open."""

from operation118.accounts.models import StaffRole

ROLES: dict[StaffRole, tuple[str, str]] = {
    StaffRole.ADMIN: ("Administration", "tout, et l’équipe elle-même"),
    StaffRole.EDITOR: ("Rédaction", "tout ce que le public voit, et la lettre"),
    StaffRole.PRESS_OFFICER: ("Presse", "les articles, les entretiens et leurs sources"),
    StaffRole.DOOR: ("Accueil", "sa page à soi, et l’accueil des séances"),
}


def role_label(role: StaffRole) -> str:
    return ROLES[role][0]
