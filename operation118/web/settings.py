"""The settings, within a request."""

from flask import current_app

from operation118.config import Settings


def current_settings() -> Settings:
    """The settings of the application that is answering."""
    settings: Settings = current_app.extensions["settings"]
    return settings
