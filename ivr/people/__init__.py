"""People: who they are, what they may do, how they sign in, and the trail of what they did.

Nothing here knows of a line's editions or of web pages; both ask here.
"""
