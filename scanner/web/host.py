"""Build Datasette around an index, with our pages in it and our gate in front."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pluggy
from datasette.app import Datasette
from datasette.plugins import pm
from datasette.utils.asgi import NotFound, Response

from scanner.log import NAME, origin
from scanner.web.gate import ASKED, BEHIND, App, Gate, send_reply
from scanner.web.page import DATA, DATA_PAGE, Page
from scanner.web.site import Site

SETTINGS = {
    "base_url": DATA,
    "allow_download": False,
    "suggest_facets": False,
    "num_sql_threads": 3,
    "sql_time_limit_ms": 5_000,
    "facet_time_limit_ms": 1_000,
    "max_returned_rows": 1_000,
    "max_csv_mb": 100,
    "default_cache_ttl": 0,
}
READING = frozenset({"view-instance", "view-database", "view-table", "view-query", "execute-sql"})
"""What Datasette calls reading. It does nothing else."""
PRINTING = "datasette.handle_exception"
"""Its own plugin that prints every local variable of what went wrong: not while ours is served."""
_ATTRIBUTE = "fodspor_site"

hookimpl = pluggy.HookimplMarker("datasette")
logger = logging.getLogger(NAME)


class Plugin:
    """Our part of a Datasette. Does nothing in one that is not ours."""

    __name__ = "fodspor"

    @hookimpl
    def register_routes(self, datasette: Any) -> list[tuple[str, Any]]:
        site = getattr(datasette, _ATTRIBUTE, None)
        return [(rf"{BEHIND}{page.path}\Z", _view(page)) for page in site.pages] if site else []

    @hookimpl
    def asgi_wrapper(self, datasette: Any) -> Any:
        site = getattr(datasette, _ATTRIBUTE, None)

        def wrap(app: App) -> App:
            return Gate(app, site) if site else app

        return wrap

    @hookimpl
    def actor_from_request(self, datasette: Any, request: Any) -> dict[str, str] | None:
        granted = request.scope.get(ASKED)
        if granted is None or granted.page is not DATA_PAGE:
            return None
        return {"id": granted.asked.session.account.name}

    @hookimpl(tryfirst=True)
    def permission_allowed(self, datasette: Any, actor: Any, action: str) -> bool | None:
        """Let nobody see anything who did not come through the gate."""
        if getattr(datasette, _ATTRIBUTE, None) is None:
            return None
        return actor is not None and action in READING

    @hookimpl
    def skip_csrf(self, datasette: Any, scope: Any) -> bool:
        """The gate has checked it, for requests without a cookie too."""
        return scope.get(ASKED) is not None

    @hookimpl(tryfirst=True)
    def handle_exception(self, datasette: Any, request: Any, exception: Exception) -> Any:
        """Datasette's own would print local variables."""
        if getattr(datasette, _ATTRIBUTE, None) is None:
            return None
        status = getattr(exception, "status", 500)
        if status == 500:
            logger.error("data page: %s at %s", type(exception).__name__, origin(exception))
        told = getattr(exception, "message", "") if status != 500 else ""
        return Response.text(str(told) or str(status), status=status)


PLUGIN = Plugin()


def _view(page: Page) -> Any:
    async def view(request: Any, send: Any) -> None:
        granted = request.scope.get(ASKED)
        if granted is None or granted.page is not page:
            raise NotFound("not through the gate")
        site: Site = granted.asked.site
        loop = asyncio.get_running_loop()
        reply = await loop.run_in_executor(site.pool, site.answer, granted.asked)
        await send_reply(send, reply, site)

    return view


@contextmanager
def datasette_of(site: Site) -> Iterator[Datasette]:
    """Yield a Datasette that serves a site; `app()` of it is what a server runs."""
    if not pm.is_registered(PLUGIN):
        pm.register(PLUGIN, name="fodspor")
    made = Datasette(
        files=[str(site.index)],
        settings={**SETTINGS, "force_https_urls": site.secure},
        metadata={"title": "Fodspor"},
    )
    setattr(made, _ATTRIBUTE, site)
    printing = pm.unregister(name=PRINTING)
    try:
        yield made
    finally:
        if printing is not None:
            pm.register(printing, name=PRINTING)
        if made.executor is not None:
            made.executor.shutdown(wait=True, cancel_futures=True)
