"""The command index judge, and what a scan does of it before it begins: judge the index anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scanner.index.store import Index
    from scanner.messages import Words
    from scanner.recipe import Recipe


@click.command()
@click.pass_obj
def judge(options: dict[str, Any]) -> int:
    """Judge the index anew by the configuration: thresholds, kinds of your own. Reads nothing."""
    from scanner.cli.answering import index_of, spoken
    from scanner.index.rejudge import rejudge
    from scanner.index.store import Index
    from scanner.setup import Setup
    from scanner.tools import tools_of

    setup = Setup.find(options["config"])
    words = spoken(options, setup.config)
    recipes = setup.recipes()
    path = index_of(options, setup.config)
    if path != setup.config.index_path:  # confidences are the devices'
        with Index(path) as index:
            kinds = rejudge(index, setup.config.judging)
        named = ", ".join(map(words.kind, kinds))
        click.echo(
            words.text("judged kinds", kinds=named) if kinds else words.text("judged nothing")
        )
        return DONE
    with Index(path) as index:
        index.claim_key(tools_of(recipes[0]).seal.key_id)
        told = list(judged(index, recipes, words))
    for line in told or [words.text("judged nothing")]:
        click.echo(line)
    return DONE


def judged(index: Index, recipes: Iterable[Recipe], words: Words) -> Iterator[str]:
    """Judge the index as these recipes do; yield a sentence for each thing that changed by it.

    They differ at most in the special categories that are looked for.
    """
    from scanner.index.reconsider import reconsider
    from scanner.index.rejudge import rejudge
    from scanner.tools import tools_of

    widest_first = sorted(dict.fromkeys(recipes), key=lambda each: not each.special)
    for recipe in widest_first:
        if changed := reconsider(index, tools_of(recipe)):
            yield words.text(
                "judged own",
                kinds=", ".join(map(words.kind, changed.kinds)),
                holding=words.count("summary documents", changed.holding),
                stale=words.count("summary documents", changed.stale),
            )
    if kinds := rejudge(index, widest_first[0].judging):
        yield words.text("judged kinds", kinds=", ".join(map(words.kind, kinds)))
