"""Does the web app show an N+1, its fix, and the page after it?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from examples.webapp.app import app


@pytest.fixture
def client(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A browser on the app's own machine."""
    monkeypatch.setenv("DATABASE_URL", url)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000)) as client:
        yield client


def findings(client: TestClient) -> list[dict[str, object]]:
    """What the panel has found in the last request."""
    last = client.get("/__covet__/api/").json()["requests"][0]
    found: list[dict[str, object]] = client.get(last["url"]).json()["findings"]
    return found


def shown(page: str) -> str:
    """The authors and posts that a page shows."""
    return page.partition('<ul class="authors">')[2].partition("</main>")[0]


def test_47_queries_become_2(client: TestClient) -> None:
    slow = client.get("/one-by-one")
    assert slow.headers["X-Covet-Queries"] == "47"
    (finding,) = findings(client)
    assert (finding["kind"], finding["count"]) == ("n_plus_one", 46)
    assert finding["relation"] == "Author.posts"
    assert "prefetch_related(Prefetch('posts'" in str(finding["fix"]).replace('"', "'")

    fast = client.get("/all-at-once")
    assert fast.headers["X-Covet-Queries"] == "2"
    assert findings(client) == []
    assert shown(fast.text) == shown(slow.text)
    assert len(re.findall("<strong>", shown(fast.text))) == 46


@pytest.mark.databases("sqlite")
def test_pages_lead_to_each_other_and_to_the_panel(client: TestClient) -> None:
    home = client.get("/").text
    links = set(re.findall(r'href="(/[^"]*)"', home))
    assert {"/one-by-one", "/all-at-once", "/__covet__/"} <= links
    assert [client.get(link).status_code for link in links] == [200] * len(links)
    assert "covet-badge" in home
