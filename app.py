"""The WSGI application, `app:app`."""

import os
import sys

from ivr import logs
from ivr.config import ConfigError, from_environment
from ivr.line.loading import LineError
from ivr.wiring import create_app

try:
    settings = from_environment(os.environ)
    logs.install(settings.log_format, settings.secrets)
    app = create_app(settings)
except (ConfigError, LineError) as error:
    sys.exit(f"The line cannot start.\n{error}")
