"""`new --from`: a storyboard from a folder of logs; labels of a race; a still beside a wrong shot."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from fuzz.logs import FORMATS
from small import SMALL, write_project

from explainers import cli
from explainers.check import check
from explainers.cli.first_draft import write_first_draft
from explainers.cli.race_video import labels_of_files, names_of
from explainers.plan import load_plan
from explainers.project import find_project

Run = Callable[..., tuple[int, str]]


def bench(path: Path, gap: float, wait: float, seed: int = 7, count: int = 24, stall: float = 1.0) -> None:
    """A benchmark's result of requests that come in order, with every token; each sixth waits `stall` times
    as long."""
    lengths = Random(seed)
    inputs = [lengths.randint(50, 900) for _ in range(count)]
    outputs = [lengths.randint(20, 60) for _ in range(count)]
    starts = [index / 8 for index in range(count)]
    itls = [[gap * (1 if i % 6 else stall) for i in range(1, length)] for length in outputs]
    ends = [start + wait + sum(gaps) for start, gaps in zip(starts, itls, strict=True)]
    result = {
        **{
            "model_id": "/data/models/m-8b",
            "dataset_name": "drawn",
            "num_prompts": count,
            "duration": max(ends),
        },
        **{"completed": count, "total_input_tokens": sum(inputs), "total_output_tokens": sum(outputs)},
        **{"output_throughput": sum(outputs) / max(ends), "input_lens": inputs, "output_lens": outputs},
        **{"ttfts": [wait] * count, "itls": itls, "start_times": starts, "errors": [""] * count},
    }
    path.write_text(json.dumps(result))


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    bench(folder / "bench-chunked-8b.json", 0.02, 0.5)
    bench(folder / "bench-plain-8b.json", 0.05, 0.1)
    bench(folder / "bench-other-8b.json", 0.05, 0.1, seed=8)
    (folder / "db.csv").write_text("workload,ops_per_s\nfillseq,1204000\nreadrandom,188000\n")
    (folder / "notes.md").write_text("nothing")
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """A command's exit code, and all that it says in one line."""

    def command(*arguments: str) -> tuple[int, str]:
        code = cli.run(list(arguments))
        said = capsys.readouterr()
        return code, " ".join((said.out + said.err).split())

    return command


def test_a_folder_becomes_a_storyboard_whose_every_number_is_bound(logs: Path, run: Run) -> None:
    code, said = run("new", "serving", "--from", str(logs))
    assert code == 0, said
    assert "left out bench-other-8b.json: another dataset" in said and "left out notes.md" in said
    project = find_project(Path.cwd())
    report = check(project, "serving")
    assert report.findings == () and report.passes(strict=True)
    plan = load_plan(project, "serving", "draft")
    assert [shot.id for shot in plan.shots] == ["throughput", "race", "latency", "price", "table-1", "close"]
    assert [pane.label for pane in plan.shot("race").params.panes] == ["plain", "chunked"]
    values = {name: fact.value for name, fact in plan.facts.facts.items()}
    assert values["itl_p99_1"] == pytest.approx(50.0) and values["itl_p99_2"] == pytest.approx(20.0)
    # The price is what the second run waits longer for, and only because it does.
    assert values["ttft_p50_2"] == pytest.approx(500.0)
    words = (project.assets_dir("serving") / "assets.yaml").read_text() + project.storyboard_path(
        "serving"
    ).read_text()
    assert "/data" not in words and str(logs) not in words


def test_a_folder_in_which_nothing_can_be_compared_says_why(logs: Path, run: Run) -> None:
    for name in ("bench-chunked-8b.json", "bench-other-8b.json", "db.csv"):
        (logs / name).unlink()
    code, said = run("new", "serving", "--from", str(logs))
    assert code == 3 and "no run of its dataset beside it" in said and "no reader knows notes.md" in said
    assert "two logs of one dataset" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--labels", "a"], "--labels is for the runs of --race"),
        (["--race", "a", "b", "--labels", "x"], "two names with a comma between"),
        (["--race", "a", "b", "--from", "c"], "one of them"),
        (["--from", "nowhere"], "there is no folder nowhere"),
    ],
)
def test_wrong_beginnings_say_what_would_be_right(
    logs: Path, run: Run, arguments: list[str], words: str
) -> None:
    code, said = run("new", "v", *arguments)
    assert code in (2, 3) and words in said


