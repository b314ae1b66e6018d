"""The one door: every request, to our pages and to Datasette's own, is decided here or refused.

An ASGI application around the whole of Datasette. What no page claims, and what does not lie under
`DATA`, does not exist.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import unquote_plus

from scanner.config.alert import is_loopback
from scanner.index.store import IndexTrouble
from scanner.log import NAME, origin
from scanner.typed import typed
from scanner.web.asked import Asked
from scanner.web.page import DATA, DATA_PAGE, NOTHING, Page
from scanner.web.reply import Form, Refused, Reply
from scanner.web.rights import Right
from scanner.web.safe_csv import SafeCsv
from scanner.web.sessions import Session, csrf_of
from scanner.web.site import Site

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BEHIND = "/-/fodspor"
"""What stands before the paths of our pages on the routes of Datasette."""
ASKED = "fodspor"
"""The key of a request's scope under which the decision stands. Without it no page answers."""
MOST_BODY = 1_000_000
FORM_TYPE = "application/x-www-form-urlencoded"
PASSED_ON = frozenset({b"host", b"accept", b"user-agent"})
"""Headers that Datasette gets: no cookie, so none of its own logins and messages exists."""

OURS = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
DATASETTES = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""Its pages have scripts of their own in them. Other hosts stay forbidden."""
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

logger = logging.getLogger(NAME)


@dataclass(frozen=True, slots=True)
class Granted:
    """A request that may go on to the application behind the gate."""

    page: Page
    asked: Asked = field(repr=False)


class Gate:
    """The door in front of `app`. One instance serves all requests of a site."""

    def __init__(self, app: App, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        try:
            await self._http(scope, receive, send)
        except Exception as error:  # a server's traceback can quote what was typed
            logger.error("request: %s at %s", type(error).__name__, origin(error))
            await send_reply(send, Reply(b"500", 500, "text/plain"), self._site)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = path_of(scope)
        headers = {name.decode("latin-1"): v.decode("latin-1") for name, v in scope["headers"]}
        if not self._knows(headers.get("host", "")):
            await send_reply(send, Reply(b"421", 421, "text/plain"), self._site)
            return
        refused: Refused | None = None
        body = b""
        try:
            body = await _body(scope, receive)
        except Refused as error:
            refused = error
        decided = await asyncio.get_running_loop().run_in_executor(
            self._site.pool, self._decide, scope, path, headers, body, refused
        )
        if isinstance(decided, Reply):
            await send_reply(send, decided, self._site)
            return
        data = decided.page is DATA_PAGE
        where = path.removeprefix(DATA.rstrip("/")) if data else f"{BEHIND}{path}"
        inner: Scope = {
            **scope,
            ASKED: decided,
            "path": where,
            "raw_path": where.encode("latin-1"),
            "headers": [(name, text) for name, text in scope["headers"] if name in PASSED_ON],
        }
        policy = DATASETTES if data else OURS
        safe: SafeCsv | None = None

        async def guarded(message: Message) -> None:
            nonlocal safe
            if message["type"] == "http.response.start":
                headers = guarded_headers(message["headers"], policy)
                if data and is_csv(path, decided.asked.query, headers):
                    safe = SafeCsv()
                    headers = [each for each in headers if each[0] != b"content-length"]
                message = {**message, "headers": headers}
            elif safe is not None:
                more = bool(message.get("more_body"))
                message = {**message, "body": safe.feed(message.get("body", b""), last=not more)}
            await send(message)

        await self._app(inner, _replayed(body), guarded)

    def _decide(
        self,
        scope: Scope,
        path: str,
        headers: dict[str, str],
        body: bytes,
        refused: Refused | None,
    ) -> Granted | Reply:
        """Return what may go on, or the answer that refuses it. Runs in a thread."""
        site = self._site
        cookies = _cookies(headers.get("cookie", ""))
        session = site.sessions.get(cookies.get(cookie_name(site), ""))
        page = self._page(path)
        method = scope["method"]
        address = scope["client"][0] if scope.get("client") else ""
        query = scope.get("query_string", b"").decode("latin-1")
        found = page.pattern.match(path) if page else None
        waiting = cookies.get(cookie_name(site, login=True), "")
        try:
            if refused is not None:
                raise refused
            form = Form(body.decode("utf-8", "replace"))
            asked = Asked(
                site,
                page or NOTHING,
                session,
                method="GET" if method == "HEAD" else method,
                path=path,
                given=found.groupdict() if found else {},
                query=Form(query),
                form=form,
                cookie=waiting,
                address=address,
            )
            self._check(page, session, asked, headers)
        except Refused as error:
            asked = Asked(site, page or NOTHING, session, method=method, path=path)
            if error.status == 401 and method in ("GET", "HEAD") and _reads_html(headers):
                return Reply(status=303, headers=(("location", "/login"),))
            return site.refusal(asked, error)
        assert page is not None
        if page is DATA_PAGE:
            try:
                self._log_data(asked, path, query)
            except IndexTrouble:
                return site.refusal(asked, Refused(503, "web no log"))
        return Granted(page, asked)

    def _check(
        self, page: Page | None, session: Session | None, asked: Asked, headers: dict[str, str]
    ) -> None:
        """Raise Refused unless this session may ask this of this page."""
        right: Right = page.right if page else "here"
        if right != "public":
            if session is None:
                raise Refused(401, "web log in")
            if not session.may(right):
                self._site.log(session.account.name, "refused", page.name if page else "")
                raise Refused(403, "web not allowed")
        if page is None:
            raise Refused(404, "web not found")
        if asked.method not in page.methods:
            raise Refused(405, "web not found")
        if asked.method != "GET":
            self._from_here(session, asked, headers)

    def _from_here(self, session: Session | None, asked: Asked, headers: dict[str, str]) -> None:
        """Raise Refused unless a form of ours, in this very browser, sent this."""
        if headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
            raise Refused(415, "web no form")
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Refused(403, "web other site")
        origin_told = headers.get("origin", "null")
        scheme = "https" if self._site.secure else "http"
        if origin_told not in ("null", f"{scheme}://{headers['host']}"):
            raise Refused(403, "web other site")
        token = session.token if session is not None else asked.cookie
        given = asked.form.one("csrf").encode("utf-8", "replace")
        if not token or not hmac.compare_digest(csrf_of(token).encode(), given):
            raise Refused(403, "web old form")

    def _page(self, path: str) -> Page | None:
        """Return the page of a path. Of Datasette: tables, queries, exports, nothing else of it."""
        if not f"{path}/".startswith(DATA):
            return self._site.page_at(path)
        rest = path.removeprefix(DATA)
        known = path.startswith(DATA) and "//" not in path and "\\" not in path
        return DATA_PAGE if known and (rest[:2] != "-/" or rest[:9] == "-/static/") else None

    def _knows(self, host: str) -> bool:
        """Whether a browser that calls this server so was not sent here by a foreign name."""
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        name = name.lower()
        serve = self._site.config.serve
        return (name == serve.host.lower() or name in serve.names) or is_loopback(name)

    def _log_data(self, asked: Asked, path: str, query: str) -> None:
        rest = path.removeprefix(DATA)
        if rest.startswith("-/static"):
            return
        sql = asked.query.one("sql", most=100_000)
        told = sql or f"{rest}{'?' if query else ''}{unquote_plus(query)}"
        asked.log("sql" if sql else "table", rest.partition("?")[0][:200], typed(told)[:2000])


def path_of(scope: Scope) -> str:
    """Return the path that Datasette routes by: as it was sent, undecoded."""
    raw = scope.get("raw_path")
    path = raw.decode("latin-1") if raw else scope["path"]
    text: str = path.partition("?")[0]
    return text


def cookie_name(site: Site, *, login: bool = False) -> str:
    """Return the name of the session's cookie; over TLS one that only this very host can set."""
    return f"{'__Host-' if site.secure else ''}fodspor{'-login' if login else ''}"


