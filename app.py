"""The WSGI application, for any server (`granian app:app`); `python app.py` prepares the site and serves it."""

import gc
import sys

gc.disable()  # what loads is no garbage: looking for some would take a fifth of the start

from operation118 import create_app  # noqa: E402
from operation118.config import SettingsError  # noqa: E402

gc.freeze()
gc.enable()

if __name__ == "__main__":
    from operation118.site import serving  # the server itself is nothing that a worker or a command needs

    sys.exit(serving.main(create_app))

try:
    app = create_app()
except SettingsError as error:
    sys.exit(str(error))
