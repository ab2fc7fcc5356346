"""What the gateway answers where no operation is: its website, its 404, its redirect, its CORS preflight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockfire_server.errors import INVALID_URL, render
from mockfire_spec import Response

if TYPE_CHECKING:
    from mockfire_server.settings import Settings
    from mockfire_spec import Contract, Request

API_PREFIXES = ("/v1", "/api", "/assets")
"""Below these an unknown path is a 404, elsewhere the website (new-api 2025-04-11 router/web-router.go)."""

ALLOW_ORIGIN = ("access-control-allow-origin", "*")

_PREFLIGHT = (
    ("access-control-allow-methods", "GET,POST,PUT,DELETE,OPTIONS"),
    ("access-control-allow-headers", "*"),
    ("access-control-max-age", "43200"),
)
"""new-api 2025-04-11 middleware/cors.go: all origins, these methods."""

_WEBSITE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>mockfire</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:12vh auto;padding:0 1rem;color:#223}
code{background:#eef1f5;padding:.1em .3em;border-radius:.2em}</style></head>
<body><h1>This is the website, not the API.</h1>
<p>The gateway answers every path outside its API with its website and status 200, and so does this stand-in.
Does your base URL lack <code>/v1</code>? Set <code>OPENAI_BASE_URL</code> to this address followed by
<code>/v1</code>.</p>
<p>What was asked and answered: <a href="/_mockfire/journal">/_mockfire/journal</a>.
The contract: <a href="/openapi.json">/openapi.json</a>.</p></body></html>
"""


def answer_elsewhere(contract: Contract, request: Request, settings: Settings, number: str) -> Response:
    """Return the gateway's answer to a request that no operation takes."""
    if request.method == "OPTIONS" and request.header("access-control-request-method"):
        return Response(204, _PREFLIGHT)
    bare = request.path.rstrip("/")
    if bare != request.path and contract.find(request.method, bare):
        # 307 on a trailing slash was recorded from relays of the same software.
        return Response(307, (("location", f"{bare}?{request.query}" if request.query else bare),))
    if _in_api(request.path):
        return render(INVALID_URL.about(method=request.method, path=request.path), settings, number)
    return Response(200, (("content-type", "text/html; charset=utf-8"),), _WEBSITE)


def _in_api(path: str) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in API_PREFIXES)
