"""What the city's staff do to the line: drafts, approval, publishing, alerts and closures.

`timeline`, `texts` and `edition` are pure; the others keep their work in `ivr.store`. Every
act takes the `Person` who does it and `now` (aware), and is in the audit trail.
"""
