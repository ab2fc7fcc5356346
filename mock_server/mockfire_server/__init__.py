"""The stand-in: pictures, answers, journal and the ASGI app."""

from mockfire_server.app import create_app
from mockfire_server.engine import Engine
from mockfire_server.journal import Entry, Journal
from mockfire_server.settings import Settings

__all__ = ["Engine", "Entry", "Journal", "Settings", "create_app"]
