"""Tables, migrations, blobs and the audit trail: what outlives a restart.

SQLite in WAL mode by default, PostgreSQL beyond one machine. No rules of the city's work are
in here; those are in `ivr.editions`.
"""
