"""The pool against documents that hang, crash and eat: each has its own outcome, no other's."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import Document
from scanner.executor import BATCH_BYTES, BATCH_DOCUMENTS, LocalExecutor, batches, spread
from scanner.model import Limits, Outcome
from scanner.recipe import Recipe
from tests.conftest import Installation
from tests.faults import Faulty

QUICK = Limits(deadline_seconds=8.0, memory_bytes=512 * 1024**2, max_file_bytes=50_000_000)


def run(installation: Installation, names: tuple[str, ...]) -> dict[str, Outcome]:
    recipe = installation.setup().recipe(None)
    recipe = dataclasses.replace(recipe, limits=QUICK)
    with LocalExecutor(recipe, 2) as executor:
        outcomes = list(spread(Faulty(names).walk(), executor, recipe.limits))
    assert len(outcomes) == len(names)
    return {outcome.document.path.decode(): outcome for outcome in outcomes}


def test_every_fault_is_blamed_on_its_own_document(installation: Installation) -> None:
    faults = {
        "hang-1": "timeout",
        "busy-1": "timeout",
        "kill-1": "crash",
        "exit-1": "crash",
        "denied-1": "no_access",
        "panic-1": "corrupt",
        "endless-1": "too_large",
    }
    good = tuple(f"good-{number}" for number in range(80))
    names = (*good[:40], *faults, *good[40:])
    outcomes = run(installation, names)
    for name, reason in faults.items():
        problem = outcomes[name].problem
        assert (outcomes[name].status, problem and problem.reason) == ("unread", reason), name
    assert {outcomes[name].status for name in good} == {"read"}


def test_a_document_that_eats_memory_is_stopped_and_named(installation: Installation) -> None:
    outcomes = run(installation, ("good-1", "eat-1", "good-2"))
    problem = outcomes["eat-1"].problem
    assert problem is not None
    assert problem.reason == "memory"
    assert {outcomes[name].status for name in ("good-1", "good-2")} == {"read"}


def test_an_outcome_prints_no_personal_data(installation: Installation) -> None:
    outcome = run(installation, ("good-0101101234",))["good-0101101234"]
    assert "0101101234" not in repr(outcome)


@given(st.lists(st.integers(0, BATCH_BYTES * 2), max_size=200))
def test_batches_keep_order_and_stay_small(sizes: list[int]) -> None:
    connector = Faulty(())
    documents = [
        Document(connector, str(n).encode(), "", None, size, 0, b"") for n, size in enumerate(sizes)
    ]
    made = list(batches(documents))
    assert [document for batch in made for document in batch] == documents
    for batch in made:
        assert len(batch) <= BATCH_DOCUMENTS
        assert len(batch) == 1 or sum(each.size for each in batch) <= BATCH_BYTES


def test_a_recipe_carries_no_secret(installation: Installation, tmp_path: Path) -> None:
    import pickle

    recipe: Recipe = installation.setup().recipe(None)
    key = (installation.folder / "home" / "fodspor.key").read_text().strip()
    sent = pickle.dumps(recipe)
    assert key.encode() not in sent
    assert bytes.fromhex(key) not in sent
    with pytest.raises(TypeError):
        pickle.dumps(installation.tools())
