"""`explainers runs cast`: a log's own lines at their own times. The logs are made up, like real ones."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from explainers import cli
from explainers.errors import InvalidInput
from explainers.footage.cast import read_cast
from explainers.footage.glyphs import Cells
from explainers.footage.terminal import Screens, colors_of
from explainers.runs import save_run
from explainers.runs.model import Progress, Provenance, Requests, Run, Totals
from explainers.runs.replay import cast_text, replay
from explainers.theme import INK


def bar(count, at_s, of=40, words="Replica 0 processed requests: "):
    """A bar as tqdm prints it to a file, with its rate and the time left."""
    filled, rate = count * 10 // of, count / max(at_s, 1)
    left = int((of - count) / max(rate, 0.1))
    clock, rest = (f"{each // 60:02d}:{each % 60:02d}" for each in (at_s, left))
    drawn = "█" * filled + " " * (10 - filled)
    return f"{words}{100 * count // of:3d}%|{drawn}| {count}/{of} [{clock}<{rest},  {rate:.2f}it/s]"


BARS = [(0, 0), (1, 5), (2, 5), (3, 6), (9, 10), (20, 28), (31, 41), (39, 59), (40, 61)]


def whole_log(between):
    """A run log from its command to its summary; its bars are separated by `between`."""
    bars = [bar(count, at_s) for count, at_s in BARS]
    return "\n".join(
        [
            "Running command: python main.py --requests 40",
            "INFO 06-23 09:59:40 config.py:41] Starting benchmark",
            "2026-06-23 09:59:40,500\tINFO worker.py:16 -- Using address local",
            "[09:59:47][tpu.py:604:get_type][INFO] Failed to auto-detect",
            "(Worker pid=98) [W623 10:00:10.750000000 Nccl.cpp:9] Warning: deprecated",
            "(Worker pid=98) [Cache] Allocated",
            between.join(bars[:6]),
            "WARNING 06-23 10:00:38 scheduler.py:157] Input prompt (568 tokens) is too long",
            between.join(bars[6:]),
            "INFO 06-23 10:01:15 runner.py:518] Replica 0 exiting after processing 40",
            "",
        ]
    )


def written(tmp_path, text, name="run.log"):
    path = tmp_path / name
    path.write_text(text)
    return path


def screens(path, *times):
    cast = read_cast(path)
    return [Screens(cast, colors_of(cast, INK), Cells(2, 4), times).text(t) for t in times]


@pytest.mark.parametrize("between", ["\r", "\n", ""])
def test_a_logs_lines_come_in_order_at_their_own_times(tmp_path, between):
    found = replay(written(tmp_path, whole_log(between)))
    bars = [bar(count, at_s) for count, at_s in BARS]
    assert [line.text for line in found.lines if line.bar] == bars
    others = [line for line in whole_log("\n").expandtabs(8).split("\n") if line and line not in bars]
    assert [line.text for line in found.lines if not line.bar] == others
    times = {line.text: line.at_s for line in found.lines}
    # The warning came within the second of its bar, so the bars began 10 s before it, 30 s after the first.
    assert [times[line] for line in others] == [0, 0, 0.5, 7, 30.75, 30.75, 58, 95]
    assert [times[line] for line in bars] == [max(30.75, 30 + at_s) for _, at_s in BARS]
    assert found.length_s == 95


@pytest.mark.parametrize("between", ["\r", "\n", ""])
def test_bars_alone_have_the_clock_that_they_print(tmp_path, between):
    found = replay(written(tmp_path, whole_log(between)), only_bars=True)
    assert [(line.at_s, line.text) for line in found.lines] == [(at_s, bar(n, at_s)) for n, at_s in BARS]


def test_the_screen_at_any_time_is_what_the_log_had_written_until_then(tmp_path):
    random.seed(16)
    path = written(tmp_path, whole_log("\r"))
    found = replay(path)
    out = written(tmp_path, cast_text(found, size=(110, 30)), "run.cast")
    for t in (0.0, 0.49, *(random.uniform(0, 100) for _ in range(20)), 95.0):
        until = [line.text for line in found.lines if line.at_s <= t]
        (screen,) = screens(out, t)
        assert [line for line in screen if line] == until
    # A small terminal shows the last of them.
    out = written(tmp_path, cast_text(found, size=(110, 4)), "small.cast")
    assert list(screens(out, 59.0)[0]) == [line.text for line in found.lines if line.at_s <= 59.0][-4:]


def test_in_place_a_terminal_shows_the_last_state_of_a_bar(tmp_path):
    found = replay(written(tmp_path, whole_log("\r")), only_bars=True)
    out = written(tmp_path, cast_text(found, in_place=True), "run.cast")
    assert [[line for line in screen if line] for screen in screens(out, 5.0, 60.0)] == [
        [bar(2, 5)],
        [bar(39, 59)],
    ]


def test_in_place_the_first_state_of_every_so_many_per_cent_stays(tmp_path):
    lines = [f"{percent:3d}%|#| {percent}/100 [00:{percent:02d}]" for percent in (0, 3, 24, 31, 49, 50, 52)]
    found = replay(written(tmp_path, "\r".join(lines)), only_bars=True)
    out = written(tmp_path, cast_text(found, in_place=True, keep=25), "run.cast")
    shown = [[line[:4].strip() for line in screen if line] for screen in screens(out, 10.0, 40.0, 59.0)]
    assert shown == [["0%", "3%"], ["0%", "31%"], ["0%", "31%", "50%", "52%"]]


@pytest.mark.parametrize(
    ("lines", "times"),
    [
        (["[12.5] one", "[ 13.25s] two", "three"], [12.5, 13.25, 13.25]),
        (["t=3s iter 1", "elapsed: 4.5s iter 2"], [3, 4.5]),
        (["23:59:58 a", "00:00:01.5 b"], [0, 3.5]),
        (["2025-12-31 23:59:59 a", "2026-01-01 00:00:02 b"], [0, 3]),
        (["2026-02-28T23:00:00 a", "2026-03-01T01:00:00Z b"], [0, 7200]),
        (["2024-02-28T23:00:00 a", "2024-03-01T01:00:00Z b"], [0, 93600]),
        (["INFO 02-28 23:00:00 a", "INFO 02-29 01:00:00 b", "INFO 03-01 01:00:00 c"], [0, 7200, 93600]),
        (["INFO 12-31 23:59:00 a", "2025-12-31 23:59:30 b", "INFO 01-01 00:00:00 c"], [0, 30, 60]),
        (["12:00:00 a", "[7.5] of another clock", "12:00:09 b"], [0, 0, 9]),
        (["12:00:09 late worker", "12:00:07 other worker", "12:00:10 c"], [0, 0, 1]),
        (["[00:09] words   5%|▌         | 1/20 [00:02]", "and [00:11]"], [2, 2]),
        (["7it [00:04, 1.7it/s]", "9it [00:06, 1.4it/s]"], [4, 6]),
        (["  5%|▌         | 1/20 [00:02]", "\x1b[32mgreen\x1b[0m 10:00"], [2, 2]),
    ],
)  # fmt: skip
def test_clocks_that_lines_print(tmp_path, lines, times):
    found = replay(written(tmp_path, "\n".join(lines)))
    assert [line.at_s for line in found.lines] == times
    assert [line.text for line in found.lines] == [line.rstrip() for line in lines]


def test_a_second_bar_begins_when_the_first_has_ended(tmp_path):
    first = [bar(count, count, of=3, words="Loading shards: ") for count in range(4)]
    second = [bar(count, 2 * count, of=2, words="Requests: ") for count in range(3)]
    found = replay(written(tmp_path, "\r".join(first) + "\n" + "\r".join(second)))
    assert [line.at_s for line in found.lines] == [0, 1, 2, 3, 3, 5, 7]


def test_a_bar_without_lines_between_its_states_begins_with_the_line_before_it(tmp_path):
    bars = "\r".join(bar(count, at_s) for count, at_s in BARS)
    found = replay(written(tmp_path, f"10:00:00 begins\n{bars}\n10:09:00 scores are worked out\n"))
    assert [line.at_s for line in found.lines] == [0, *(at_s for _, at_s in BARS), 540]


def test_what_moves_the_cursor_is_not_in_a_replay_and_colours_are(tmp_path):
    found = replay(written(tmp_path, "10:00:00 \x1b[1;31mred\x1b[0m\x1b[2K\x1b]0;title\x07\x08 end\n"))
    assert [line.text for line in found.lines] == ["10:00:00 \x1b[1;31mred\x1b[0m end"]


@pytest.mark.parametrize(
    "text", ["no times\nat all\n", "", "seq 18/100 of [a list]\n", '{"duration": 3}\n', "a,b\n1,2\n"]
)
def test_a_log_without_times_is_refused_with_what_was_expected(tmp_path, text):
    path = written(tmp_path, text)
    with pytest.raises(InvalidInput) as error:
        replay(path)
    (problem,) = error.value.problems
    assert problem.code == "no-line-times" and "run.log" in problem.message
    assert "progress bars" in problem.expected and str(problem.place) == f"{path}:1:1"


@pytest.mark.parametrize(
    ("first", "later", "said"),
    [
        ("2026-06-23 10:05:00 one run", "2026-06-23 09:00:00 another", "3,900 s before"),
        ("2026-06-23 10:05:00 one run", "2036-06-23 10:05:00 another", "3,653 days behind"),
        ("0it [00:00, ?it/s]", "7it [99999:00:00, 1it/s]", "4,167 days behind"),
    ],
)
def test_times_that_fall_back_or_are_far_away_are_refused_with_their_line(tmp_path, first, later, said):
    with pytest.raises(InvalidInput) as error:
        replay(written(tmp_path, f"{first}\n\n{later}\n"))
    (problem,) = error.value.problems
    assert (problem.code, problem.place.line, problem.source_line) == ("strange-time", 3, later)
    assert said in problem.message


def test_no_damage_to_a_log_is_a_crash_or_makes_time_run_backwards(tmp_path):
    random.seed(4)
    pieces = [
        "\r",
        "\n",
        "[",
        "]",
        "99:99:99",
        "[00:00<",
        "100%|",
        "\x1b[",
        "\x00",
        "2026-02-30 ",
        "|",
        "é",
        "9" * 30,
    ]
    for number in range(150):
        text = whole_log("\r")
        for _ in range(random.randrange(1, 30)):
            at = random.randrange(len(text))
            text = text[:at] + random.choice(pieces) + text[at + random.randrange(40) :]
        try:
            found = replay(written(tmp_path, text))
        except InvalidInput as error:
            assert all(problem.message for problem in error.problems)
            continue
        times = [line.at_s for line in found.lines]
        assert times == sorted(times) and found.length_s == times[-1]
        cast = read_cast(written(tmp_path, cast_text(found), f"{number}.cast"))
        assert len(cast.events) == len(found.lines) and cast.length_s == pytest.approx(
            found.length_s, abs=1e-6
        )


def made_up_run(**parts):
    return Run(Provenance(system="made up", label="DREX"), Totals(total_time_s=12.4, requests=8), **parts)


def test_a_runs_timeline_is_replayed_bar_by_bar_until_its_end(tmp_path):
    progress = Progress(np.array([0.0, 3.0, 3.0, 11.0, 12.0]), np.array([0, 1, 2, 7, 8]), 1.0)
    path = save_run(made_up_run(progress=progress), tmp_path / "drex.run.jsonl")
    found = replay(tmp_path / "drex", columns=29)
    assert [line.text for line in found.lines] == [
        "  0%|          | 0/8 [00:00]",
        " 12%|█▎        | 1/8 [00:03]",
        " 25%|██▌       | 2/8 [00:03]",
        " 88%|████████▊ | 7/8 [00:11]",
        "100%|██████████| 8/8 [00:12]",
    ]
    assert (found.length_s, found.title) == (12.4, "DREX")
    out = written(tmp_path, cast_text(found), "run.cast")
    assert read_cast(out).length_s == 12.4, "the run goes on behind its last bar"
    wider = replay(path, columns=44)
    assert max(len(line.text) for line in wider.lines) == 43, "and one for the cursor"


def test_a_run_without_a_timeline_has_no_lines(tmp_path):
    nan = np.array([np.nan])
    rows = Requests(("a",), np.zeros(1), nan, np.array([2.0]), np.array([1]), np.array([1]))
    for name, parts in (("totals", {}), ("requests", {"requests": rows})):
        path = save_run(made_up_run(**parts), tmp_path / f"{name}.run.jsonl")
        with pytest.raises(InvalidInput) as error:
            replay(path)
        assert error.value.problems[0].code == "no-line-times"


def test_the_command_writes_the_same_bytes_with_size_and_title(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, whole_log(""))
    for name in ("a.cast", "sub/b.cast"):
        assert cli.run(["runs", "cast", "run.log", "-o", name, "--title", "A run", "--size", "100x12"]) == 0
    assert "17 lines in 95.00 s" in capsys.readouterr().out
    data = (tmp_path / "a.cast").read_bytes()
    assert data == (tmp_path / "sub/b.cast").read_bytes()
    header = json.loads(data.split(b"\n")[0])
    assert header.pop("command") == "explainers runs cast run.log"
    assert header == {"version": 2, "width": 100, "height": 12, "duration": 95.0, "title": "A run"}
    assert read_cast(tmp_path / "a.cast").replayed
    assert cli.run(["runs", "cast", "run.log", "-o", "c.cast", "--bars", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": "c.cast", "lines": 9, "length_s": 61.0}
    header = json.loads((tmp_path / "c.cast").read_text().split("\n")[0])
    assert (header["title"], header["width"]) == ("run.log", len(bar(40, 61)) + 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "a.txt"], "not a.txt"),
        (["-o", "a.cast", "--size", "80"], "80x24, not '80'"),
        (["-o", "a.cast", "--size", "0x9"], "not '0x9'"),
    ],
)
def test_wrong_words_of_the_command(tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, whole_log("\r"))
    assert cli.run(["runs", "cast", "run.log", *arguments]) != 0
    assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("*.cast"))


@pytest.mark.parametrize("name", ["b200-70b-off", "b200-70b-drex-thr2"])
def test_the_films_recordings_are_what_the_command_makes_of_their_runs(name):
    assets = Path(__file__).parents[2] / "assets/drex"
    found = replay(assets / "runs" / name, columns=33)
    assert (assets / "casts" / f"{name}.cast").read_text() == cast_text(found, None, (33, 6), True, 20)