def test_labels_with_a_comma_name_panes_and_runs(logs: Path, run: Run) -> None:
    pair = [str(logs / f"bench-{name}-8b.json") for name in ("plain", "chunked")]
    assert run("new", "v", "--race", *pair, "--labels", "Plain, Chunked prefill")[0] == 0
    text = Path("scenes/v/storyboard.yaml").read_text()
    assert (
        '{run: plain, label: "Plain"}' in text and '{run: chunked-prefill, label: "Chunked prefill"' in text
    )


def test_a_request_that_a_log_does_not_have_is_refused_with_those_it_has(logs: Path, run: Run) -> None:
    pair = [str(logs / f"bench-{name}-8b.json") for name in ("plain", "chunked")]
    code, said = run("new", "v", "--race", *pair, "--request", "100")
    assert code == 3 and "bench-plain-8b.json has no request '100'" in said and "0, 1, 2" in said
    assert not Path("scenes/v").exists()


@pytest.mark.parametrize(
    ("files", "labels"),
    [
        (["bench-vllm-8b.json", "bench-sglang-8b.json"], ["vllm", "sglang"]),
        (["a.run.jsonl", "b.json.gz"], ["a", "b"]),
        (["x/log.json", "y/log.json"], []),
        (["run_1.json", "run_2.json"], ["1", "2"]),
    ],
)
def test_labels_are_what_tells_files_apart(files: list[str], labels: list[str]) -> None:
    assert labels_of_files(list(map(Path, files))) == labels


def test_names_are_short_and_each_once() -> None:
    names = names_of(["vLLM 0.18 (A100, 2 of them, tensor parallel)", "Größe", "1", "vllm", "vLLM"])
    assert names == ["vllm-0-18-a100-2-of-them", "gr-e", "run-1", "vllm", "vllm-5"]


def test_a_still_shows_a_shot_although_another_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    write_project(tmp_path, SMALL.replace("heading: First card", "headng: First card"))
    monkeypatch.chdir(tmp_path)
    code, said = run("still", "small", "--shot", "second:one", "-o", "s.png")
    assert code == 0 and Path("s.png").is_file(), said
    assert "mistake" in said and "this shot alone" in said
    code, said = run("still", "small", "--shot", "opening", "-o", "t.png")
    assert code == 3 and "headng" in said
    code, said = run("still", "small", "--shot", "secnd", "-o", "t.png")
    assert code == 2 and "second" in said


def test_a_draft_with_a_fault_in_its_words_is_made_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    write_project(tmp_path, SMALL.replace("statement: A statement.", "statement: It has 4 legs."))
    monkeypatch.chdir(tmp_path)
    code, said = run("render", "small", "--quality", "draft", "-j1")
    assert code == 0 and "typed-digit" in said, said
    code, said = run("render", "small", "--quality", "standard", "-j1")
    assert code == 1 and "nothing is published" in said


def test_waits_with_a_tail_are_curves_and_names_of_files_are_short(logs: Path, run: Run) -> None:
    for name, stall in (("agg_n24_c8", 3.0), ("pd_inter_n24_c8", 8.0)):
        bench(logs / f"{name}.json", 0.02, 0.3, stall=stall)
    for name in ("bench-plain-8b.json", "bench-chunked-8b.json", "bench-other-8b.json", "db.csv"):
        (logs / name).unlink()
    assert run("new", "serving", "--from", str(logs))[0] == 0
    project = find_project(Path.cwd())
    report = check(project, "serving")
    assert report.findings == ()
    plan = load_plan(project, "serving", "draft")
    assert len(plan.shots) >= 4 and plan.shot("latency").kind == "chart"
    assert [pane.label for pane in plan.shot("race").params.panes] == ["agg", "pd_inter"]


