"""Transcript, manifest, poster and contact sheet."""

import json

import pytest
from PIL import Image
from small import write_project

from explainers.digest import digest_bytes, digest_file
from explainers.manifest import FileFacts, Listing, Manifest, Rendition
from explainers.plan import load_plan
from explainers.render.assembly import Cell, write_poster, write_sheet
from explainers.render.planner import FIRST, LAST, products_of
from explainers.render.publication import manifest_of, publishing, transcript
from explainers.theme import INK

NAMES = {
    "captions": "captions.en.vtt",
    "chapters": "chapters.en.vtt",
    "poster_jpg": "poster.jpg",
    "poster_webp": "poster.webp",
}


@pytest.fixture
def plan(small_project):
    return load_plan(small_project, "small")


def test_the_transcript_holds_what_is_said_shown_and_counted(plan):
    assert transcript(plan) == (
        "# Two small cards\n\nWhat it is about.\n\n"
        "## First card\n\n*0:00 to 0:02*\n\nWords &amp; &lt;signs&gt; --&gt; escaped.\n\n"
        "## Second, +8.0\u202f%\n\n*0:02 to 0:05*\n\n**A statement.**\n\nBeat one. Beat two.\n\n"
        "Source (measured): run logs\n\n"
        "## Numbers\n\n- gain: \\+8.0\u202f% (after / before - 1; run logs)\n\n"
        "## Sources\n\n- The run logs of the system (measured). <https://example.org/logs>\n"
    )


def test_the_manifest_says_where_every_number_is_from(plan):
    files = {"video.mp4": FileFacts(bytes=10, sha256="ab")}
    made = manifest_of(
        plan,
        [
            Rendition(
                file="video.mp4", codecs="avc1.64002a", width=320, height=180, fps=10, bytes=10, sha256="ab"
            )
        ],
        files,
        {"opening": "1", "second": "2"},
        "id",
        {},
        NAMES,
    )
    record = made.as_json()
    assert Manifest.model_validate(record) == made
    assert [cue["text"] for cue in record["cues"]] == [cue.text for cue in plan.cues]
    facts = {fact["name"]: fact for fact in record["facts"]}
    assert facts["gain"]["value"] == pytest.approx(0.08)
    assert facts["gain"]["text"] == "+8.0\u202f%"
    assert (
        facts["before"] | {"table": "runs", "where": {"run": "before"}, "unit": "tok/s", "value": 100.0}
        == facts["before"]
    )
    assert record["sources"][0]["citation"] == "The run logs of the system"
    assert [(shot["id"], shot["start_s"], shot["end_s"]) for shot in record["shots"]] == [
        ("opening", 0, 2),
        ("second", 2, 5),
    ]
    assert record["chapters"] == [
        {"start_s": 2.0, "title": "Second, +8.0\u202f%"},
        {"start_s": 3.5, "title": "Deeper"},
    ]
    assert [shot["slates"] for shot in record["shots"]] == [[], []]
    assert [one["path"] for one in record["inputs"]] == [
        "assets/small/assets.yaml",
        "assets/small/data/runs.csv",
        "scenes/small/storyboard.yaml",
    ]
    assert record["inputs"][1]["sha256"] == digest_file(plan.project.root / "assets/small/data/runs.csv")
    assert record["renditions"][0]["codecs"] == "avc1.64002a"
    assert record["files"] == {"video.mp4": {"bytes": 10, "sha256": "ab"}}


def test_posters_and_sheets_are_the_same_bytes_every_time(tmp_path):
    Image.new("RGB", (480, 270), "#E69F00").save(tmp_path / "still.png")
    results = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_poster(tmp_path / "still.png", tmp_path / name)
        write_sheet(
            [Cell(tmp_path / "still.png", f"shot {i}", "0:01") for i in range(5)],
            "A title " * 40,
            INK,
            tmp_path / name / "s.png",
        )
        results.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert results[0] == results[1]
    with Image.open(tmp_path / "one" / "s.png") as sheet:
        assert sheet.width == 20 + 4 * 500
        assert sheet.getpixel((40, 100)) == (230, 159, 0)


def test_nothing_is_seen_before_it_is_whole_and_the_manifest_comes_last(tmp_path):
    out = tmp_path / "out"
    with publishing(out) as publication:
        publication.add("a.txt", "one")
        assert not (out / "a.txt").exists()
        publication.finish(Listing(files=publication.files))
    facts = {"bytes": 3, "sha256": digest_bytes(b"one")}
    assert json.loads((out / "manifest.json").read_text()) == {"files": {"a.txt": facts}}
    with pytest.raises(ZeroDivisionError), publishing(out) as publication:
        publication.add("a.txt", "two")
        raise ZeroDivisionError
    assert (out / "a.txt").read_text() == "one"
    assert {path.name for path in out.iterdir()} == {"a.txt", "manifest.json"}


def test_what_is_no_longer_made_goes_and_what_others_put_there_stays(tmp_path):
    (tmp_path / "mine.txt").write_text("not ours")
    for names in (["a.txt", "b.txt"], ["a.txt"]):
        with publishing(tmp_path) as publication:
            for name in names:
                publication.add(name, name)
            publication.finish(Listing(files=publication.files))
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", "mine.txt", "manifest.json"}


THREE = """\
storyboard: 1
title: Three
canvas: {size: 320x180, fps: 10}
shots:
  - {id: one, kind: title, duration: 2s, heading: One}
  - id: two
    kind: title
    duration: 4s
    heading: Two
    beats: [{id: first, duration: 2s}, {id: second, duration: 2s}]
  - {id: three, kind: title, duration: 2s, heading: Three, transition: {fade: 0.4s}}
"""


def test_the_contact_sheet_shows_both_sides_of_each_cut(tmp_path):
    products = products_of(load_plan(write_project(tmp_path, THREE), "small"))
    frames = [{name: still.frame for name, still in one.stills.items()} for one in products.shots]
    # The film's own first and last frames are beside no cut; a fade's frames belong to none of its shots.
    assert frames == [{"": 19}, {FIRST: 0, "first": 16, "second": 36, LAST: 37}, {FIRST: 2, "": 19}]
