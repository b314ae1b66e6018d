"""Devices and runs: who is silent since when, what the last run did, what is left. No findings."""

from __future__ import annotations

from scanner.answers.devices import shared_in_words, shared_places
from scanner.answers.fleet import Machine, fleet, runs, runs_number
from scanner.compromised import Device, mark, marked
from scanner.privacy import shown
from scanner.web.asked import Asked
from scanner.web.page import Page
from scanner.web.paging import page_of, place_of
from scanner.web.reply import Refused, Reply

ON_A_PAGE = 50
LAST = 10
"""Runs shown of one device; the page of runs has all."""
STEPS = 6
"""What to do when a device is stolen: messages "stolen step N"."""


def machines(asked: Asked) -> list[Machine]:
    """Return the devices; kept until the index or the log changes."""
    held = marked(asked.site.config.index_path, asked.site.index)
    key = ("fleet", tuple(sorted(held.items())))
    days = asked.site.config.collect.silent_days
    return asked.cached(key, lambda: fleet(asked.opened, days, held))


def devices(asked: Asked) -> Reply:
    """Show the devices: those whose key is out, silent ones, then the others."""
    found = machines(asked)
    return asked.show(
        "devices.html",
        machines=found,
        silent=sum(each.silent for each in found),
        days=asked.site.config.collect.silent_days,
        collected=asked.opened.collected,
        shared=[shared_in_words(pair, asked.words) for pair in shared_places(asked.opened)],
        empty="" if found else "all",
    )


def device(asked: Asked) -> Reply:
    """Show one device: how it fares, its last runs, and what to do where its key is out."""
    machine = _machine(asked)
    others = [
        each
        for each in machines(asked)
        if machine.marked
        and each.id != machine.id
        and (machine.marked.rotated is None or each.reported < machine.marked.rotated)
    ]
    steps = [asked.words.text(f"stolen step {n}", device=machine.device) for n in _steps()]
    return asked.show(
        "device.html",
        machine=machine,
        days=asked.site.config.collect.silent_days,
        runs=runs(asked.opened, device=machine.id, most=LAST),
        steps=[step.splitlines() for step in steps] if machine.marked else [],
        waiting=others,
        asks=asked.query.one("stolen") == "1" and machine.marked is None,
        covered=asked.filters(devices=(machine.id,)),
        trail=(("/devices", asked.words.text("page devices")),),
    )


def _steps() -> range:
    return range(1, STEPS + 1)


def _machine(asked: Asked) -> Machine:
    found = next((each for each in machines(asked) if each.id == asked.given["device"]), None)
    if found is None:
        raise Refused(404, "web not found")
    return found


def stolen(asked: Asked) -> Reply:
    """Write down that a device, and with it its key, is in the hands of others."""
    machine = _machine(asked)
    known = [
        Device(number, shown(label or number), seen or "")
        for number, label, seen in asked.opened.connection.execute(
            "SELECT id, label, last_seen FROM device"
        ).fetchall()
    ]
    mark(
        asked.site.index,
        Device(machine.id, machine.device, machine.reported),
        known,
        unknown=False,
        own=asked.site.config.device.id,
        who=asked.session.account.name,
    )
    said = asked.words.text("devices marked", device=machine.device)
    return asked.to(f"/devices/{machine.id}", said)


def all_runs(asked: Asked) -> Reply:
    """Show the runs, the newest first: of all, one device, or one place."""
    number, place = asked.query.one("device", most=100), asked.query.number("place")
    told = ""
    if number:
        if number not in asked.opened.devices:
            raise Refused(404, "web not found")
        told = shown(asked.opened.devices[number])
    start = place_of(asked, ON_A_PAGE)
    found = runs(asked.opened, device=number, place=place, start=start, most=ON_A_PAGE)
    total = runs_number(asked.opened, device=number, place=place)
    kept = {"device": number, "place": str(place) if place else ""}
    return asked.show(
        "runs.html",
        runs=found,
        told=told,
        page=page_of(asked, found, total, ON_A_PAGE, **kept),
        covered=asked.filters(
            devices=(number,) if number else (), places=(place,) if place else ()
        ),
        trail=(("/devices", asked.words.text("page devices")),),
    )


PAGES = (
    Page("devices", "/devices", "devices", devices, menu=55),
    Page("device", r"/devices/(?P<device>[0-9A-Za-z-]{1,64})", "devices", device),
    Page(
        "device stolen",
        r"/devices/(?P<device>[0-9A-Za-z-]{1,64})/stolen",
        "devices",
        stolen,
        methods=("POST",),
    ),
    Page("runs", "/runs", "devices", all_runs, menu=56),
)
