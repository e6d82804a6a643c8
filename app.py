"""The WSGI application, for any server (`granian app:app`); `python app.py` prepares the site and serves it."""

import sys

from operation118 import create_app
from operation118.config import SettingsError
from operation118.site import start

if __name__ == "__main__":
    sys.exit(start.main(create_app))

try:
    app = create_app()
except SettingsError as error:
    sys.exit(str(error))
