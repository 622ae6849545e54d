"""The conversations: of callers (`conversation`) and of staff who record by telephone (`recording_call`),
each conducted by one pure function, `step`, from turn to turn.

This room does no I/O, reads no clock and imports no framework: what was heard and the time
come in, what to do comes out.
"""
