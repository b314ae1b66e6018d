"""Say who may do what. Every request is decided by `allowed`, and what no line allows is refused.

The roles and what each may are those of docs/pages.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, get_args

Role = Literal["compliance", "deputy", "it", "manager", "employee", "service", "auditor"]
Right = Literal[
    "public",  # without login: the login page, style sheet and script
    "here",  # whoever is logged in, by a link too: the first page, logging out
    "self",  # whoever is logged in with an account: own password and language
    "overview",  # what requires a decision
    "numbers",  # counts by device, department, place, kind: no document, no name
    "places",  # folder trees and documents, masked
    "preview",  # one document with its values, read live from its place
    "person",  # look-up of a person
    "cases",  # work on cases
    "case_open",  # open a case, and see how far one's own are
    "copies",
    "unread",  # what was not read, with the paths of what must be mended
    "devices",  # devices, runs and errors
    "verdicts",
    "approve",  # what another account proposed: deletion, and what else needs two
    "work",  # the list of what one is asked to do, and the own files
    "own",  # an employee's own page: files, tasks, and who looked
    "links",  # make and end signed links to an employee's own page
    "reports",
    "export",
    "audit",  # the log of look-ups and verdicts
    "coverage",
    "sql",  # Datasette's tables, exports and SQL, over the whole index
]
ROLES: tuple[Role, ...] = get_args(Role)
RIGHTS: tuple[Right, ...] = get_args(Right)

_OFFICER: frozenset[Right] = frozenset(
    {
        *(
            "here",
            "self",
            "links",
            "overview",
            "numbers",
            "places",
            "person",
            "cases",
            "case_open",
            "copies",
        ),
        *("unread", "devices", "verdicts", "approve", "work", "reports", "export"),
        *("audit", "coverage"),
    }
)
MAY: Mapping[Role, frozenset[Right]] = {
    "compliance": _OFFICER,
    "deputy": _OFFICER,
    "it": frozenset({"here", "self", "unread", "devices", "coverage"}),
    "manager": frozenset({"here", "self", "numbers", "coverage"}),
    "employee": frozenset({"here", "self", "own", "work", "coverage"}),
    "service": frozenset({"here", "self", "case_open"}),
    "auditor": frozenset({"here", "self", "audit", "coverage"}),
}
GRANTS: Mapping[Right, frozenset[Role]] = {
    "sql": frozenset({"compliance", "deputy"}),
    "preview": frozenset({"compliance", "deputy"}),
}
"""Rights that no role has by itself: an account of these roles can be given them."""
NARROWED: frozenset[Role] = frozenset({"manager", "employee"})
"""Roles that see a part of the index alone: a department, or what one employee owns."""
ONLY_WHOLE: frozenset[Right] = frozenset({"sql", "devices", "audit", "approve", "cases", "links"})
"""Rights over the whole index, which nobody has who sees a part of it."""

LINKED: frozenset[Right] = frozenset({"public", "here", "own"})
"""All that somebody may who came by a signed link."""


def allowed(
    role: Role | None, right: Right, *, grants: Collection[str] = (), narrowed: bool = False
) -> bool:
    """Whether a role has a right. `role` None: nobody is logged in.

    `grants`: the rights that the account was given; `narrowed`: it sees a part of the index.
    """
    if right == "public":
        return True
    if role is None or role not in MAY or right not in RIGHTS:
        return False
    if narrowed and right in ONLY_WHOLE:
        return False
    return right in MAY[role] or (right in grants and role in GRANTS.get(right, ()))
