"""Where and with what was measured."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from commands import MODULES, PEERS

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = ("mockfire", "uvicorn", "uvloop", "httptools", "starlette", "jsonschema-rs", "orjson", "pillow")


def today() -> str:
    """Return the date, in UTC."""
    return datetime.now(UTC).date().isoformat()


def machine() -> str:
    """Return what the machine is, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {system}"


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def versions() -> str:
    """Return the versions of all that took part, in one line."""
    return ", ".join(_versions())


def _versions() -> Iterator[str]:
    yield f"Python {platform.python_version()}"
    for package in PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            yield f"{package} not installed"
    for package in PEERS.values():
        manifest = MODULES / package / "package.json"
        if manifest.exists():
            yield f"{package} {orjson.loads(manifest.read_bytes())['version']}"
    yield from _tools()


def _tools() -> Iterator[str]:
    for tool in ("node", "wrk"):
        if shutil.which(tool):
            told = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
            yield f"{tool} {_number(told)}"


def _number(told: str) -> str:
    """Return the first word of *told* that holds a figure."""
    return next((word for word in told.split() if any(map(str.isdigit, word))), "of unknown version")