def totals(path: Path, tokens_per_s: float, wait_ms: float) -> None:
    """A benchmark's result without lists, as it states its waits."""
    result = {"model_id": "m", "num_prompts": 8, "completed": 8, "duration": 640 / tokens_per_s}
    result |= {"total_output_tokens": 640, "total_input_tokens": 256, "output_throughput": tokens_per_s}
    result |= {f"p99_{name}_ms": wait_ms * times for name, times in (("ttft", 3), ("itl", 1), ("e2el", 90))}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result))


FIGURE = r"""
\begin{axis}[xlabel={Threads}, ylabel={Throughput (kops/s)}]
\addplot coordinates { (1, 110) +- (0, 3) (2, 205) +- (0, 4) (4, 390) +- (0, 9) };
\addlegendentry{Baseline}
\addplot coordinates { (1, 120) (2, 240) (4, 470) };
\addlegendentry{Ours}
\end{axis}
"""


GROUPED = r"""
\begin{axis}[ybar, ylabel={Throughput (kIOPS)}, xlabel={Engine}, symbolic x coords={psync,io\_uring,SPDK}]
  \addplot+[fill=blue] coordinates {(psync,94)(io\_uring,291)(SPDK,410)};
  \addplot coordinates {(psync,85)(io\_uring,306)(SPDK,455)};
  \legend{Read,Write}
\end{axis}
"""
LOGS = r"""
\begin{loglogaxis}[xlabel={Block size [KiB]}, ylabel={Latency [$\mu$s]}]
\addplot table[x index=0,y index=1] {
4 12.1
64 44
};
\addlegendentry{p50}
\addplot coordinates { (4, 40.5) (64, 140) };
\addlegendentry{p99}
\end{loglogaxis}
"""


def test_a_sweep_of_totals_is_five_shots_of_bars_and_no_race(tmp_path: Path, logs: Path, run: Run) -> None:
    for count, (rate, wait) in {4: (94.0, 22.0), 8: (191.0, 21.0)}.items():
        folder = tmp_path / "sweep" / f"SERVE--seqs={count}-BENCH--prompts=8"
        totals(folder / "run=0.json", rate, wait)
        totals(folder / "run=1.json", rate * 2, wait)
    code, said = run("new", "sweep", "--from", str(tmp_path / "sweep"))
    assert code == 0 and said.count("beside another result of its folder") == 2, said
    project = find_project(Path.cwd())
    assert check(project, "sweep").findings == ()
    plan = load_plan(project, "sweep", "draft")
    assert [(shot.id, shot.kind) for shot in plan.shots] == [
        (name, "bars") for name in ("throughput", "latency", "first-token", "request-time", "close")
    ]
    assert [bar.label for bar in plan.shot("close").params.bars] == ["seqs=4", "seqs=8"]
    assert "22.0\u00a0ms" in (plan.shot("latency").statement or "")


