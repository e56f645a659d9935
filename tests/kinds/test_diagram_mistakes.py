"""What can't be in a diagram is said with its place, before anything is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from diagram_shots import BUFFER, performed, problems

CASES = [
    ("source => gate", "source => gat", "unknown-node", "gate"),
    (
        "move: {tokens: [a, c], into: waiting}",
        "move: {tokens: [a, c], into: wating}",
        "unknown-node",
        "waiting",
    ),
    (
        "move: {tokens: [a, c], into: waiting}",
        "move: {tokens: [a, xyz], into: waiting}",
        "unknown-token",
        None,
    ),
    ("split: {at: gate, leave: [b, d]", "split: {at: source, leave: [b, d]", "token-not-there", None),
    ("along: [source, gate]", "along: [waiting, gate]", "token-not-there", "source"),
    ("along: [source, gate]", "along: [source, worker]", "no-edge", None),
    ("with: [e, f]", "with: [e, f, g]", "too-many-tokens", None),
    ("holds: [a, b, c, d]", "holds: [a, b, c, d], slots: 3", "too-many-tokens", None),
    ("mark: 2", "mark: 7", "unknown-badge", None),
    ("highlight: [out]", "highlight: [owt]", "unknown-thing", "out"),
    ("nodes: [source, gate, waiting, worker]", "nodes: [source, gate, waiting]", "unplaced-node", None),
    (
        "nodes: [source, gate, waiting, worker]",
        "nodes: [source, gate, gate, waiting, worker]",
        "placed-twice",
        None,
    ),
    ("beside: gate", "beside: out", "beside-itself", None),
    ("merge: {node: waiting, along: [worker]}", "merge: {node: worker}", "token-not-there", None),
    ("merge: {node: waiting, along: [worker]}", "write: rule", "unknown-thing", None),
    (
        "merge: {node: waiting, along: [worker]}",
        "reorder: {node: waiting, order: [a, c]}",
        "token-not-there",
        None,
    ),
    ("merge: {node: waiting, along: [worker]}", "map: {from: [a, c], to: [e, f, b]}", "wrong-count", None),
    ("merge: {node: waiting, along: [worker]}", "merge: {node: []}", "out-of-range", None),
    ("merge: {node: waiting, along: [worker]}", "unmap: [a]", "no-effect", None),
    ("split: {at: gate, leave: [b, d]", "split: {at: gate, by: left, leave: [b, d]", "no-effect", None),
    (
        "nodes: [source, gate, waiting, worker]",
        "grid: other, nodes: [source, gate, waiting, worker]",
        "two-directions",
        None,
    ),
]


@pytest.mark.parametrize(
    ("good", "bad", "code", "near"), CASES, ids=[f"{case[2]}-{i}" for i, case in enumerate(CASES)]
)
def test_a_mistake_is_reported_once_at_its_place(
    tmp_path: Path, good: str, bad: str, code: str, near: str | None
) -> None:
    assert BUFFER.count(good) == 1
    shot = BUFFER.replace(good, bad)
    found = problems(tmp_path, shot)
    assert [problem.code for problem in found][:1] == [code]
    problem = found[0]
    assert problem.place is not None and problem.source_line is not None
    assert problem.did_you_mean == near
    key = bad.split(":")[0].strip(" {") if code != "unplaced-node" else "worker"
    assert key.split(" ")[0] in problem.source_line


def test_a_good_diagram_has_no_mistakes(tmp_path: Path) -> None:
    assert problems(tmp_path, BUFFER) == []


def test_several_mistakes_are_reported_together(tmp_path: Path) -> None:
    shot = BUFFER.replace("into: waiting}", "into: wating}").replace("mark: 2", "mark: 7")
    assert [problem.code for problem in problems(tmp_path, shot)][:2] == ["unknown-node", "unknown-badge"]


def test_a_mistake_in_a_further_step_is_found_there(tmp_path: Path) -> None:
    shot = BUFFER.rstrip().replace(
        "fill: {node: waiting, with: [e, f]}", "then: [{fill: {node: waiting, with: [e, f]}}, {hide: nobody}]"
    )
    found = problems(tmp_path, shot)
    assert [problem.code for problem in found] == ["unknown-thing"]
    assert "nobody" in found[0].message


def test_formulas_hold_no_code(tmp_path: Path) -> None:
    shot = """
    - id: rule
      kind: diagram
      nodes: {rule: {shape: formula, terms: {a: '#read("/etc/passwd")'}}}
    """
    assert "no code" in problems(tmp_path, shot)[0].text()


def test_an_edge_is_written_as_one(tmp_path: Path) -> None:
    found = problems(tmp_path, BUFFER.replace("- source => gate", "- source gate"))
    assert found and "a -> b" in found[0].text()


@pytest.mark.parametrize(
    ("written", "code", "near"),
    [
        ("upright: {nodes: {owt: {columns: 1}}}", "unknown-node", "out"),
        ("upright: {nodes: {out: {beside: gat}}}", "unknown-node", "gate"),
        ("square: {edges: {gate -> oit: {leave: top}}}", "unknown-edge", "gate -> out"),
        ("square: {place: [source, gate, waiting]}", "unplaced-node", None),
        ("square: {place: [source, gate, gate, waiting, worker]}", "placed-twice", None),
    ],
)
def test_what_is_written_for_another_shape_is_checked_where_it_is_written(
    tmp_path: Path, written: str, code: str, near: str | None
) -> None:
    shot = BUFFER.replace("  edges:\n", f"  {written}\n  edges:\n")
    found = problems(tmp_path, shot)
    assert [(problem.code, problem.did_you_mean) for problem in found] == [(code, near)]
    assert found[0].source_line is not None and written.split(":")[0] in found[0].source_line


TRAYS = """
- id: trays
  kind: diagram
  nodes:
    box: Box
    one: {shape: tray, slots: 1, holds: [x]}
    two: {shape: tray, slots: 2}
    free: {shape: tray, slots: 1}
  place: [box, one, two, free]
  edges: [box -> one, one -> two, two -> free]
  beats:
    - {id: first, duration: 4s, fill: {FILL}}
