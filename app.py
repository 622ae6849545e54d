"""The WSGI application, `app:app`."""

import os
import sys

from ivr.config import ConfigError, from_environment
from ivr.line.loading import LineError
from ivr.wiring import create_app

try:
    app = create_app(from_environment(os.environ))
except (ConfigError, LineError) as error:
    sys.exit(f"The line cannot start.\n{error}")
