"""Where people look: the archive over HTTP, by an ASGI application.

It has the Memento endpoints (RFC 7089): what an address said at a time, and when it was captured. What the
archive holds was written by strangers; `inert.py` is what keeps it from doing anything in a reader's browser
or to other pages of ours. Nothing here writes to the home.
"""
