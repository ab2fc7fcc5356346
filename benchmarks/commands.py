"""How each server is started, and where the peers come from."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from errors import ToolMissingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers import Command

HOME = Path(__file__).parent
MODULES = HOME / "node_modules"
PEERS = {"aimock": "@copilotkit/aimock", "prism": "@stoplight/prism-cli"}
"""By subject: the npm package (package.json pins the versions)."""

INSTALL = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
INSTALL_SECONDS = 300


def mockfire_path() -> str:
    """Return the command of this Python's environment; raise ToolMissingError where it has none."""
    path = Path(sys.executable).with_name("mockfire")
    if not path.exists():
        raise ToolMissingError(
            f"{sys.executable} has no mockfire beside it. Install it there: python -m pip install -e ."
        )
    return str(path)


def mockfire(*options: str, quiet: bool = True) -> Command:
    """Return the command that a user would type, with *options*."""
    words = [mockfire_path(), "serve", *options, *(["--quiet"] if quiet else [])]
    return lambda port: [*words, "--port", str(port)]


def bare_uvicorn(status: int, content_type: str, length: int) -> Command:
    """Return the command of bare uvicorn, answering a constant of *length* bytes."""
    words = [sys.executable, str(HOME / "constant.py"), "--status", str(status)]
    words += ["--content-type", content_type, "--length", str(length)]
    return lambda port: [*words, "--port", str(port)]


def prism(document: Path) -> Command:
    """Return the command of Prism's mock of the OpenAPI *document*, without its log lines."""
    words = [str(MODULES / ".bin" / "prism"), "mock", str(document), "-v", "silent"]
    return lambda port: [*words, "-p", str(port)]


def aimock() -> Command:
    """Return the command of aimock with one fixture, without its log lines."""
    words = [str(MODULES / ".bin" / "llmock"), "-f", str(HOME / "aimock.json"), "--log-level", "silent"]
    return lambda port: [*words, "-p", str(port)]


def write_document(folder: Path) -> Path:
    """Write the documented profile into *folder* as a user of Prism would; return the file."""
    told = [mockfire_path(), "spec", "--profile", "documented", "--format", "yaml"]
    path = folder / "documented.yaml"
    path.write_bytes(subprocess.run(told, check=True, capture_output=True).stdout)
    return path


def why_no_peers(tell: Callable[[str], None]) -> str:
    """Return why the peers cannot be measured, or "" where they can; install them where that is needed."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        return f"{missing[0]} was not found"
    if all((MODULES / package).exists() for package in PEERS.values()):
        return ""
    tell("installing the peers from npm into benchmarks/node_modules, once")
    return _install()


def _install() -> str:
    try:
        subprocess.run(INSTALL, cwd=HOME, check=True, capture_output=True, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        return f"npm install was not done within {INSTALL_SECONDS} s"
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode("utf-8", "replace").split("\n")
        told = next((line for line in lines if "error" in line), f"exit code {error.returncode}")
        return f"npm install failed: {told.strip()}"
    return ""