def cookie(site: Site, token: str, *, login: bool = False) -> tuple[str, str]:
    """Return the header that sets a cookie; an empty `token` takes it away."""
    parts = [f"{cookie_name(site, login=login)}={token}", "Path=/", "HttpOnly", "SameSite=Strict"]
    if site.secure:
        parts.append("Secure")
    if not token:
        parts.append("Max-Age=0")
    return "set-cookie", "; ".join(parts)


def guarded_headers(headers: Any, policy: str) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers with what every answer gets, once."""
    every = {name for name, _ in HEADERS} | {b"content-security-policy"}
    held = [(bytes(name).lower(), bytes(text)) for name, text in headers]
    held = [
        (name, _inside(text) if name == b"location" and policy == DATASETTES else text)
        for name, text in held
        if name not in every
    ]
    if not any(name == b"cache-control" and b"immutable" in text for name, text in held):
        held = [(name, text) for name, text in held if name != b"cache-control"]
        held.append((b"cache-control", b"no-store"))
    return [*held, *HEADERS, (b"content-security-policy", policy.encode())]


def _inside(location: bytes) -> bytes:
    """Return where Datasette sends a browser, under its own path; it knows no other."""
    text = location.decode("latin-1")
    under = text if text.startswith(DATA) else DATA + text.lstrip("/\\")
    return (under if "://" not in text else DATA).encode("latin-1")


def is_csv(path: str, query: Form, headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether an answer of Datasette is CSV, which it calls plain text where it is shown."""
    kind = dict(headers).get(b"content-type", b"")
    asked = path.endswith(".csv") or query.one("_format") == "csv"
    return kind.startswith(b"text/csv") or (asked and kind.startswith(b"text/plain"))


async def send_reply(send: Send, reply: Reply, site: Site) -> None:
    """Send an answer of ours."""
    headers = [
        (b"content-type", reply.media_type.encode()),
        (b"content-length", str(len(reply.body)).encode()),
        *((name.encode("latin-1"), text.encode("latin-1")) for name, text in reply.headers),
    ]
    if site.secure:
        headers.append((b"strict-transport-security", b"max-age=31536000"))
    start = {"type": "http.response.start", "status": reply.status}
    await send({**start, "headers": guarded_headers(headers, OURS)})
    await send({"type": "http.response.body", "body": reply.body})


async def _body(scope: Scope, receive: Receive) -> bytes:
    if scope["method"] in ("GET", "HEAD"):
        return b""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused(400, "web too much")
        body += message.get("body", b"")
        if len(body) > MOST_BODY:
            raise Refused(413, "web too much")
        if not message.get("more_body"):
            return bytes(body)


def _replayed(body: bytes) -> Receive:
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _cookies(header: str) -> dict[str, str]:
    held: SimpleCookie = SimpleCookie()
    try:
        held.load(header)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in held.items()}


def _reads_html(headers: dict[str, str]) -> bool:
    return "text/html" in headers.get("accept", "")
