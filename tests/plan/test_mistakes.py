"""Each code an author can meet, met once, at its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from explainers.errors import Diagnostic, InvalidInput
from explainers.plan import Plan

Load = Callable[..., Plan]
Codes = Callable[..., list[str]]
HEAD = "facts:\n  off: {table: runs, where: {run: off}, value: tok}\n"


def card(more: str) -> str:
    return f"  - {{id: a, kind: card, heading: Hello, {more}}}\n"


def mixed(more: str) -> str:
    return f"  - {{id: a, kind: mixed, {more}}}\n"


@pytest.mark.parametrize(
    ("shots", "code", "text"),
    [
        (card("statment: x"), "unknown-key", "did you mean 'statement'"),
        (mixed("nodes: {n: {lable: x}}"), "unknown-key", "did you mean 'label'"),
        (mixed("beats: [{id: b, spokn: x}]"), "unknown-key", "did you mean 'spoken'"),
        ("  - {id: a, kind: crad}\n", "unknown-kind", "did you mean 'card'"),
        ("  - {id: a, kind: card}\n", "missing-key", "'heading' is missing"),
        ("  - {kind: card, heading: x}\n", "missing-key", "'id' is missing"),
        (card("duration: soon"), "wrong-type", "expected auto or a duration such as 4s"),
        (card("duration: 1:75"), "wrong-type", "a timecode whose seconds"),
        (card("title: [a]"), "wrong-type", "'title' is a list of 1"),
        (card("beats: {a: 1}"), "wrong-type", "expected a list"),
        (mixed("quiet: on"), "wrong-type", "expected true or false"),
        (mixed("side: lift"), "wrong-type", "did you mean 'left'"),
        (mixed("side: {lable: x}"), "unknown-key", "did you mean 'label'"),
        (card("transition: {fade: -1s}") + card("").replace("id: a", "id: b"), "wrong-type", "a duration"),
        (card("provenance: mesured"), "wrong-type", "did you mean 'measured'"),
        (card("id: a").replace("id: a", "id: 'a b'", 1), "duplicate-key", "a second time"),
        (mixed("picture: figures/nte.png"), "missing-file", "did you mean 'figures/net.png'"),
        (mixed("picture: ../../secret"), "missing-file", "leads out"),
        (mixed("picture: /etc/passwd"), "missing-file", "leads out"),
        (mixed("picture: " + "x" * 999), "missing-file", "can't be the path"),
        (mixed('picture: "a\\0b"'), "control-character", "U+0000"),
        (card("title: '{ofl}'"), "unknown-fact", "did you mean 'off'"),
        (mixed("limit: ofl * 2"), "unknown-fact", "did you mean 'off'"),
        (mixed("table: rnus"), "unknown-table", "did you mean 'runs'"),
        (mixed("tables: {rnus: x}"), "unknown-table", "did you mean 'runs'"),
        (mixed("pane: of"), "unknown-run", "did you mean 'off'"),
        (mixed("cited: papr"), "unknown-source", "did you mean 'paper'"),
        (card("source: papr"), "unknown-source", "did you mean 'paper'"),
        (card("source: [logs, papr]"), "unknown-source", "did you mean 'paper'"),
        (card("x: 1").replace(", x: 1", "") * 2, "duplicate-id", "a second shot has the id 'a'"),
        (mixed("beats: [{id: b}, {id: b}]"), "duplicate-id", "a second beat has the id 'b'"),
        (mixed("table: runs, column: tko"), "unknown-column", "did you mean 'tok'"),
        (mixed("duration: 2s, beats: [{id: b, duration: 3s}]"), "beat-too-long", "3.00 s"),
        (mixed("range: [0:10, 1:30]"), "range-outside-run", "at 60 s"),
        (card("title: '{off'"), "bad-expression", "never closed"),
        (card("title: '{off / (off - off)}'"), "division-by-zero", "a division by zero"),
        (card("title: '{off:wide}'"), "bad-format", "'wide' is not a number format"),
        (card("title: Up 12 %"), "typed-digit", "{=12}"),
        (card("cue: Up 12 %"), "typed-digit", "{=12}"),
        (card("note: n = 100"), "typed-digit", "{=100}"),
        (card("cues: [{at: 0, text: Up 12}]"), "typed-digit", "{=12}"),
        (mixed("beats: [{id: b, spoken: Up 12}]"), "typed-digit", "{=12}"),
        (mixed("beats: [{id: b, chapter: Up 12}]"), "typed-digit", "{=12}"),
        (card("transition: {fade: 1s}"), "bad-transition", "entered from nothing"),
        (card("chapter: true"), "wrong-type", "a title, or false"),
    ],
)
def test_a_mistake_has_its_code_and_words(load: Load, shots: str, code: str, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load(shots, head=HEAD)
    assert [one.code for one in caught.value.problems] == [code]
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("them: ink", "unknown-key"),
        ("theme: pink", "wrong-type"),
        ("canvas: {size: 1921x1080}", "wrong-type"),
        ("canvas: {size: big}", "wrong-type"),
        ("canvas: {fps: 0}", "out-of-range"),
        ("canvas: {fps: fast}", "wrong-type"),
        ("language: English", "wrong-type"),
        ("poster: b", "unknown-shot"),
        ("poster: {shot: a, beat: x}", "unknown-beat"),
        ("poster: {at: 1:00}", "out-of-range"),
        ("poster: {shot: a, at: 0}", "wrong-type"),
        ("facts: {a: b, b: a}", "fact-cycle"),
        ("facts: {a-b: c}", "bad-name"),
        ("facts: {a: {where: {x: y}, value: c}}", "missing-key"),
        ("facts: {a: {table: runs}}", "missing-key"),
        ("facts: {a: {table: runs, value: tok, sum: 1}}", "unknown-key"),
        ("facts: {a: {value: 8, source: nobody}}", "unknown-source"),
        ("facts: {a: 8}", "unsourced-fact"),
        ("description: Twelve or 12", "typed-digit"),
    ],
)
def test_the_head_of_a_storyboard_is_checked(codes: Codes, head: str, code: str) -> None:
    assert codes(card("duration: 2s"), head=head) == [code]


@pytest.mark.parametrize(
    ("assets", "code"),
    [
        ("sources: {logs: {kind: measurd, citation: x}}", "wrong-type"),
        ("sources: {logs: {kind: measured}}", "missing-key"),
        ("tables: {runs: {file: data/runs.csv, source: logs}}", "unknown-source"),
        (
            "sources: {s: {kind: measured, citation: x}}\ntables: {t: {file: data/run.csv, source: s}}",
            "missing-file",
        ),
        (
            "sources: {s: {kind: measured, citation: x}}\nruns: {t: {file: runs/of, source: s}}",
            "missing-file",
        ),
        ("tables: [", "yaml-syntax"),
        ("tabels: {}", "unknown-key"),
    ],
)
def test_assets_are_checked_with_places_of_their_own(
    codes: Codes, load: Load, assets: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        load(card("duration: 2s"), head="", assets=assets)
    assert [one.code for one in caught.value.problems] == [code]
    place = caught.value.problems[0].place
    assert place and place.file == "assets/demo/assets.yaml"


def test_a_file_that_is_not_the_declared_one_is_told(codes: Codes) -> None:
    assets = "sources: {s: {kind: measured, citation: x}}\n" + (
        "tables: {runs: {file: data/runs.csv, source: s, sha256: " + "0" * 64 + "}}"
    )
    assert codes(mixed("table: runs"), head="", assets=assets) == ["wrong-sha256"]


def test_units_are_those_of_columns_that_are_there(load: Load) -> None:
    assets = "sources: {s: {kind: measured, citation: x}}\n" + (
        "tables: {runs: {file: data/runs.csv, source: s, units: {tok_: tok/s}}}"
    )
    with pytest.raises(InvalidInput) as caught:
        load(mixed("table: runs"), head="", assets=assets)
    [problem] = caught.value.problems
    assert problem.code == "unknown-column" and problem.did_you_mean == "tok"
    assert problem.place and problem.place.column > 1


def test_what_leans_on_broken_assets_is_not_called_unknown(codes: Codes) -> None:
    assert codes(mixed("table: runs, pane: off, cited: logs"), assets="tables: [") == ["yaml-syntax"]


def test_a_run_that_can_not_be_read_has_a_place_and_stops_its_shot_alone(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Path) -> None:
        raise InvalidInput([Diagnostic("bad-run", f"{path} is no run")])

    monkeypatch.setattr("explainers.plan.library.load_run", broken)
    with pytest.raises(InvalidInput) as caught:
        load(mixed("pane: off") + card("title: Up 12").replace("id: a", "id: b"), head="")
    assert [(one.code, str(one.place)) for one in caught.value.problems] == [
        ("bad-run", "assets/demo/assets.yaml:10:15"),
        ("typed-digit", "scenes/demo/storyboard.yaml:6:51"),
    ]
    assert caught.value.problems[0].message == "assets/demo/runs/off.run.jsonl is no run"


def test_all_mistakes_are_shown_at_once_in_the_order_of_the_file(codes: Codes) -> None:
    shots = """
  - {id: a, kind: card, heading: Up 12, duration: soon, source: nobody}
  - {id: a, kind: crad, title: "{ofl}"}
  - {id: m, kind: mixed, nodes: {n: {words: "{gain:wide}"}}, table: rnus, beats: [{id: b, sya: x}]}
"""
    assert codes(shots, head="them: ink\nfacts: {a: b, b: a}") == [
        "unknown-key",
        "fact-cycle",
        "wrong-type",
        "unknown-kind",
        "unknown-fact",
        "unknown-key",
    ]


def test_a_problem_shows_its_line_with_a_caret(load: Load) -> None:
    with pytest.raises(InvalidInput) as caught:
        load(card("statment: x"), head="")
    assert str(caught.value) == (
        "scenes/demo/storyboard.yaml:5:41: there is no key 'statment' here [unknown-key]\n"
        "    5 |   - {id: a, kind: card, heading: Hello, statment: x}\n"
        "                                                ^^^^^^^^\n"
        "      did you mean 'statement'?"
    )


def test_a_storyboard_that_is_no_mapping_is_told_plainly(codes: Codes) -> None:
    assert codes("storyboard: 1") == ["missing-key", "missing-key"]
    assert codes("- storyboard: 1") == ["wrong-type"]
