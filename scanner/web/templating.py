"""Fill in the templates: everything is escaped, and what an eye could misread is made visible."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scanner.messages import SPACE
from scanner.privacy import shown
from scanner.web.page import DATA_PAGE

if TYPE_CHECKING:
    from scanner.web.asked import Asked
    from scanner.web.site import Site

FOLDER = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def _visible(value: Any) -> Any:
    """Names come from files that anybody may name: no control or bidi sign survives."""
    if type(value) is not str or value.isprintable():
        return value
    return SPACE.join(map(shown, value.split(SPACE)))


def _lines(value: str) -> Markup:
    """Return what somebody typed in several lines, for a field to go on with: a filter."""
    return Markup("\n").join(_visible(line) for line in value.splitlines())


class Assets:
    """The style sheet, script and pictures, each under a name that changes with what is in it."""

    def __init__(self, folder: Path = STATIC) -> None:
        self.files: dict[str, tuple[bytes, str]] = {}
        self.names: dict[str, str] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix not in MEDIA_TYPES:
                continue
            body = path.read_bytes()
            name = f"{path.stem}.{hashlib.sha256(body).hexdigest()[:16]}{path.suffix}"
            self.files[name] = (body, MEDIA_TYPES[path.suffix])
            self.names[path.name] = f"/static/{name}"


class Templates:
    """The templates of a site. `t`, `n` and `words` are at hand in each: see docs/pages.md."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_visible,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["lines"] = _lines

    @cached_property
    def assets(self) -> Assets:
        return Assets()

    def load(self) -> None:
        """Read every template, so that no page waits for it."""
        for name in self._environment.list_templates():
            self._environment.get_template(name)
        assert self.assets

    def render(self, name: str, asked: Asked, **context: Any) -> str:
        """Return a filled-in template."""
        somebody = asked.somebody
        menu = [
            page
            for page in sorted(
                (page for page in (*self._site.pages, DATA_PAGE) if page.menu is not None),
                key=lambda page: (page.menu, page.name),
            )
            if somebody is not None and somebody.may(page.right)
        ]
        words = asked.words
        return self._environment.get_template(name).render(
            asked=asked,
            session=somebody,
            csrf=somebody.csrf if somebody else "",
            menu=menu,
            assets=self.assets.names,
            address=lambda name, **given: self._site.address(name, somebody, **given),
            words=words,
            t=words.text,
            n=words.count,
            **context,
        )
