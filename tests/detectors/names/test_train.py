"""Training on a little made data: it learns, and the same data and seed give the same model."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from detectors.names.corpus import Example, joined, lower_words, read

pytest.importorskip("pycrfsuite")
pytest.importorskip("faker")

from detectors.names import augment, gather, train
from detectors.names.clusters import LANGUAGES, Clusters
from detectors.names.crf import Tagger, Weights
from detectors.names.features import attributes
from detectors.names.lists import Lists
from detectors.names.templates import BLOCKS, TEMPLATES

SENTENCES = (
    ("{f} {l} bor i Odense .", "B-PER I-PER O O B-LOC O"),
    ("Jeg talte med {f} {l} i går .", "O O O B-PER I-PER O O O"),
    ("Mødet er flyttet til mandag .", "O O O O O O"),
    ("{f} ringede fra Danske Bank .", "B-PER O O B-ORG I-ORG O"),
)
FIRST = ("Anna", "Bo", "Eva", "Kaj", "Lis", "Ulla", "Per", "Ida", "Jan", "Mia")
LAST = ("Holm", "Friis", "Krag", "Lund", "Juhl", "Dam", "Skov", "Bech")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    rng = random.Random(1)
    for name, _, _ in train.SETS:
        blocks = []
        for _ in range(80):
            text, tags = rng.choice(SENTENCES)
            text = text.format(f=rng.choice(FIRST), l=rng.choice(LAST))
            rows = [f"{word}\t{tag}" for word, tag in zip(text.split(), tags.split(), strict=True)]
            blocks.append("\n".join([f"# text = {text}", *rows]))
        (folder / f"{name}.iob2").write_text("\n\n".join(blocks) + "\n", "utf-8")
    names = {"first": ["Ada", "Ib", "Nils"], "last": ["Vang", "Toft"], "city": ["Vejle", "Ribe"]}
    whole = dict.fromkeys(gather.JAVASCRIPT, names)
    (folder / "names_fakerjs.json").write_text(json.dumps(whole), "utf-8")
    (folder / "names_da_dacy.csv").write_text(
        "count,name,ethnicity,gender,first_name\n9,Marie,danish,female,True\n9,Hansen,danish,,False\n"
    )
    for language in ("da_DK", "sv_SE", "en_US"):
        words = "3\nmøde/46,10\nOdense/54\nCarlsberg/1\n"
        (folder / f"{language}.dic").write_text(words, "utf-8")
    for language in LANGUAGES:
        packed = gzip.compress(json.dumps({"Anna": 19, "Bo": 19, "bor": 4, "til": 0}).encode())
        (folder / f"{language}_lexeme_cluster.json.gz").write_bytes(packed)
    return folder


def test_sentences_are_read_with_their_spans(data: Path) -> None:
    for example in read(data / "da_ddt_train.iob2", "da"):
        for start, end, label in example.spans:
            assert label in ("PERSON", "LOCATION", "ORGANIZATION")
            assert example.text[start:end].strip() == example.text[start:end] != ""


def test_a_token_that_is_not_in_its_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.iob2").write_text("# text = Anna\nBo\tB-PER\n", "utf-8")
    with pytest.raises(ValueError, match="a token does not stand in its text"):
        read(tmp_path / "x.iob2", "da")


def test_joined_texts_keep_their_spans() -> None:
    one, two = Example("Anna her", ((0, 4, "PERSON"),)), Example("og Bo", ((3, 5, "PERSON"),))
    both = joined([one, two], "\n")
    assert [both.text[start:end] for start, end, _ in both.spans] == ["Anna", "Bo"]


def test_common_words_are_those_outside_of_names() -> None:
    examples = [Example("det er anna", ((7, 11, "PERSON"),))] * 3
    assert lower_words(examples) == {"det", "er"}


@pytest.mark.parametrize("held", [False, True])
def test_made_texts_use_the_names_of_their_side_only(data: Path, held: bool) -> None:
    maker, rng = augment.Maker(data, held=held), random.Random(4)
    for country, pool in maker.pools.items():
        assert all(gather.is_held(name) is held for name in pool.first), country
    for _ in range(60):
        example = maker.document(rng)
        ends = [0, *(end for _, end, _ in example.spans)]
        assert all(start >= end for (start, _, _), end in zip(example.spans, ends, strict=False))
        assert all(example.text[start:end].strip() for start, end, _ in example.spans)


def test_every_template_can_be_filled(data: Path) -> None:
    maker, rng = augment.Maker(data, held=False), random.Random(5)
    for template in [*(text for _, text in TEMPLATES), *BLOCKS]:
        text = maker.fill(template, rng).text
        assert "[[" not in text and "@L]]" not in text
        assert not any(f"{{{slot}}}" in text for slot in ("P", "F", "L", "C", "ST", "D", "M"))


def test_perturbed_sentences_have_other_people(data: Path) -> None:
    maker, rng = augment.Maker(data, held=False), random.Random(6)
    example = Example("Anna Holm bor her", ((0, 9, "PERSON"),))
    made = [augment.perturbed(example, rng, maker) for _ in range(40)]
    assert len({each.text for each in made}) > 20
    for each in made:
        start, end, _ = each.spans[0]
        assert each.text[end:].lower() == " bor her"
        assert start == 0


@pytest.mark.parametrize("together", [pytest.param(each, id=f"{each}") for each in train.RUNS])
def test_a_run_sees_so_many_joined_attributes_and_no_others(together: int) -> None:
    rows = [attributes(word, "", Lists({}, Clusters({}))) for word in ("Anna", "ringede")]
    for features in train.features_of(rows, together):
        joined_ones = {name.partition("\t")[0] for name in features if name.startswith("+")}
        assert joined_ones == {f"+{number}" for number in range(together)}


def test_what_a_run_lacks_counts_as_nothing_in_the_mean() -> None:
    def weights(word: str, weight: float) -> Weights:
        one = np.full((1, 2), weight, np.float32)
        return Weights(("O", "B-PERSON"), {"w": ([word], one[None])}, [([(word, word)], one)], one)

    mean = train.mean([weights("a", 2), weights("b", 4)])
    values, table = mean.singles["w"]
    assert list(zip(values, table[:, 0, 0].tolist(), strict=True)) == [("a", 1.0), ("b", 2.0)]
    assert mean.joined[0][0] == [("a", "a"), ("b", "b")]
    assert mean.moves.tolist() == [[3.0, 3.0]]
    other = weights("a", 1)._replace(labels=("O",))
    with pytest.raises(ValueError, match="different labels"):
        train.mean([other, weights("a", 1)])


@pytest.mark.long
def test_training_learns_and_is_the_same_twice(data: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from detectors.names import train;"
        "train.PARAMETERS['max_iterations'] = 5; *paths, at_once = sys.argv[1:];"
        "data, out = map(Path, paths);"
        "train.train(data, out, data, data, seed=3, processes=int(at_once))"
    )
    for out, at_once in (("one", "1"), ("two", "2")):
        ran = [sys.executable, "-c", code, str(data), str(tmp_path / out), at_once]
        subprocess.run(ran, check=True, capture_output=True)
    for file in ("weights.npz", "lists.txt.xz", "clusters.npz"):
        first, second = ((tmp_path / out / "names" / file).read_bytes() for out in ("one", "two"))
        assert first == second
    found = Tagger.load(tmp_path / "one" / "names").find(["Jeg talte med Eva Skov i går ."])[0]
    assert [(name.start, name.end, name.label) for name in found] == [(14, 22, "PERSON")]
