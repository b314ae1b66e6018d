"""Every page and action of the officers' pages, as bench.web asks them: who, what, with what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bench.web_index import Sought
from scanner.web.accounts import Account

Request = tuple[str, str, dict[str, Any]]
Known = Mapping[str, str]

ACCOUNTS = (
    Account("anna", "compliance"),
    Account("bo", "deputy"),
    Account("part", "compliance", ("Department 3",)),
    Account("small", "compliance", ("Small department",)),
    Account("leder", "manager", ("Department 3",)),
    Account("ansat", "employee", employee="person3"),
    Account("it", "it"),
    Account("revisor", "auditor"),
    Account("service", "service"),
)


def _nothing(_: Known) -> Sequence[Request]:
    return ()


@dataclass(frozen=True)
class Step:
    """One page or action. `before`: what is asked first, unmeasured; `changes`: asked once."""

    who: str
    name: str
    request: Callable[[Known], Request]
    before: Callable[[Known], Sequence[Request]] = _nothing
    changes: bool = False


def get(who: str, path: str, before: Callable[[Known], Sequence[Request]] = _nothing) -> Step:
    return Step(who, path, lambda known: ("GET", path.format(**known), {}), before)


def post(who: str, said: str, path: str, **form: Any) -> Step:
    def request(known: Known) -> Request:
        filled = {
            key: [each.format(**known) for each in text]
            if isinstance(text, list)
            else str(text).format(**known)
            for key, text in form.items()
        }
        return "POST", path.format(**known), filled

    return Step(who, said, request, changes=True)


_SOUGHT = Sought()
_TODAY = date.today()
_UNTIL = (_TODAY + timedelta(days=300)).isoformat()
_LOOK = {"purpose": "access", "reference": ""}


def _found(value: str) -> Callable[[Known], Sequence[Request]]:
    """Look for a value, and open what was found: its places are known then."""
    return lambda known: (("POST", "/person", {**_LOOK, "value": value, "chosen": "1"}),)


def _sure(value: str) -> Callable[[Known], Sequence[Request]]:
    return lambda known: (
        ("POST", "/person", {**_LOOK, "value": value, "chosen": "1"}),
        ("FOUND", "", {}),
    )


def _find(_: Known) -> Sequence[Request]:
    return (("POST", "/breach/find", {"text": "team 3 document 77"}),)


def _sent(name: str, below: str, form: dict[str, Any]) -> Step:
    """Return the step that posts to a look-up, or below it, about its first place."""

    def request(known: Known) -> Request:
        return "POST", f"{known['at']}{below}", {"place": known.get("place", ""), **form}

    return Step("anna", name, request, _sure(_SOUGHT.many), changes=True)


def _person() -> list[Step]:
    steps = [get("anna", "/person")]
    for name, value in (
        ("CPR, many places", _SOUGHT.many),
        ("CPR, few places", _SOUGHT.few),
        ("CPR, nowhere", _SOUGHT.miss),
        ("e-mail", _SOUGHT.email),
        ("phone", _SOUGHT.phone),
        ("customer number", f"kundenr {_SOUGHT.customer}"),
    ):
        steps.append(post("anna", f"look up: {name}", "/person", **_LOOK, value=value, chosen="1"))
    steps.append(post("anna", "look up: name, variants", "/person", **_LOOK, value=_SOUGHT.name))
    steps.append(post("anna", "look up: name", "/person", **_LOOK, value=_SOUGHT.name, chosen="1"))
    for name, value in (
        ("many", _SOUGHT.many),
        ("few", _SOUGHT.few),
        ("nowhere", _SOUGHT.miss),
        ("a name", _SOUGHT.name),
    ):
        steps.append(Step("anna", f"found: {name}", lambda k: ("GET", k["at"], {}), _found(value)))
    for did in ("confirm", "reject"):
        form = {"decision": did, "reason": "another"}
        steps.append(_sent(f"found: {did}", "", form))
    steps.append(
        Step("anna", "dossier", lambda k: ("GET", f"{k['at']}/dossier", {}), _sure(_SOUGHT.many))
    )
    for kind in ("html", "pdf", "xlsx", "json"):
        steps.append(_sent(f"dossier as {kind}", "/dossier", {"form": kind, "outside": ""}))
    return steps


def _verdict(name: str, about: str, decision: str, **more: Any) -> Step:
    form = {
        "about": about,
        "decision": decision,
        "reason": "because it is so",
        "until": _UNTIL,
        "due": _UNTIL,
        "ground": "contract",
        "purpose": "customers",
        **more,
    }
    return post("anna", f"verdict: {name}", "/verdicts/give", **form)


STEPS: tuple[Step, ...] = (
    get("anna", "/overview"),
    *(get("anna", f"/overview/{code}") for code in ("list", "open", "leavers", "copies")),
    *(get("anna", f"/numbers?by={by}") for by in ("kind", "place", "device", "department")),
    *_person(),
    get("anna", "/places"),
    get("anna", "/place/1"),
    get("anna", "/document/{document}"),
    get("anna", "/document/{plain}"),
    get("anna", "/unread"),
    get("anna", "/unread?place=3"),
    get("anna", "/unread/list?reason=encrypted&detail="),
    get("anna", "/unread/list?reason=encrypted&detail=&page=2"),
    get("anna", "/copies"),
    get("anna", "/copies?page=40"),
    get("anna", "/copies/{content}"),
    get("anna", "/copies/near"),
    *(get("anna", f"/numbers?by={by}&kind=DK_CPR") for by in ("place", "device", "department")),
    get("anna", "/numbers?by=readers"),
    get("anna", "/verdicts"),
    get("anna", "/verdicts?from=50"),
    get("anna", "/verdicts/document/{document}"),
    get("anna", "/verdicts/given"),
    get("anna", "/approvals"),
    _verdict("document", "document", "belongs", document="{plain}"),
    _verdict("in bulk", "document", "delete", document=[str(n) for n in range(100_001, 100_051)]),
    _verdict("folder", "folder", "belongs", document="{plain}", level="1"),
    _verdict("top folder", "folder", "belongs", document="{plain}", level="3"),
    _verdict("rule", "rule", "waits", document="{plain}", glob="*/team 3/**/*.csv"),
    post("anna", "verdict: undo", "/verdicts/undo", verdict="{verdict}", why="wrong"),
    post("bo", "approve", "/approvals", proposal="{proposal}", answer="approve"),
    get("anna", "/tasks"),
    post("anna", "task done", "/tasks/done", verdict="{task}"),
    get("anna", "/cases"),
    post(
        "anna",
        "case: open",
        "/cases/new",
        type="access",
        begun="2026-11-30T10:00",
        person=_SOUGHT.few,
        title="request",
    ),
    get("anna", "/cases/{case}"),
    post("anna", "case: evidence", "/cases/{case}", did="evidence"),
    post("anna", "case: close", "/cases/{other}", did="close", text="done", despite="kept by law"),
    get("anna", "/breach"),
    get("anna", "/breach?device={device}&at=2026-11-30"),
    get("anna", "/breach?device={server}&at=2026-11-30"),
    get("anna", "/breach?document={document}"),
    post("anna", "breach: find", "/breach/find", text="team 3 document 77"),
    Step("anna", "breach: found", lambda k: ("GET", k["found"], {}), _find),
    post("anna", "breach: notice", "/breach/notice", form="docx", nature="lost", measures="locked"),
    *(get("anna", f"/reports/{name}") for name in ("outside", "leavers", "terms")),
    get("anna", "/reports"),
    get("anna", "/reports/record.csv"),
    get("anna", "/documents"),
    get("anna", "/documents?kind=DK_CPR"),
    get("anna", "/devices"),
    get("anna", "/devices/{device}"),
    get("anna", "/runs"),
    get("anna", "/employees"),
    get("anna", "/links"),
    get("anna", "/reports/month"),
    get("anna", "/log"),
    get("anna", "/log?before=100000"),
    get("anna", "/coverage"),
    get("anna", "/account"),
    *(
        get(who, path)
        for who in ("part", "small")
        for path in (
            *("/overview", "/numbers?by=kind", "/numbers?by=place", "/numbers?by=department"),
            *("/places", f"/place/{{{who}}}", "/unread", "/copies", "/verdicts", "/verdicts/given"),
            *("/tasks", "/reports", "/breach", "/coverage"),
        )
    ),
    *(get("leder", f"/numbers?by={by}") for by in ("kind", "place", "device", "department")),
    get("leder", "/coverage"),
    get("ansat", "/mine"),
    get("ansat", "/tasks"),
    get("ansat", "/coverage"),
    get("it", "/unread"),
    get("it", "/coverage"),
    get("revisor", "/log"),
    get("revisor", "/coverage"),
    get("service", "/cases"),
)
