"""Words into telephone sound: readings, engines, telephone audio, the store of audio.

Nothing here loads a speech engine on import. A process that takes calls may
import all of it; only the processes that render (see `ivr.voice.render`) load
an engine.
"""
