"""The conversation: one pure function, `step`, conducts a call from turn to turn.

This room does no I/O, reads no clock and imports no framework: what was heard and the time
come in, what to do comes out.
"""
