"""Put together who is told, as the configuration says. Reaches no server and no desktop."""

from __future__ import annotations

import logging
import platform
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from scanner.alert.answering import Answering
from scanner.alert.asking import COMMAND
from scanner.alert.carriers import Carrier, Mail, Services, Webhook
from scanner.alert.desktop import Desktop, Showing
from scanner.alert.employee import Employee, Manners
from scanner.alert.memory import Memory
from scanner.alert.post import Post
from scanner.alert.state import State, StateTrouble, state_path
from scanner.alert.teller import AlertTeller
from scanner.alert.webhook import Hook
from scanner.alert.wording import Listener, Wording
from scanner.company_key import company_seal
from scanner.messages import Words

if TYPE_CHECKING:
    from scanner.config import Config


def carriers_of(config: Config, words: Words) -> list[Carrier]:
    """Return the channels to officers and IT that are configured."""
    alert, found = config.alert, list[Carrier]()
    label = config.device.label or platform.node()
    if (mail := alert.mail) is not None:
        minutes = timedelta(minutes=mail.minutes)
        found.append(Mail(mail.server(), mail.sender, mail.to, mail.risk, minutes, words, label))
    if (hook := alert.webhook) is not None:
        found.append(Webhook(Hook(hook.url, hook.secret.source(), hook.ca_file), hook.risk))
    if (other := alert.apprise) is not None:
        minutes = timedelta(minutes=other.minutes)
        found.append(Services(other.urls.source(), other.risk, minutes, words, label))
    return found


def listeners_of(config: Config, words: Words) -> list[Listener]:
    """Return who is told besides the employee, as the employee reads it."""
    alert, found = config.alert, list[Listener]()
    if alert.mail is not None:
        found.append(Listener(words.listed(alert.mail.to), alert.mail.risk))
    if alert.webhook is not None:
        host = Hook(alert.webhook.url, alert.webhook.secret.source()).host
        found.append(Listener(words.text("alert listener webhook", host=host), alert.webhook.risk))
    if alert.apprise is not None:
        found.append(Listener(words.text("alert listener apprise"), alert.apprise.risk))
    return found


def teller_of(
    config: Config,
    index_path: Path,
    words: Words,
    *,
    stdout: TextIO | None,
    log: logging.Logger,
    at: datetime,
    desktop: Showing | None = None,
    threaded: bool = True,
    command: Sequence[str] = COMMAND,
) -> AlertTeller:
    """Return the teller. `desktop`: another than the session's; without
    `threaded`, servers are waited for."""
    alert, judging = config.alert, config.judging
    state = State(state_path(index_path), at)
    if state.trouble:
        log.error("alerts: %s", state.trouble)
    began = _begun(state, log, at)

    def employee(memory: Memory) -> Employee:
        shows = desktop or Desktop(words)
        return Employee(
            index=index_path,
            memory=memory,
            wording=Wording(
                words,
                asks=alert.asks,
                listeners=listeners_of(config, words),
                delivered=bool(config.index.deliver),
            ),
            desktop=shows,
            answering=Answering(
                index=index_path,
                device=config.device.id,
                words=words,
                judging=judging,
                verdict_days=alert.verdict_days,
                desktop=shows,
                seal=lambda: company_seal(config.key_source),
                log=log,
                command=command,
            ),
            manners=Manners(alert.habits(), alert.risk, began),
            judging=judging,
            log=log,
        )

    return AlertTeller(
        index=index_path,
        device=config.device.id,
        state=state,
        post=Post(state, carriers_of(config, words), log),
        employee=employee if alert.desktop else None,
        log_risk=alert.log_risk,
        stdout=stdout,
        log=log,
        executor=ThreadPoolExecutor(1, thread_name_prefix="fodspor-post") if threaded else None,
    )


def _begun(state: State, log: logging.Logger, at: datetime) -> datetime:
    try:
        state.answer_all()
        return state.began(at)
    except StateTrouble as error:
        log.error("alerts: %s", error)
        return at
