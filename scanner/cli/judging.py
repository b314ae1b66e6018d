"""The command index judge, and what a scan does of it before it begins: judge the index anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scanner.cli import DONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.index.store import Index
    from scanner.messages import Words
    from scanner.tools import Tools


@click.command()
@click.pass_obj
def judge(options: dict[str, Any]) -> int:
    """Judge the index anew by the configuration: thresholds, kinds of your own. Reads nothing."""
    from scanner.cli.answering import spoken
    from scanner.index.store import Index
    from scanner.setup import Setup
    from scanner.tools import tools_of

    setup = Setup.find(options["config"])
    words = spoken(options, setup.config)
    tools = tools_of(setup.recipe(None))
    with Index(setup.config.index_path) as index:
        index.claim_key(tools.seal.key_id)
        told = list(judged(index, tools, words))
    for line in told or [words.text("judged nothing")]:
        click.echo(line)
    return DONE


def judged(index: Index, tools: Tools, words: Words) -> Iterator[str]:
    """Judge the index as these tools do; yield a sentence for each thing that changed by it."""
    from scanner.index.reconsider import reconsider
    from scanner.index.rejudge import rejudge

    if changed := reconsider(index, tools):
        yield words.text(
            "judged own",
            kinds=", ".join(map(words.kind, changed.kinds)),
            holding=words.count("summary documents", changed.holding),
            stale=words.count("summary documents", changed.stale),
        )
    if kinds := rejudge(index, tools.judging):
        yield words.text("judged kinds", kinds=", ".join(map(words.kind, kinds)))
