"""Say what is wrong in a configuration, where, and what to write instead. Repeats no value."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from scanner.config.tables import Config, many_tables, model_of
from scanner.typed import typed

Location = Sequence[str | int]
"""Where something stands: table, number in a list of tables (from 0), key."""


class ConfigError(Exception):
    """The configuration cannot be used: names the key and says what to do."""


_TOML_HINTS: tuple[tuple[str, str], ...] = (
    ("backslash", "write a backslash twice, or put the path in single quotes: 'D:\\share'"),
    ("unescaped", "write a backslash twice, or put the path in single quotes: 'D:\\share'"),
    ("hex", "write a backslash twice, or put the path in single quotes: 'D:\\share'"),
    ("twice", "this table or key stands there already; keep one of them"),
    ("overwrite", "this table or key stands there already; keep one of them"),
    ("mutate", "this table or key stands there already; keep one of them"),
    ("duplicate", "this table or key stands there already; keep one of them"),
    ("already", "this table or key stands there already; keep one of them"),
    ("unclosed", "close the list with ], the table with }"),
    ("unterminated", "close the text with a quote on the same line"),
    ("illegal character '\\n'", "close the text with a quote on the same line"),
    ("invalid value", 'a text stands in quotes ("…"), true, false and numbers without'),
    ("'='", "a line reads: key = value"),
    ("invalid statement", "a line reads: key = value, or [table]"),
    ("newline", "one key and value on a line, and nothing behind them"),
    ("closing", "close the bracket at the end of the line"),
    ("']'", "a table's name stands in brackets: [limits], and [[place]] for each of several"),
)
"""What Python's parser says, in part, and what to do about it."""


_COMPARE = "compare it with config.example.toml"
_CLOSE = "close what is open: a list with ], a text with a quote"


def explain_toml(error: tomllib.TOMLDecodeError) -> str:
    """Return where a file is no TOML and what to do; the line itself is not repeated."""
    said = str(error)
    where = re.search(r"\(at line (\d+), column (\d+)\)", said)
    hint = next((hint for mark, hint in _TOML_HINTS if mark in said.lower()), _COMPARE)
    if where is None:
        still_open = hint == _COMPARE or "invalid value" in said.lower()
        return f", at its end: not valid TOML; {_CLOSE if still_open else hint}"
    return f", line {where[1]}, column {where[2]}: not valid TOML; {hint}"


def explain(error: ValidationError, text: str) -> str:
    """Return the first mistake with its line, and how many there are besides."""
    mistakes = error.errors(include_url=False, include_input=False)
    first = min(mistakes, key=lambda each: each["type"] != "extra_forbidden")
    more = len(mistakes) - 1
    others = f" ({more} more mistake{'s' if more > 1 else ''} after this one)" if more else ""
    return f"{line_of(text, first['loc'])}: {_sentence(dict(first))}{others}"


def _sentence(mistake: dict[str, Any]) -> str:
    location: tuple[str | int, ...] = mistake["loc"]
    kind, context = str(mistake["type"]), mistake.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(location)
    if kind == "missing":
        return f"{_table(location[:-1])} has no {location[-1]!r}; add {location[-1]} = …"
    if kind == "value_error" and not location:
        return str(context["error"])
    if kind == "value_error":
        return f"{_named(location)} {context['error']}"
    if isinstance(location[-1], str) and many_tables(_field(location)):
        return _several_tables(location)
    if kind in ("model_type", "model_attributes_type"):
        return _one_table(location)
    wanted = _WANTED.get(kind)
    if wanted is None:
        return f"{_named(location)} holds what cannot be used; config.example.toml explains it"
    return f"{_named(location)} needs {wanted(context)}"


def _bound(word: str, key: str) -> Callable[[dict[str, Any]], str]:
    return lambda context: f"a number {word.format(context[key])}"


