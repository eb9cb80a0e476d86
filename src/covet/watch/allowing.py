"""Which findings were said to be all right?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ..errors import ConfigurationError, short
from .sites import Site

if TYPE_CHECKING:
    from .findings import Finding

NAMES = re.compile(r"(?P<model>[\w*?]+)(\.(?P<relation>[\w*?]+))?")
FILES = re.compile(r"(?P<file>[^:]*(/|\.py)[^:]*)(:(?P<function>[\w.*?<>]+))?")
FORMS = (
    'Entries: a relation ("Author.posts", "Post.*"), a model ("Author"), a file ("app/legacy/*", '
    '"jobs.py") or a function of a file ("app/views.py:index").'
)


class Allowed:
    """The entries of an allow-list.

    ===================== ====================================================================
    ``"Author.posts"``     what loads or asks for this relation; ``"Post.*"`` for all of a model
    ``"Author"``           what asks for rows of this model, or for relations of them
    ``"app/legacy/*"``     what is called from a file, at any distance
    ``"views.py:index"``   what is called from a function; ``"views.py:Page.*"`` for methods
    ===================== ====================================================================

    Stars and question marks stand for any text and any letter. A file is named by its path, or by
    the end of it.

    Args:
        entries: the entries, which ``checked()`` gave.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._names: list[tuple[str, str | None]] = []
        self._files: list[tuple[str, str | None]] = []
        for entry in entries:
            named = NAMES.fullmatch(entry)
            in_file = FILES.fullmatch(entry.replace(os.sep, "/"))
            if in_file is not None:
                self._files.append((in_file["file"], in_file["function"]))
            elif named is not None:
                self._names.append((named["model"], named["relation"]))

    @staticmethod
    def checked(entries: object, where: str) -> tuple[str, ...]:
        """The entries of a list, each of which is of a known form.

        Raises:
            ConfigurationError: it is no list of strings, or an entry is of no form.
        """
        if isinstance(entries, str) or not isinstance(entries, Iterable):
            raise ConfigurationError(
                f"allow takes a list, not {short(entries)}", asked=where, fix=FORMS
            )
        found = tuple(entries)
        for entry in found:
            if not (isinstance(entry, str) and _is_entry(entry)):
                raise ConfigurationError(f"{short(entry)} allows nothing", asked=where, fix=FORMS)
        return found

    def has(self, finding: Finding) -> bool:
        """Whether a finding is all right."""
        return any(_is_about(finding, *entry) for entry in self._names) or any(
            _is_in(site, *entry) for entry in self._files for site in finding.stack
        )


def _is_entry(entry: str) -> bool:
    text = entry.replace(os.sep, "/")
    return bool(NAMES.fullmatch(text) or FILES.fullmatch(text)) and bool(text.strip("*?./: "))


def _is_about(finding: Finding, model: str, relation: str | None) -> bool:
    owner, _, name = (finding.relation or "").partition(".")
    if relation is not None:
        return fnmatchcase(owner, model) and bool(name) and fnmatchcase(name, relation)
    return any(known and fnmatchcase(known, model) for known in (owner, finding.model))


def _is_in(site: Site, file: str, function: str | None) -> bool:
    path = site.path.replace(os.sep, "/")
    if not (fnmatchcase(path, file) or fnmatchcase(path, f"*/{file}")):
        return False
    name = site.function.replace("<locals>.", "")
    return function is None or fnmatchcase(name, function) or fnmatchcase(name, f"*.{function}")
