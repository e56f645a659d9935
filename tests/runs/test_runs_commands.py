"""`explainers runs` and `explainers record`, from the arguments to the files and the pixels."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import pytest
from simulate import Simulation, simulate

from explainers import cli
from explainers.cli.race_video import RaceWords, write_race
from explainers.cli.record import table_of
from explainers.plan import load_plan
from explainers.project import find_project
from explainers.record import Update
from explainers.runs import load_run, save_run

EXPLAINERS = [sys.executable, "-m", "explainers"]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def output(capsys, *arguments):
    code = cli.run([str(each) for each in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def prompts(*texts):
    lines = [json.dumps({"id": f"p{number}", "prompt": text}) for number, text in enumerate(texts)]
    Path("prompts.jsonl").write_text("\n".join(lines) + "\n")
    return Path("prompts.jsonl")


def simulated(name, **parameters):
    run = simulate(Simulation(**({"requests": 6, "mean_output_tokens": 8.0} | parameters)))
    return save_run(run, Path(f"{name}.run.jsonl"))


def length_s(server):
    """From the first to the last token that a server wrote."""
    moments = [moment for written in server.written.values() for moment in written]
    return max(moments) - min(moments)


def last_picture(video):
    with av.open(str(video)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)][-1].astype(int)


def reach(picture, left, right, color, top=0.375, bottom=0.43):
    """The last column of a colour between two columns, wherever a few of its pixels stand in a column."""
    rows = slice(int(picture.shape[0] * top), int(picture.shape[0] * bottom))
    near = np.abs(picture[rows, left:right] - np.array(color)).max(axis=2) < 24
    return int(np.flatnonzero(near.sum(axis=0) >= 8)[-1])


def test_a_recorded_pair_becomes_a_race_whose_drawn_ratio_is_the_servers(server, second_server, capsys):
    second_server.slow = 1.2
    dataset = prompts(*[f"first=0.02 gap=0.02 tokens=60 n={n}" for n in range(3)])
    code, out, _ = output(
        capsys, "record", "--dataset", dataset, "--left", server.url, "--right", second_server.url,
        "--concurrency", 1, "--max-tokens", 60, "--warmup", 0, "--left-label", "Fast",
        "--right-label", "Slow", "-o", "runs/",
    )  # fmt: skip
    assert code == 0
    assert "same dataset" in out and "explainers runs race runs/left.run.jsonl runs/right.run.jsonl" in out
    code, out, _ = output(
        capsys, "runs", "race", "runs/left", "runs/right", "-o", "race.mp4", "--views", "lanes",
        "--quality", "standard", "-j", 1, "--json",
    )  # fmt: skip
    assert code == 0 and json.loads(out)["file"] == "race.mp4"

    ratio = length_s(second_server) / length_s(server)
    # A busy machine may hold a server up; what it really did is what must be drawn.
    assert ratio == pytest.approx(1.2, rel=0.04)
    picture = last_picture("race.mp4")
    # Panes begin 96 and 986 design units from the left, their lanes 36 later; the video has two thirds.
    lefts = [round((edge + 36) * 2 / 3) for edge in (96, 986)]
    drawn = [
        reach(picture, left, left + 520, color)
        for left, color in zip(lefts, ((0x94, 0xA3, 0xBF), (0x56, 0xB4, 0xE9)), strict=True)
    ]
    assert drawn[1] / drawn[0] == pytest.approx(ratio, rel=0.01)


def test_the_numbers_of_a_recorded_race_have_the_servers_ratio(server, second_server, capsys):
    from explainers.kinds import draw
    from explainers.stage.marks import NumberLayer

    second_server.slow = 1.2
    dataset = prompts("first=0.02 gap=0.02 tokens=100")
    arguments = [
        "--left",
        server.url,
        "--right",
        second_server.url,
        "--warmup",
        0,
        "--together",
        "-o",
        "runs",
    ]
    assert output(capsys, "record", "--dataset", dataset, *arguments, "--max-tokens", 100)[0] == 0
    assert output(capsys, "new", "duel", "--race", "runs/left", "runs/right")[0] == 0
    plan = load_plan(find_project(Path.cwd()), "duel", "draft")
    picture, frame = draw(plan.shots[0]), plan.shots[0].duration_frames - 1
    states = [layer.state(frame / picture.fps) for layer in picture.layers if isinstance(layer, NumberLayer)]
    shown = [state[0] for state in states if isinstance(state, tuple) and isinstance(state[0], str)]
    rates = sorted(float(text) for text in shown if text.count(".") == 1 and text.replace(".", "").isdigit())
    assert rates[-1] / rates[-2] == pytest.approx(length_s(second_server) / length_s(server), rel=0.01)


def test_a_pair_of_completion_series_becomes_a_race_of_them(capsys):
    header = (
        "Request Id,request_e2e_time,request_scheduling_delay,prefill_e2e_time,"
        "request_inter_arrival_delay,request_num_prefill_tokens,request_num_decode_tokens\n"
    )
    for name, factor in (("off", 1.0), ("eager", 0.96)):
        replica = Path(name) / "replica_0"
        replica.mkdir(parents=True)
        rows = [f"0_{n},{(3 + 2 * n) * factor},0.5,1.0,0.25,{40 + n},{20 + n}" for n in range(10)]
        (replica / "sequence_metrics.csv").write_text(header + "\n".join(rows) + "\n")
    assert output(capsys, "new", "pair", "--race", "off", "eager")[0] == 0
    race = load_plan(find_project(Path.cwd()), "pair", "draft").shots[0]
    assert "tokens interpolated between prefill and finish" in race.footer
    runs = list(race.runs.values())
    for run, factor in zip(runs, (1.0, 0.96), strict=True):
        series = [0.25 * (n + 1) + (3 + 2 * n) * factor for n in range(10)]
        assert [run.completed_at(moment + 1e-6) for moment in series] == list(range(1, 11))
        assert [run.completed_at(moment - 1e-4) for moment in series] == list(range(10))


def test_what_new_makes_of_two_runs_keeps_its_words_where_they_hold_digits_and_braces(capsys):
    simulated("a", policy="off")
    simulated("b", policy="eager")
    project = find_project_at(Path.cwd())
    words = RaceWords(title="Llama 2 {x}", labels=("vLLM 0.17", 'vLLM "0.18"'), views=["latency"])
    write_race(project, "v", (Path("a.run.jsonl"), Path("b.run.jsonl")), words)
    race = load_plan(project, "v", "draft").shots[0]
    assert race.title == "Llama 2 (x)"
    assert [pane.label for pane in race.params.panes] == ["vLLM 0.17", 'vLLM "0.18"']
    assert race.provenance == "simulated" and race.footer.startswith("reference simulator ·")


def find_project_at(folder):
    (folder / "pyproject.toml").write_text("[tool.explainers]\n")
    return find_project(folder)


def test_runs_of_different_datasets_race_only_when_told(capsys):
    simulated("a", policy="off")
    simulated("b", policy="eager", requests=7)
    code, _, err = output(capsys, "runs", "race", "a", "b", "-o", "r.mp4")
    assert code == 3 and "6 requests against 7" in err and "--different-datasets" in err
    code, _, _ = output(
        capsys, "runs", "race", "a", "b", "-o", "r.mp4", "--different-datasets", "--quality", "draft", "-j1"
    )
    assert code == 0 and Path("r.mp4").stat().st_size > 10_000
    assert not list(Path.cwd().glob(".*aside"))


@pytest.mark.parametrize(
    ("left", "right", "title"),
    [
        ({"seed": 3}, {"seed": 3}, "Same dataset, two systems"),
        ({"total_input_tokens": 64}, {"total_input_tokens": 64}, "Two runs, one clock"),
        ({}, {}, "Two runs, one clock"),
        ({"seed": 3}, {"seed": 4}, None),
        ({"total_input_tokens": 64}, {"total_input_tokens": 512}, None),
        ({"dataset_name": "random"}, {"dataset_name": "sharegpt"}, None),
    ],
)
def test_a_race_is_called_of_one_dataset_only_where_the_logs_prove_it(left, right, title, capsys):
    result = {"model_id": "m", "num_prompts": 4, "completed": 4, "duration": 4.0, "total_output_tokens": 50}
    for name, stated in (("a", left), ("b", right)):
        Path(f"{name}.json").write_text(json.dumps(result | {"dataset_name": "random"} | stated))
    code, _, err = output(capsys, "new", "v", "--race", "a.json", "b.json")
    found = json.loads(output(capsys, "runs", "compare", "a.json", "b.json", "--json")[1])["same_dataset"]
    assert found is {"Same dataset, two systems": True, None: False}.get(title)
    if title is None:
        assert code == 3 and "different datasets" in err and "--different-datasets" in err
        assert output(capsys, "new", "v", "--race", "a.json", "b.json", "--different-datasets")[0] == 0
    race = load_plan(find_project(Path.cwd()), "v", "draft").shots[0]
    assert race.title == (title or "Two runs, one clock")
    assert ("datasets differ" in race.footer) is (title is None)


def test_show_prints_a_summary_and_a_line_of_little_bars(capsys):
    simulated("a", policy="off")
    out = output(capsys, "runs", "show", "a")[1]
    assert "reference simulator" in out and "█" in out and "simulated, not measured" in out
    facts = json.loads(output(capsys, "runs", "show", "a", "--json")[1])
    assert facts["requests"] == 6 and facts["provenance"]["kind"] == "simulated"
    assert facts["latency_s"]["first_token"]["p50"] > 0


def test_compare_prints_the_race_s_table_and_whether_the_dataset_was_the_same(capsys):
    for policy in ("off", "rebatching"):
        simulated(f"runs/{policy}", policy=policy, requests=20)
    out = output(capsys, "runs", "compare", "runs/off", "runs/rebatching")[1]
    assert "throughput, tok/s" in out and "DREX" in out and "same dataset: 20 requests" in out
    found = json.loads(output(capsys, "runs", "compare", "runs/off", "runs/rebatching", "--json")[1])
    rows = {row["name"]: row for row in found["rows"]}
    assert found["same_dataset"] is True and rows["early exits"]["right"] > 0
    change = rows["throughput"]["right"] / rows["throughput"]["left"] - 1
    assert rows["throughput"]["change"] == pytest.approx(change)


def test_convert_writes_a_run_with_the_words_given(capsys):
    Path("log.csv").write_text("time,request,event\n0,a,arrive\n0.5,a,token\n0.9,a,token\n0.9,a,finish\n")
    code, out, _ = output(capsys, "runs", "convert", "log.csv", "-o", "out/a", "--label", "Mine", "--json")
    assert code == 0 and json.loads(out)["file"] == "out/a.run.jsonl"
    assert load_run(Path("out/a")).label == "Mine"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["runs", "show", "nothing"], 3, "there is no run at nothing"),
        (["runs", "race", "a", "b", "-o", "r.gif"], 2, "an .mp4 file"),
        (["record", "--dataset", "none.jsonl", "--left", "http://127.0.0.1:9", "-o", "x"], 3, "none.jsonl"),
        (["record", "--left", "http://127.0.0.1:9", "-o", "x"], 2, "--dataset"),
    ],
)
def test_wrong_usage_says_what_would_be_right(capsys, arguments, code, words):
    found, _, err = output(capsys, *arguments)
    assert found == code and words in err and "Traceback" not in err


def test_the_live_table_has_a_row_a_side():
    from rich.console import Console

    console = Console(width=100, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(table_of({"left": Update("left", 61.0, 100, 40, 8, 1, 1220)}))
    text = console.export_text()
    for words in ("left", "1:01.0", "40/100", "1,220", "20.0", "Ctrl-C keeps"):
        assert words in text


def test_ctrl_c_at_a_terminal_keeps_what_was_recorded_and_resume_goes_on(server, capsys):
    dataset = prompts("tokens=3 n=0", "tokens=3 n=1", "first=30 tokens=2")
    command = ["record", "--dataset", str(dataset), "--left", server.url, "--warmup", "0", "-o", "runs"]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*EXPLAINERS, *command], stdout=subprocess.PIPE, stderr=theirs, text=True,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    os.close(theirs)
    seen = _read_until(ours, "2/3")
    process.send_signal(signal.SIGINT)
    seen += _read_until(ours, "--resume goes on")
    out, _ = process.communicate(timeout=20)
    os.close(ours)
    assert process.returncode == 130 and "tokens/s" in seen
    assert "runs/left.run.jsonl: 3 requests (1 unfinished)" in out and "interrupted: 2 of 3 requests" in out
    server.slow = 0.005
    code, out, _ = output(capsys, *command, "--resume", "--json")
    facts = json.loads(out)
    assert code == 0 and facts["interrupted"] is False and facts["runs"][0]["requests"] == 3
    assert facts["comparison"] is None


def _read_until(terminal, words):
    """What the terminal shows until those words are there."""
    text, end = "", time.monotonic() + 30
    while words not in text and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                text += os.read(terminal, 4096).decode("utf-8", "replace")
            except OSError:
                break
    return text
