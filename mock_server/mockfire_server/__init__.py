"""The stand-in: pictures, answers, journal and the ASGI app."""