_WANTED: dict[str, Callable[[dict[str, Any]], str]] = {
    **dict.fromkeys(
        ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
        lambda _: "a whole number, without quotes or decimals",
    ),
    **dict.fromkeys(("float_type", "float_parsing"), lambda _: "a number, without quotes"),
    "finite_number": lambda _: "a number; inf and nan are none",
    **dict.fromkeys(("bool_type", "bool_parsing"), lambda _: "true or false, without quotes"),
    "string_type": lambda _: 'a text in quotes, "…"',
    "string_too_short": lambda _: "a text; it is empty",
    "string_too_long": lambda context: f"a text of at most {context['max_length']} characters",
    "too_short": lambda _: "a list with at least one entry",
    "tuple_type": lambda _: 'a list in brackets, ["…", "…"]',
    "dict_type": lambda _: 'a table in braces, {"…" = "…"}',
    "literal_error": lambda context: f"one of {context['expected']}",
    "greater_than_equal": _bound("of {} or more", "ge"),
    "greater_than": _bound("above {}", "gt"),
    "less_than_equal": _bound("of {} or less", "le"),
    "less_than": _bound("below {}", "lt"),
}


def _unknown(location: tuple[str | int, ...]) -> str:
    key = str(location[-1])
    known = list(_model(location[:-1]).model_fields)
    near = difflib.get_close_matches(key.lower(), known, 1, 0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
    if len(location) > 1:
        return f"{_table(location[:-1])} has an unknown key {typed(key)!r}; {hint}"
    return f"unknown table or key {typed(key)!r}; {hint}"


def _several_tables(location: tuple[str | int, ...]) -> str:
    name = ".".join(str(step) for step in location)
    if _field(location) == ("privacy", "passwords"):
        return (
            f'{_named(location)} needs a list of tables, such as [{{file = "words.txt"}}]; '
            "no secret is written here"
        )
    return f"{name} needs a table for each: write [[{name}]] with two brackets"


def _one_table(location: tuple[str | int, ...]) -> str:
    if len(location) == 1:
        return f"{location[0]} needs a table: write [{location[0]}] and its keys below"
    return (
        f'{_named(location)} needs a table, such as {{file = "words.txt"}}; '
        "no secret is written here"
    )


def _field(location: Location) -> tuple[str, ...]:
    return tuple(step for step in location if isinstance(step, str))


def _table(location: tuple[str | int, ...]) -> str:
    """Name a table: [limits], [place] number 2."""
    steps = _field(location)
    number = next((step for step in reversed(location) if isinstance(step, int)), None)
    if number is None:
        return f"[{'.'.join(steps)}]"
    return f"[{'.'.join(steps)}] number {number + 1}"


def _named(location: tuple[str | int, ...]) -> str:
    """Name a key with its table: [limits] workers."""
    if len(location) == 1:
        return f"[{location[0]}]"
    if isinstance(location[-1], int) and many_tables(_field(location)):
        return _table(location)
    if isinstance(location[-1], int):  # an entry of a list
        return f"{_named(location[:-1])}, entry {location[-1] + 1},"
    key = location[-1]
    return f"{_table(location[:-1])} {key if key in _model(location[:-1]).model_fields else '…'}"


def _model(location: Location) -> type[BaseModel]:
    model: type[BaseModel] = Config
    for step in _field(location):
        if step in model.model_fields:
            model = model_of(model.model_fields[step].annotation) or model
    return model


_HEAD = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\s]+?)\s*\]")
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*(?:=|\.)")


def line_of(text: str, location: Location) -> str:
    """Return ", line 12" where a key stands, or its table; empty when it cannot be told."""
    seen: dict[str, int] = {}
    table, best = "", 0
    wanted = ".".join(_field(location))
    number = next((step for step in location if isinstance(step, int)), 0)
    for line_number, line in enumerate(text.splitlines(), 1):
        if head := _HEAD.match(line):
            table = head[2]
            if head[1] == "[[":
                seen[table] = seen.get(table, -1) + 1
            here = _count(seen, table) == number
            if here and (wanted == table or wanted.startswith(f"{table}.")):
                best = line_number
        elif (key := _KEY.match(line)) and _count(seen, table) == number:
            name = f"{table}.{key[1]}" if table else key[1]
            if wanted == name or wanted.startswith(f"{name}."):
                return f", line {line_number}"
    return f", line {best}" if best else ""


def _count(seen: dict[str, int], table: str) -> int:
    """Return the number of a table in its list, or of the one around it: [place.imap]."""
    while table not in seen and "." in table:
        table = table.rpartition(".")[0]
    return seen.get(table, 0)
