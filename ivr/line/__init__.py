"""The Line: everything the telephone can say, as one immutable value.

Only `loading.read` and `loading.read_files` look into a folder; nothing else here does I/O, nothing reads a
clock, and no framework is imported.
"""