"""


@pytest.mark.parametrize(
    ("fill", "code", "said"),
    [
        ("node: two, with: a, from: one", "too-many-tokens", "'one' has 1 slots and all are taken"),
        ("node: one, with: a, from: box", "too-many-tokens", "'one' has 1 slots and all are taken"),
        ("node: two, with: x, from: free", "token-not-there", "'x' is in 'one', not in 'free'"),
        ("node: two, with: a, slots: [3]", "no-slot", "'two' has 2 slots, and no slot 3"),
        ("node: box, with: a, slots: [1]", "no-slot", "'box' has no slots, and no slot 1"),
        ("node: two, with: [a, b], slots: [2, 2]", "no-slot", "slot 2 is filled twice"),
        ("node: two, with: a, slots: [1, 2]", "no-slot", "slot 2 is for no token: 1 in `with`"),
        ("node: one, with: a, slots: [1]", "no-slot", "slot 1 of 'one' holds 'x'"),
    ],
)
def test_a_fill_that_cannot_be_done_is_refused(tmp_path: Path, fill: str, code: str, said: str) -> None:
    found = problems(tmp_path, TRAYS.replace("FILL", fill))
    assert [problem.code for problem in found] == [code] and said in found[0].message
    assert found[0].place is not None


@pytest.mark.parametrize(
    ("fill", "token", "slot"),
    [
        ("node: two, with: a, from: free", "a", ("two", 0)),
        ("node: two, with: [a, b], from: free, slots: [2, 1]", "a", ("two", 1)),
        ("node: two, with: x, from: one", "x", ("two", 0)),
        ("node: two, with: x, slots: [2]", "x", ("two", 1)),
        ("node: two, with: [x, a], slots: [2, 1]", "x", ("two", 1)),
        ("node: two, with: a, from: box", "a", ("two", 0)),
    ],
)
def test_a_fill_is_seen_where_it_comes_from_and_where_it_goes(
    tmp_path: Path, fill: str, token: str, slot: tuple[str, int]
) -> None:
    shot = performed(tmp_path, TRAYS.replace("FILL", fill))
    x, y = shot.at.slots[slot[0]][slot[1]]
    assert not shot.shows_token(0.5, x, y)
    assert shot.shows_token(3.9, x, y)
    box = shot.token(token, 3.9)
    assert abs(box.center[0] - x) < 1 and abs(box.center[1] - y) < 1
    if "from: free" in fill:
        assert any(shot.shows_token(step / 10, *shot.at.slots["free"][0]) for step in range(8, 20))


FORMULAS = """
- id: rules
  kind: diagram
  nodes:
    rule: {shape: formula, terms: {left: 'TERM', right: '= x'}}
    box: {label: 'size\u00a0$n$'}
    short: 'of $k$'
  place: [rule, box, short]
  square: {nodes: {box: {label: '$n_s$'}}}
  beats:
    - {id: one, relabel: {box: '$m$'}}
    - {id: two, then: [{relabel: {short: 'then $j$'}}]}
