"""What a footage file holds, and clear words for files that are no use."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image
from real import made, moving, plain

from explainers.errors import InvalidInput
from explainers.footage.media import probe


def said_of(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        probe(path)
    assert caught.value.problems[0].code == "bad-footage"
    assert path.name in caught.value.problems[0].message
    return caught.value.problems[0].message


def test_a_video_says_its_size_length_and_colours(tmp_path: Path) -> None:
    media = probe(moving(tmp_path / "a.mp4"))
    assert (media.kind, media.width, media.height, media.fps) == ("video", 320, 180, 30)
    assert media.duration_s == pytest.approx(2.0, abs=0.01)
    full = probe(plain(tmp_path / "full.mp4", "bt601", full=True))
    assert (full.matrix, full.limited) == ("bt601", False)
    assert probe(plain(tmp_path / "hd.mp4", "bt709", full=False)).matrix == "bt709"


def test_a_turned_recording_is_as_it_is_shown(tmp_path: Path) -> None:
    source = moving(tmp_path / "a.mp4", "320x180")
    turned = made(tmp_path / "turned.mp4", "-display_rotation", "90", "-i", str(source), "-c", "copy")
    assert (probe(turned).width, probe(turned).height) == (180, 320)


def test_pictures_sequences_and_gifs_are_told_apart(tmp_path: Path) -> None:
    gif = moving(tmp_path / "a.gif", "64x36", 10, 1, "-c:v", "gif")
    assert probe(gif).kind == "video"
    folder = tmp_path / "frames"
    folder.mkdir()
    for number in (1, 2, 10):
        Image.new("RGB", (30, 20), (number, 0, 0)).save(folder / f"f{number}.png")
    sequence = probe(folder, frames_fps=5)
    assert sequence.kind == "frames" and sequence.duration_s == pytest.approx(0.6)
    assert [file.name for file in sequence.files] == ["f1.png", "f2.png", "f10.png"]
    assert probe(folder / "f1.png").kind == "still"


def test_a_file_that_ends_early_says_so(tmp_path: Path) -> None:
    whole = moving(tmp_path / "whole.mp4")
    faststart = made(tmp_path / "fast.mp4", "-i", str(whole), "-c", "copy", "-movflags", "+faststart")
    matroska = made(tmp_path / "whole.mkv", "-i", str(whole), "-c", "copy")
    for source, name in ((whole, "cut.mp4"), (faststart, "cut-fast.mp4"), (matroska, "cut.mkv")):
        data = source.read_bytes()
        (tmp_path / name).write_bytes(data[: len(data) // 2])
        assert "is cut short" in said_of(tmp_path / name)


def test_empty_wrong_and_misnamed_files_say_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    assert "no bytes" in said_of(tmp_path / "empty.mp4")
    (tmp_path / "words.mp4").write_text("not a video")
    assert "no video that can be read" in said_of(tmp_path / "words.mp4")
    Image.new("RGB", (20, 20)).save(tmp_path / "picture.png")
    shutil.copy(tmp_path / "picture.png", tmp_path / "picture.mp4")
    assert "holds PNG image; give it the right extension" in said_of(tmp_path / "picture.mp4")
    sound = made(tmp_path / "sound.mp4", "-f", "lavfi", "-i", "sine=d=0.3", "-c:a", "aac")
    assert "holds no video" in said_of(sound)
    assert "is not there" in said_of(tmp_path / "nowhere.mp4")


def test_pictures_of_different_sizes_are_no_sequence(tmp_path: Path) -> None:
    Image.new("RGB", (20, 20)).save(tmp_path / "1.png")
    Image.new("RGB", (20, 22)).save(tmp_path / "2.png")
    assert "2.png is 20x22, 1.png is 20x20" in said_of(tmp_path)


def test_a_picture_that_is_cut_short_is_named(tmp_path: Path) -> None:
    Image.effect_noise((200, 200), 50).save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[: len(data) // 2])
    assert "cut short or damaged" in said_of(tmp_path / "a.png")


def test_a_picture_that_changes_in_a_sequence_is_read_again(tmp_path: Path) -> None:
    for name in ("1.png", "2.png"):
        Image.new("RGB", (20, 20)).save(tmp_path / name)
    assert probe(tmp_path) is probe(tmp_path)
    Image.new("RGB", (20, 22)).save(tmp_path / "2.png")
    assert "2.png is 20x22" in said_of(tmp_path)
    Image.new("RGB", (20, 20)).save(tmp_path / "2.png")
    assert probe(tmp_path).width == 20
