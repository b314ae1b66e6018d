"""Approvals: what one account proposed and another answers, and what the configuration asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from scanner.answers.findings import shown_document
from scanner.answers.naming import Naming
from scanner.answers.verdicts import target_document
from scanner.config.tables import PRIVATE_FOLDERS
from scanner.index.decided import SameAccount, answer, end, propose
from scanner.index.store import Decisions, decisions_path
from scanner.lowering import ACTION
from scanner.two_persons import (
    LEAST_LOG_DAYS,
    LOG,
    PRIVATE,
    Standing,
    kept_closed,
    lifted,
    log_days,
    standing,
)
from scanner.web.asked import Asked
from scanner.web.extracts import WHAT as EXTRACTS
from scanner.web.extracts import documents_of
from scanner.web.page import Page, Teaser
from scanner.web.reply import Refused, Reply

MOST = 50
TOLD = 20
"""Documents of one proposal that are named."""
LEAST_REASON = 3
RECENT = timedelta(days=7)
LOWERING = (ACTION, "threshold", "ignore", "ignore add", "register clear", "log shortened")
"""Actions of the audit that can lower what is found or kept (docs/pages.md, The log)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How the two rules stand that take two persons to lower."""

    lifted: tuple[str, ...]
    kept: tuple[str, ...]
    asked_days: int
    days: int
    agreed: Sequence[Standing]


def approvals(asked: Asked) -> Reply:
    """Show what waits for a second account, answer it, propose something, or end it."""
    if asked.method == "POST":
        return _proposed(asked) if "propose" in asked.form else _answered(asked)
    with Decisions(decisions_path(asked.site.index)) as decisions:
        proposals = decisions.connection.execute(
            "SELECT id, what, subject, reason, made, who, answer, answered, answered_by"
            " FROM proposal ORDER BY answer IS NOT NULL, id DESC LIMIT ?",
            (MOST,),
        ).fetchall()
    about: dict[int, list[str]] = {}
    naming = Naming(asked.opened)
    for each in asked.opened.verdicts.of_proposals([row[0] for row in proposals]):
        if each.proposal is not None:
            names = about.setdefault(each.proposal, [])
            is_told = len(names) < TOLD
            names.append(naming.verdict(each) if is_told else each.shown)
    for number, what, subject, *_ in proposals:
        if what == EXTRACTS:
            about[number] = [
                naming.document(shown_document(asked.opened, document))
                for document in documents_of(subject)
                if target_document(asked.opened.connection, document) is not None
            ]
        elif what in (PRIVATE, LOG):
            about[number] = [_told(asked, what, subject)]
    return asked.show(
        "approvals.html",
        proposals=proposals,
        about=about,
        told=TOLD,
        rules=_rules(asked),
        names=PRIVATE_FOLDERS,
        most_days=LEAST_LOG_DAYS,
        endable=(PRIVATE, LOG),
    )


def _told(asked: Asked, what: str, subject: str) -> str:
    if what == LOG:
        return asked.words.count("approval days", int(subject.split(maxsplit=1)[0]))
    return asked.words.text("approval names", names=subject)


def _rules(asked: Asked) -> Rules:
    config, index = asked.site.config, asked.site.index
    agreed = [*standing(index, PRIVATE), *standing(index, LOG)]
    asked_days = config.index.keep_log_days
    return Rules(lifted(config), kept_closed(config), asked_days, log_days(config, index), agreed)


def _proposed(asked: Asked) -> Reply:
    """Keep a proposal to let go of private names, or to shorten the log."""
    what = asked.form.one("propose")
    reason = asked.form.one("reason", most=300)
    if len(reason) < LEAST_REASON:
        raise Refused(400, "verdict no reason")
    if what == PRIVATE:
        chosen = [name for name in PRIVATE_FOLDERS if name in asked.form.many("name")]
        subject = ", ".join(chosen)
    elif what == LOG:
        subject = f"{asked.form.number('days', least=1, most=LEAST_LOG_DAYS - 1)} days"
    else:
        raise Refused(400, "web not found")
    if not subject:
        raise Refused(400, "approval no name")
    with Decisions(decisions_path(asked.site.index)) as decisions:
        propose(decisions, what, subject, reason, asked.session.account.name)
    return asked.to("/approvals", said=asked.words.text("approval proposed"))


def _answered(asked: Asked) -> Reply:
    said = asked.form.one("answer")
    who = asked.session.account.name
    number = asked.form.number("proposal")
    if said not in ("approve", "refuse", "end"):
        raise Refused(400, "web not found")
    with Decisions(decisions_path(asked.site.index)) as decisions:
        if said == "end":
            done = _is_endable(decisions, number) and end(decisions, number, who)
        else:
            try:
                done = answer(decisions, number, said == "approve", who)
            except SameAccount:
                raise Refused(403, "approval by another") from None
    if not done:
        raise Refused(404, "web not found")
    return asked.to("/approvals", said=asked.words.text("approval answered"))


def _is_endable(decisions: Decisions, number: int) -> bool:
    row = decisions.connection.execute("SELECT what FROM proposal WHERE id=?", (number,)).fetchone()
    return row is not None and row[0] in (PRIVATE, LOG)


def teaser(asked: Asked) -> list[Teaser]:
    """Return what waits for this account, and what lately lowered what is found."""
    words, found = asked.words, list[Teaser]()
    since = (asked.site.clock() - RECENT).isoformat(timespec="seconds")
    marks = ",".join("?" * len(LOWERING))
    with Decisions(decisions_path(asked.site.index)) as decisions:
        (waiting,) = decisions.connection.execute(
            "SELECT count(*) FROM proposal WHERE answer IS NULL AND who<>?",
            (asked.session.account.name,),
        ).fetchone()
        (changes,) = decisions.connection.execute(
            f"SELECT count(*) FROM audit WHERE action IN ({marks}) AND at>=?", (*LOWERING, since)
        ).fetchone()
    if waiting:
        found.append((words.count("approvals wait", waiting), "/approvals"))
    config = asked.site.config
    kept = kept_closed(config)
    if kept:
        found.append((words.text("private kept", names=words.listed(kept)), "/approvals"))
    elif names := lifted(config):
        found.append((words.text("private lifted", names=words.listed(names)), "/approvals"))
    if changes:
        found.append((words.count("lowering changes", changes), "/log"))
    return found


PAGES = (
    Page(
        "approvals",
        "/approvals",
        "approve",
        approvals,
        methods=("GET", "POST"),
        menu=32,
        teaser=teaser,
    ),
)
