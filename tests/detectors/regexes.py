"""Strategies of hypothesis for regular expressions and for texts they may match."""

from __future__ import annotations

import re

from hypothesis import strategies as st

LETTERS = "aAbB1230 -.\næØåſK?és@"
"""Few, so that matches are frequent; with odd pairs of case, and what is beyond Latin-1."""

_literal = st.sampled_from(LETTERS).map(re.escape)
_category = st.sampled_from([r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", "."])
_class = st.builds(
    lambda negated, members, more: f"[{negated}{''.join(members)}{more}]",
    st.sampled_from(["", "^"]),
    st.lists(_literal, min_size=1, max_size=4),
    st.sampled_from(["", r"\d", r"\w", "a-b", "æ-ø"]),
)
_quantifier = st.sampled_from(
    ["", "", "", "?", "*", "+", "{2}", "{1,3}", "{2,}", "{0,20}", "+?", "*+"]
)
_assertion = st.sampled_from(
    [r"\b", r"\B", "^", "$", r"\A", r"\Z"]
    + [rf"(?{look}{seen})" for look in ("<!", "!", "=", "<=") for seen in ("a", r"\d", r"[\w.]")]
    + [r"(?<!\d\d)", r"(?<!a.)", "(?!ab)", "(?<=1.)", "(?:(?<!a)|(?<=1))", "(?!a{0,3}b)"]
)
_atom = st.one_of(_literal, _literal, _category, _class)
_item = st.one_of(st.builds(str.__add__, _atom, _quantifier), _assertion)


def _group(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    opening = st.sampled_from(["(?:", "(", "(?i:", "(?>"])
    few = st.sampled_from(["", "", "?", "{2}", "{1,2}"])
    group = st.builds(lambda o, body, q: f"{o}{body}){q}", opening, inner, few)
    referred = st.builds(lambda body, between: f"({body}){between}\\1", inner, _literal)
    parts = st.one_of(_item, _item, group, referred)
    sequence = st.lists(parts, min_size=1, max_size=4).map("".join)
    return st.lists(sequence, min_size=1, max_size=3).map("|".join)


expressions = st.recursive(
    st.lists(_item, min_size=1, max_size=5).map("".join), _group, max_leaves=4
)
"""Expressions of `re`; not all compile, and some match the empty text."""

flags = st.sampled_from([0, re.ASCII, re.IGNORECASE, re.IGNORECASE | re.ASCII, re.MULTILINE])

texts = st.one_of(
    st.text(LETTERS, max_size=60),
    st.text("a1 ", max_size=80),
    st.builds(
        lambda one, gap, other: one + " " * gap + other,
        st.text(LETTERS, max_size=20),
        st.integers(0, 120),
        st.text(LETTERS + "\ud800\U0001f600", max_size=20),
    ),
)
