"""The Line: everything the telephone can say, as one immutable value.

This room does no I/O except in `files`, reads no clock and imports no framework.
"""
