"""Run the pages in a server until it is interrupted."""

from __future__ import annotations

import gc
import logging
import os
import sys
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import uvicorn

from scanner.config import Config
from scanner.config.alert import is_loopback
from scanner.index.rejudge import is_judged, rejudge
from scanner.index.store import Index, IndexTrouble
from scanner.log import NAME, open_log
from scanner.lowering import note
from scanner.setup import state_folder
from scanner.web.host import datasette_of
from scanner.web.pages import PAGES
from scanner.web.site import Site
from scanner.web.warming import Warmer

CONNECTIONS = 200
"""At once; one more gets a 503."""


class Server(uvicorn.Server):
    """A server that says where it listens, once it does."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            for each in sockets or ():
                host, port = each.getsockname()[:2]
                scheme = "https" if self.config.is_ssl else "http"
                shown = f"[{host}]" if ":" in host else host
                sys.stdout.write(f"Fodspor: {scheme}://{shown}:{port}/\n")
                sys.stdout.flush()


def run(config: Config, index: Path) -> int:
    """Serve the index at `index` until it is interrupted. Raises IndexTrouble."""
    log = open_log(state_folder(), "serve")
    note(config, index)
    site = Site(config, index, PAGES, weighed=weighed(config, index))
    try:
        site.ready()
        with datasette_of(site) as made:
            serve = config.serve
            settings = uvicorn.Config(
                made.app(),
                host=serve.host,
                port=serve.port,
                ssl_certfile=serve.certificate or None,
                ssl_keyfile=serve.key or None,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="none",
                limit_concurrency=CONNECTIONS,
                timeout_graceful_shutdown=5,
            )
            settings.load()
            gc.freeze()  # what is loaded now stays: to go through it would hold pages up
            socket = settings.bind_socket()
            log.info("serving on %s", "this machine" if is_loopback(serve.host) else "the network")
            with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere), Warmer(site):
                Server(settings).run(sockets=[socket])  # libraries print what was typed
    finally:
        site.close()
        logging.getLogger(NAME).info("ended")
    return 0


def weighed(config: Config, index: Path) -> bool:
    """Whether the index's risks are those of the configuration; they are made so where it can be.

    Raises IndexTrouble where there is no index.
    """
    with Index(index, readonly=True) as held:
        if is_judged(held, config.judging):
            return True
    try:
        with Index(index) as held:
            rejudge(held, config.judging)
    except IndexTrouble:
        return False
    return True
