"""Nobody gets in who may not: every route of the running Datasette, its own and ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from scanner.web.gate import BEHIND
from scanner.web.page import DATA
from scanner.web.rights import MAY, ROLES, Role, allowed
from tests.web.served import Served

SAMPLES = {"name": "x", "path": "x", "database": "index", "table": "document", "pks": "1"}
"""What stands in a route for one of its groups."""


def routes(served: Served) -> Iterator[tuple[str, str]]:
    """Yield a path that each route answers, and the right that it needs."""
    for pattern, _ in served.made._routes():
        text = pattern.pattern
        path = re.sub(r"\(\?P<(\w+)>((?:[^()]|\([^()]*\))*)\)\??", _sample, text)
        path = re.sub(r"\(\\\.[^)]*\)\?|\\Z|\$|^\(\?:|\)$", "", path).replace("\\", "")
        if text.startswith(BEHIND):
            path = path.removeprefix(BEHIND)
            page = served.site.page_at(path)
            assert page is not None, (text, path)
            yield path, page.right
        else:
            yield path, ""  # not under Datasette's own path
            inside = path.startswith("/-/") and not path.startswith("/-/static/")
            yield f"{DATA.rstrip('/')}{path}", "" if inside else "sql"


def _sample(found: re.Match[str]) -> str:
    """Return what may stand for a group: its first choice, where it is a choice of words."""
    choice = found[2].partition("|")[0]
    return choice if "|" in found[2] and choice.isalpha() else SAMPLES.get(found[1], "1")


def test_a_stranger_sees_the_login_page_and_nothing_else(served: Served) -> None:
    stranger = served.browser()
    met = 0
    for path, right in routes(served):
        met += 1
        if right == "public":
            continue
        if served.site.page_at(path) is not None and right == "":
            continue  # a page of ours has the same path
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
            told = stranger.send(method, path)
            assert told.status_code == 401, (method, path)
            assert "Kunder" not in told.text
        told = stranger.get(path)
        assert (told.status_code, told.headers["location"]) == (303, "/login"), path
    assert met > 40


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_what_the_table_says(served: Served, role: Role) -> None:
    more: dict[str, Any] = {"departments": ("Salg",)} if role == "manager" else {}
    more |= {"employee": "anna"} if role == "employee" else {}
    somebody = served.as_(role, **more)
    narrowed = role in ("manager", "employee")
    for path, right in routes(served):
        if right == "public":
            continue
        told = somebody.get(path)
        if right == "":
            assert told.status_code == 404 or served.site.page_at(path), path
            continue
        may = allowed(role, right, narrowed=narrowed)  # type: ignore[arg-type]
        assert (told.status_code == 403) is not may, (path, right, told.status_code)


def test_sql_is_for_whom_it_was_given(served: Served) -> None:
    plain, given = served.as_("compliance"), served.as_("compliance", grants=("sql",))
    for path in ("/data/", "/data/index", "/data/index/document.json"):
        assert plain.get(path).status_code == 403
        assert given.get(path).status_code == 200, path
    for path in ("/data/-/settings.json", "/data/-/threads", "/data/-/plugins.json"):
        assert given.get(path).status_code == 404, path
    assert given.get("/data/login").status_code == 404  # ours are not behind Datasette's right
    assert given.get("/index/document.json").status_code == 404


def test_every_right_of_the_table_is_one(served: Served) -> None:
    assert not allowed(None, "self")
    assert not allowed("compliance", "nonsense")  # type: ignore[arg-type]
    assert not allowed("nobody", "self")  # type: ignore[arg-type]
    assert {*MAY} == {*ROLES}
