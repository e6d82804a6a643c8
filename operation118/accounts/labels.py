"""What roles are called, and what they open."""

from operation118.accounts.models import StaffRole

ROLES: dict[StaffRole, tuple[str, str]] = {
    StaffRole.ADMIN: ("Administration", "tout, et l’équipe elle-même"),
    StaffRole.EDITOR: ("Rédaction", "tout ce que le public voit, et la lettre"),
    StaffRole.PRESS_OFFICER: (
        "Presse",
        "la presse, ses sources, les personnes et les images ; lire le reste, sauf le courrier et l’équipe",
    ),
    StaffRole.DOOR: ("Accueil", "voir ce qui vient, lire la lettre et pouvoir la retenir"),
}


def role_label(role: StaffRole) -> str:
    return ROLES[role][0]
