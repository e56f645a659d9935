"""Tables from JSON objects and lines, Parquet, workbooks and PGFPlots sources."""

import json
from pathlib import Path

import pyarrow
import pytest
from openpyxl import Workbook
from pyarrow import parquet

from explainers.errors import InvalidInput
from explainers.facts.cells import Notation
from explainers.facts.tables import NoSuchRow, Table, load_table

PLOTS = r"""\begin{figure}
\begin{tikzpicture}
\begin{axis}[xlabel={Rate (req/s)}, ylabel={p99 (ms)}]
  \addplot+[mark=*, error bars/.cd, y dir=both] coordinates {
    (1, 20.5) +- (0, 1.5)
    (2, 31) +- (0, 2)  % (3, 99)
  };
  \addlegendentry{\textbf{Ours}}
  \addplot coordinates {(1,25)(2,1.2e2)};
  \addlegendentry{50\,\% off}
  \addplot {x^2};
\end{axis}
\end{tikzpicture}
\label{fig:latency}
\end{figure}
\begin{axis}[symbolic x coords={A 100,H100}]
  \addplot table [x=gpu, y=rate, col sep=comma] {
    load,gpu,rate
    1,A 100,12
    2,H100,30
  };
  \addplot table {points.dat};
  \legend{vLLM}
\end{axis}
\begin{groupplot}
  \nextgroupplot
  \addplot table[row sep=\\] {0 1\\ 1 4\\};
  \nextgroupplot \label{fig:right}
  \addplot coordinates {(5,6)};
\end{groupplot}
"""


def read(path: Path, content: object, part: str | None = None) -> Table:
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return load_table(path, f"data/{path.name}", "t", "logs", "measured", Notation(part=part))


def figure(tmp_path: Path, part: str) -> list[tuple[object, ...]]:
    made = read(tmp_path / "plots.tex", PLOTS, part)
    return [tuple(row[name] for name in made.columns) for row in made.rows]


@pytest.mark.parametrize(
    ("part", "rows"),
    [
        (
            "fig:latency",
            [
                ("Ours", 1, 20.5, 0, 1.5),
                ("Ours", 2, 31, 0, 2),
                (r"50,% off", 1, 25, None, None),
                (r"50,% off", 2, 120, None, None),
            ],
        ),
        ("2", [("vLLM", "A 100", 12), ("vLLM", "H100", 30)]),
        ("3", [("plot 1", 0, 1), ("plot 1", 1, 4)]),
        ("fig:right", [("plot 1", 5, 6)]),
    ],
)
def test_a_figure_of_pgfplots_is_a_table(tmp_path: Path, part: str, rows: list[tuple[object, ...]]) -> None:
    found = figure(tmp_path, part)
    assert found == rows


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("(2, 31)", "(2; 31)", 6, "is no point"),
        ("    2,H100,30", "    2,H100", 20, "2 cells in a table of 3 columns"),
        (r"\end{groupplot}", "", 25, "has no end"),
        ("y=rate", "y=rte", 17, "no column 'rte'"),
    ],
)
def test_a_broken_plot_has_its_place(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        read(tmp_path / "plots.tex", PLOTS.replace(old, new), "2")
    [one] = caught.value.problems
    assert one.place is not None and one.place.line == line


def test_which_figure_is_asked_for_where_there_are_several(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="4 figures") as caught:
        read(tmp_path / "plots.tex", PLOTS)
    assert "part: fig:latency or part: 2" in (caught.value.problems[0].expected or "")
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path / "plots.tex", PLOTS, "fig:latncy")
    assert caught.value.problems[0].did_you_mean == "fig:latency"


ROWS = [
    {"name": "a", "ms": 3, "of": {"p50": 1.5}, "all": [1, 2]},
    {"name": "b", "ms": None, "of": {"p50": 2}},
]


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("t.json", ROWS, None),
        ("t.json", {"context": {"host": "x"}, "benchmarks": ROWS}, None),
        ("t.json", {"a": [{"b": 1}], "results": {"rows": ROWS}}, "results.rows"),
        ("t.jsonl", "\n".join(map(json.dumps, ROWS)) + "\n", None),
    ],
)
def test_flat_rows_of_json_are_a_table_wherever_they_stand(
    tmp_path: Path, name: str, content: object, part: str | None
) -> None:
    made = read(tmp_path / name, content, part)
    assert made.columns == ("name", "ms", "of.p50")
    assert made.rows[0] == {"name": "a", "ms": 3.0, "of.p50": 1.5}
    assert made.rows[1]["ms"] is None
    with pytest.raises(NoSuchRow, match="is a list"):
        made.column("all")


def test_one_object_without_a_list_of_them_is_one_row(tmp_path: Path) -> None:
    made = read(tmp_path / "t.json", {"model": "m", "p99_ttft_ms": 12.5, "ttfts": [0.1]})
    assert made.rows == ({"model": "m", "p99_ttft_ms": 12.5},)


@pytest.mark.parametrize(
    ("name", "content", "part", "words"),
    [
        ("t.json", {"a": [{"b": 1}], "c": [{"d": 1}]}, None, "several lists"),
        ("t.json", {"rows": [{"b": 1}]}, "row", "no list of objects 'row'"),
        ("t.jsonl", '{"a": 1}\n{"a": ', None, "not JSON"),
        ("t.jsonl", '{"a": 1}\n[1]\n', None, "a line of JSON Lines is an object"),
        ("t.parquet", b"PAR1 and no more", None, "not Parquet"),
        ("t.xlsx", b"PK no workbook", None, "no workbook"),
        ("t.jsnl", "{}", None, "does not end in .jsnl"),
    ],
)
def test_what_is_no_table_is_refused(
    tmp_path: Path, name: str, content: object, part: str | None, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        read(tmp_path / name, content, part)
    assert caught.value.problems[0].place is not None


def test_parquet_is_a_table_and_its_lists_are_no_cells(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    columns = {"run": ["a", "b"], "tok": [1.5, None], "n": [1, 2], "waits": [[1], [2]]}
    parquet.write_table(pyarrow.table(columns), path)
    made = read(path, None)
    assert made.columns == ("run", "tok", "n")
    assert made.rows == ({"run": "a", "tok": 1.5, "n": 1.0}, {"run": "b", "tok": None, "n": 2.0})


def test_a_sheet_of_a_workbook_is_a_table(tmp_path: Path) -> None:
    path, book = tmp_path / "t.xlsx", Workbook()
    book.active.title = "first"
    for row in (("run", "tok"), ("a", 1.5), ("b", 2)):
        book.active.append(row)
    book.create_sheet("empty")
    book.save(path)
    assert read(path, None).rows == ({"run": "a", "tok": 1.5}, {"run": "b", "tok": 2.0})
    book["empty"].append(("x",))
    book.save(path)
    with pytest.raises(InvalidInput, match="2 sheets have cells"):
        read(path, None)
    assert read(path, None, "empty").columns == ("x",)
