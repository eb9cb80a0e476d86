"""How does a template become a page?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .groups import KINDS
from .highlight import sql_html, sql_line

FOLDER = Path(__file__).parent / "templates"


def milliseconds(seconds: float) -> str:
    """A duration as it is read: ``0.42 ms``, ``12.3 ms``, ``1.24 s``."""
    ms = seconds * 1000
    if ms >= 1000:
        return f"{seconds:.2f} s"
    return f"{ms:.2f} ms" if ms < 10 else f"{ms:.1f} ms" if ms < 100 else f"{ms:.0f} ms"


def clock(at: float) -> str:
    """A time of the day, where the server is."""
    return datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S")


def iso(at: float) -> str:
    """A moment for machines."""
    return datetime.fromtimestamp(at).astimezone().isoformat(timespec="milliseconds")


def copied(sql: str, params: str) -> str:
    """A statement as the button copies it: its parameters behind it, as a comment."""
    return f"{sql}\n-- {params}" if params else sql


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        ms=milliseconds, clock=clock, iso=iso, sql=sql_html, sql_line=sql_line, copied=copied
    )
    made.globals.update(
        KINDS=KINDS,
        style=Markup((FOLDER / "panel.css").read_text("utf-8")),
        script=Markup((FOLDER / "panel.js").read_text("utf-8")),
    )
    return made


_templates = _environment()


def rendered(template: str, **values: Any) -> bytes:
    """A page of these values."""
    return _templates.get_template(template).render(**values).encode()
