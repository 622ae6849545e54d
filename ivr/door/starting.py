"""Serve the line by the environment's settings. What is wrong stops here, in one sentence."""

import os
import sys

from ivr import logs, setting_up
from ivr.config import ConfigError, Settings, from_environment
from ivr.door.server import PortTaken, serve
from ivr.line.loading import LineError, read


def main() -> None:
    """Serve by the environment's settings."""
    try:
        settings = from_environment(os.environ)
        logs.install(settings.log_format, settings.secrets)
        read(settings.prompts)
        serve(settings, lambda: print(_welcome(settings), flush=True))
    except (ConfigError, LineError) as error:
        sys.exit(f"The line cannot start.\n{error}")
    except PortTaken as error:
        sys.exit(str(error))


def _welcome(settings: Settings) -> str:
    origin = f"http://{f'[{settings.host}]' if ':' in settings.host else settings.host}:{settings.port}"
    told = "Its own voice is being made; until a sound is there, /phone shows the words alone."
    rest = "What is not installed yet follows now, beside it; the console opens once that is there."
    return "\n".join(
        (
            f"The line answers on {origin}",
            f"  read it    {origin}/",
            f"  ring it    {origin}/phone",
            f"             {os.path.relpath(sys.prefix)}/bin/flask phone --server {origin}",
            f"  change it  {origin}/staff",
            *((told,) if settings.renders else ()),
            *((rest,) if settings.set_up and setting_up.missing() else ()),
            "Ctrl-C stops it.",
        )
    )
