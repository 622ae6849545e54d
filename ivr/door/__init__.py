"""The server: who gets in, on which thread, and for how long.

    python -m ivr.door

gunicorn supervises, uvicorn's workers speak HTTP under a `clock`, and the `door` takes in whole
requests under limits of size and time before it hands them, each kind in a `lane` of its own, to
the WSGI application `app:app`. Calls have processes of their own: whoever takes in a connection for
anything else hands it over (`handing_over`). That application is whole without the door, which adds limits and
nothing else: any WSGI server can serve it, and the commands and tests go on without this room.
"""