"""

REFUSED = [
    ("TERM", "frac(1, sigm)", "sigm", "sigma"),
    ("TERM", "mat(1, 2; 3, alph)", "alph", "alpha"),
    ("TERM", "frac(1", "(", None),
    ("TERM", "x + frac(1)", "frac(1)", None),
    ("TERM", "sum_", "_", None),
    ("TERM", 'x + "abc', '"abc', None),
    ("TERM", "x $ y", "$", None),
    ("TERM", "x // y", "//", None),
    ("'TERM'", "''", "''", None),
    ("TERM", "x + 日", "日", None),
    ("$n$", "$sum_$", "_", None),
    ("$n$", "$n$ of $m", "$m", None),
    ("$k$", "$k k + kk$", "kk", None),
    ("$n_s$", "$n_s + bta$", "bta", "beta"),
    ("$m$", "$m + gama$", "gama", "gamma"),
    ("$j$", "$epsilo$", "epsilo", "epsilon"),
]


@pytest.mark.parametrize(("good", "bad", "piece", "near"), REFUSED, ids=[case[1] for case in REFUSED])
def test_a_formula_that_typst_refuses_is_reported_where_it_is_written(
    tmp_path: Path, good: str, bad: str, piece: str, near: str | None
) -> None:
    shot = FORMULAS.replace(good, bad).replace("TERM", "x")
    (problem,) = problems(tmp_path, shot)
    assert (problem.code, problem.did_you_mean) == ("bad-formula", near)
    assert problem.place is not None and problem.source_line is not None and problem.expected
    assert bad in problem.source_line
    at = problem.source_line.index(bad) + bad.rindex(piece)
    assert problem.place.column == at + 1


@pytest.mark.parametrize(
    "term",
    [
        *("[0, 1)", "a, b; c", "a) + (b", "{{x}}", 'a "[ and // or $" b', r"\$ 5", r"\[ x", "a : b", "a: b"),
        *("{a}", "x_1, ..., x_n", "a } b", "mat(1, 2; 3, 4)"),
    ],
)
def test_a_formula_that_is_not_refused_is_drawn_term_by_term(tmp_path: Path, term: str) -> None:
    shot = FORMULAS.replace("TERM", term.replace("{", "{{").replace("}", "}}"))
    typeset = performed(tmp_path, shot).at.sizes.typeset["rule"]
    left, right = typeset.terms["left"], typeset.terms["right"]
    # Nothing of the term is lost to its neighbour: = and x are two outlines.
    assert sum(len(part.points) > 0 for part in right.get_family()) == 2
    assert sum(len(part.points) > 0 for part in left.get_family()) >= 1
    assert left.get_right()[0] < right.get_left()[0]


def test_a_formula_in_a_template_is_placed_in_the_text_as_it_is_written(tmp_path: Path) -> None:
    shot = FORMULAS.replace("TERM", "x").replace("of $k$", "{{of}} $kk$")
    (problem,) = problems(tmp_path, shot)
    assert problem.place is not None and problem.source_line is not None
    assert problem.place.column == problem.source_line.index("kk") + 1
