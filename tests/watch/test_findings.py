"""How is a finding told, as text and as data?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from covet.errors import NPlusOneWarning
from covet.watch.findings import Finding, FindingKind
from covet.watch.sites import Site

APP = """\
async def get_users_with_profiles():
    users = await User.objects.all()
    for user in users:
        profile = await user.profile
"""
LOOP = Site("app.py", 4, "get_users_with_profiles")


@pytest.fixture
def finding(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Finding:
    """What was found in ``app.py`` of the working directory."""
    monkeypatch.chdir(tmp_path)
    Path("app.py").write_text(APP)
    return Finding(
        kind="n_plus_one",
        count=47,
        sql="SELECT * FROM profiles WHERE user_id = ?",
        seconds=0.23456,
        relation="User.profile",
        model="Profile",
        site=LOOP,
        source=None,
        fix='select_related("profile")',
        suggestion="Use select_related('profile') to load related Profile objects in a single "
        "query with JOIN",
        stack=(LOOP,),
        serials=(7, 8),
    )


def test_the_report_has_the_form_of_the_seeds(finding: Finding) -> None:
    assert finding.text() == (
        """\
================================================================================
N+1 QUERY DETECTED (WARNING)
================================================================================
Query executed 47 times:
  SELECT * FROM profiles WHERE user_id = ?

Total time wasted: 234.56ms

OPTIMIZATION SUGGESTION:
  Use select_related('profile') to load related Profile objects in a single
  query with JOIN

First occurrence stack trace:
  File "app.py", line 4, in get_users_with_profiles
    profile = await user.profile
================================================================================"""
    )
    assert str(finding) == finding.text()


def test_it_names_the_line_of_the_queryset_and_the_stack_from_outside_in(
    finding: Finding, tmp_path: Path
) -> None:
    file = str(tmp_path / "app.py")
    found = replace(
        finding,
        source=Site(file, 2, "get_users_with_profiles"),
        stack=(LOOP, Site("<string>", 1, "View.page.<locals>.inner")),
    )

    assert found.text().endswith(
        """\
  query with JOIN

Queryset to change:
  File "app.py", line 2, in get_users_with_profiles
    users = await User.objects.all()

First occurrence stack trace:
  File "<string>", line 1, in inner
  File "app.py", line 4, in get_users_with_profiles
    profile = await user.profile
================================================================================"""
    )


@pytest.mark.parametrize(
    ("found", "title"),
    [
        ("n_plus_one", "N+1 QUERY DETECTED (WARNING)"),
        ("repeated", "REPEATED QUERY DETECTED (WARNING)"),
        ("count_then_fetch", "COUNT BEFORE FETCH DETECTED (WARNING)"),
        ("unused", "UNUSED EAGER LOAD DETECTED (WARNING)"),
    ],
)
def test_each_kind_has_a_headline(found: FindingKind, title: str, finding: Finding) -> None:
    assert replace(finding, kind=found).text().splitlines()[1] == title


def test_once_is_not_a_number_of_times_and_no_time_is_not_said(finding: Finding) -> None:
    text = replace(finding, count=1, seconds=0.0).text()
    assert "Query executed once:\n" in text
    assert "Total time wasted" not in text


def test_sql_of_several_lines_cannot_pass_for_another_part_of_the_report(finding: Finding) -> None:
    text = replace(finding, sql="SELECT 1\n\nTotal time wasted: 0.00ms\x1b[2J").text()
    assert "  SELECT 1\\n\\nTotal time wasted: 0.00ms\\x1b[2J\n" in text


def test_the_data_is_what_json_can_hold(finding: Finding) -> None:
    data = replace(finding, source=Site("app.py", 2, "get_users_with_profiles")).as_dict()

    assert json.loads(json.dumps(data)) == data
    assert data == {
        "kind": "n_plus_one",
        "count": 47,
        "sql": "SELECT * FROM profiles WHERE user_id = ?",
        "seconds": 0.23456,
        "relation": "User.profile",
        "model": "Profile",
        "site": {
            "file": "app.py",
            "line": 4,
            "function": "get_users_with_profiles",
            "source": "profile = await user.profile",
        },
        "source": {
            "file": "app.py",
            "line": 2,
            "function": "get_users_with_profiles",
            "source": "users = await User.objects.all()",
        },
        "fix": 'select_related("profile")',
        "suggestion": finding.suggestion,
        "stack": [data["site"]],
        "serials": [7, 8],
    }


def test_a_warning_can_be_made_of_its_text_alone_as_xdist_does() -> None:
    warning = NPlusOneWarning("text")
    assert (warning.args, warning.finding) == (("text",), None)