@pytest.mark.parametrize(
    ("name", "text", "kind", "words"),
    [
        ("fig.tex", FIGURE, "chart", ["Threads", "Throughput (kops/s)", "Baseline", "Ours", "`y_error`"]),
        ("fig.tex", GROUPED, "chart", ["names: true", "io_uring", "scatter", "Write", "Engine"]),
        ("fig.tikz", LOGS, "chart", ['"Latency [µs]", log: true', '"Block size [KiB]", log: true']),
        ("t.csv", "time,completed\n0,0\n5,90\n9,200\n", "chart", ["Time", "Completed"]),
        ("t.csv", "threads,plain,ours\n1,10,12\n2,19,23\n4,37,45\n", "chart", ["Threads", "Plain", "Ours"]),
        ("t.csv", "kernel,syscalls_per_s\n6.1,10\n6.6,12\n6.12,13\n", "bars", ["syscalls/s", '"6.12"']),
        ("t.csv", "id,seed,engine,p99_us\n1,7,Old,210\n2,7,New,140\n", "bars", ['"P99"' , '"µs"', "p99_us"]),
    ],
)  # fmt: skip
def test_tables_and_figures_are_shown_as_what_they_are(
    tmp_path: Path, logs: Path, run: Run, name: str, text: str, kind: str, words: list[str]
) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / name).write_text(text)
    code, said = run("new", "v", "--from", str(tmp_path / "tables"))
    assert code == 0, said
    project = find_project(Path.cwd())
    assert check(project, "v").findings == ()
    [shot] = load_plan(project, "v", "draft").shots
    written = Path("scenes/v/storyboard.yaml").read_text().replace("{=P99}", "P99")
    written += str(shot.tables)
    assert shot.kind == kind and all(word in written for word in words), written


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"name,ops\n{'a' * 40},1\n{'b' * 40},2\n", "more than 28 letters"),
        ("run,n,ops\nx,1,4\nx,1,5\ny,1,3\n", "a row a name"),
        ("name,version\na,1\nb,2\n", "without a column of numbers that differ"),
    ],
)
def test_a_table_that_can_not_be_shown_says_why(
    tmp_path: Path, logs: Path, run: Run, text: str, reason: str
) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/t.csv").write_text(text)
    code, said = run("new", "v", "--from", str(tmp_path / "tables"))
    assert code == 3 and reason in said, said


def test_tokens_that_come_in_pieces_have_no_curve_on_a_log_scale(logs: Path, run: Run) -> None:
    for path in logs.glob("bench-[cp]*.json"):
        result = json.loads(path.read_text())
        result["itls"] = [gaps[::5] for gaps in result["itls"]]
        del result["start_times"]
        result["duration"] = 1.01 * max(
            wait + sum(gaps) for wait, gaps in zip(result["ttfts"], result["itls"], strict=True)
        )
        path.write_text(json.dumps(result))
    code, said = run("new", "serving", "--from", str(logs))
    assert code == 0, said
    assert load_plan(find_project(Path.cwd()), "serving", "draft").shot("latency").kind == "bars"


@pytest.mark.parametrize("name", FORMATS)
def test_two_logs_of_every_format_become_a_draft_without_an_error(
    tmp_path: Path, run: Run, name: str
) -> None:
    project = write_project(tmp_path / "project", SMALL)
    for which in ("base", "ours"):
        files = FORMATS[name].files(FORMATS[name].make(Random(1)))
        for file, text in files.items():
            path = tmp_path / "logs" / (f"{which}-{file}" if len(files) == 1 else f"{which}/{file}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    write_first_draft(project, "v", tmp_path / "logs")
    plan, report = load_plan(project, "v", "draft"), check(project, "v")
    assert 1 <= len(plan.shots) <= 6 and not [one for one in report.findings if one.severity == "error"]


def test_a_folder_of_a_stranger_brings_no_file_from_outside_no_pipe_and_no_end(
    tmp_path: Path, logs: Path, run: Run
) -> None:
    (tmp_path / "private.csv").write_text("name,value\nsecret,2\nother,3\n")
    (logs / "aaa.csv").symlink_to(tmp_path / "private.csv")
    (logs / "aab").mkdir()
    (logs / "aab" / "log.json").symlink_to(tmp_path / "private.csv")
    os.mkfifo(logs / "aac.tex")
    (logs / "aad.tikz").symlink_to("/dev/zero")
    for number in range(500):
        (logs / f"z{number}.md").touch()
    code, said = run("new", "serving", "--from", str(logs))
    assert code == 0, said
    for words in ("aaa.csv: leads out of", "'log.json', which leads out", "aac.tex: is no file", "aad.tikz"):
        assert words in said
    assert "9 more: only 500 files" in said
    assert not [path for path in Path.cwd().rglob("*.csv") if "secret" in path.read_text()]
