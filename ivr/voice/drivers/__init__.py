"""pyttsx3 drivers of the line's own, and what its bundled espeak driver needs.

pyttsx3 imports a driver as `pyttsx3.drivers.NAME`, so ours are put there under
their names. Nothing here loads an engine before a driver is built.
"""

from __future__ import annotations

import ctypes
import os
import sys
from importlib import import_module

OWN = ("openjtalk", "hibari", "kokoro")


def register(name: str) -> None:
    """Make a driver known to pyttsx3 under its name."""
    if name in OWN:
        sys.modules[f"pyttsx3.drivers.{name}"] = import_module(f"ivr.voice.drivers.{name}")
    else:
        _find_espeak()


def _find_espeak() -> None:
    """Load the espeak-ng of the package espeakng-loader, where pyttsx3 then finds it.

    pyttsx3 asks the system for libespeak-ng.so.1; a library already loaded
    under that name is taken, so no system package is needed.
    """
    import espeakng_loader

    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
