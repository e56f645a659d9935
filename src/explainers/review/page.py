"""How a comparison is shown: lines for a terminal, Markdown for a pull request, one HTML page with pictures.

The page holds its pictures and needs no network; nothing of shots that did not change is in it.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from explainers.errors import counted
from explainers.review.compare import Comparison, NumberChange, ShotChange, Use
from explainers.review.stills import BeatPictures
from explainers.scratch import reported
from explainers.site import text
from explainers.timing import clock

QUALITY = 82
_OUTLINE, _GAP = (255, 150, 0), 8


class Shown(NamedTuple):
    """A comparison with the pictures of it; none where nothing was drawn."""

    found: Comparison
    pictures: Sequence[BeatPictures] = ()

    def of(self, shot: str) -> list[BeatPictures]:
        """The pictures of one shot."""
        return [picture for picture in self.pictures if picture.shot == shot]


# -- words -----------------------------------------------------------------------------------------------


def verdict(found: Comparison) -> str:
    """The comparison in one sentence."""
    if found.claims:
        one = len(found.claims) == 1
        return f"{counted(len(found.claims), 'claim')} no longer hold{'s' if one else ''}"
    if not found.differs and not found.redrawn:
        return "nothing changed"
    parts = [
        counted(len(found.shots), "shot") + " changed",
        counted(len(found.numbers), "number") + " changed",
        counted(len(found.findings), "new finding"),
    ]
    return "; ".join(parts)


def length(found: Comparison) -> str | None:
    """How the video's length moved; None where it did not."""
    before, after = found.old.duration_s, found.new.duration_s
    if not before or not after or abs(before - after) < 1e-6:
        return None
    return f"{before:.2f} s → {after:.2f} s ({after - before:+.2f} s)"


def change_words(change: ShotChange) -> str:
    """What became of a shot, and how its length moved."""
    if change.before_s is None or change.after_s is None:
        seconds = change.after_s if change.before_s is None else change.before_s
        return f"{change.change}, {seconds:.2f} s"
    moved = f", {change.before_s:.2f} s → {change.after_s:.2f} s" if change.before_s != change.after_s else ""
    return f"{change.change}{moved}"


def use_words(use: Use) -> str:
    """Where a number is met, and what stands there."""
    now = f": “{' '.join(use.after.split())}”" if use.after is not None else ""
    return f"{use.how} in {use.place} at {clock(use.at_s)}{now}"


def redrawn_words(found: Comparison) -> str | None:
    """The shots that only their code is new of; None where there are none."""
    if not found.redrawn:
        return None
    return f"{counted(len(found.redrawn), 'shot')} made from something else, with the same pictures"


def unjudged_words(found: Comparison) -> str | None:
    """Why findings are not compared; None where they are."""
    if found.judged:
        return None
    return "a manifest holds no findings: only claims that do not hold now are listed"


def _arrow(one: NumberChange | Use) -> str:
    return f"{one.before or 'nothing'} → {one.after or 'nothing'}"


def lines(shown: Shown) -> Iterator[str]:
    """A comparison as it is printed."""
    found = shown.found
    yield f"{found.video}: {found.old.name} → {found.new.name}: {verdict(found)}"
    for heading, findings in (
        ("does not hold any more", found.claims),
        ("new", found.findings),
        ("gone", found.gone),
    ):
        for finding in findings:
            yield f"  {heading}:" if heading != "gone" else f"  gone: {finding.message} [{finding.code}]"
            if heading != "gone":
                yield "\n".join(f"    {line}" for line in finding.text().splitlines())
    for number in found.numbers:
        yield f"  number {number.name}: {_arrow(number)}  ({number.origin})"
        yield from (f"    {use_words(use)}" for use in number.uses)
    for shot in found.shots:
        yield f"  shot {shot.id}: {change_words(shot)}"
        yield from (f"    {reason}" for reason in shot.reasons)
        yield from (
            f"    picture {one.name}: {one.share:.1%} of the frame differs" for one in shown.of(shot.id)
        )
    for sentence in (*found.results, *(word for word in found.words if word.how == "said")):
        yield f"  {sentence.how} in {sentence.place}: {_arrow(sentence)}"
    for words in (redrawn_words(found), unjudged_words(found)):
        if words:
            yield f"  {words}"
    if moved := length(found):
        yield f"  length: {moved}"


# -- Markdown ------------------------------------------------------------------------------------------


def markdown(all_shown: Sequence[Shown], pictures: Mapping[str, str] | None = None) -> str:
    """Comparisons as Markdown; `pictures` are the addresses of beats' pictures, by video and beat's name."""
    blocks: list[str] = []
    for shown in all_shown:
        found = shown.found
        blocks.append(f"## {_md(found.video)}: {verdict(found)}")
        blocks.append(f"{_md(found.old.name)} → {_md(found.new.name)}")
        if found.claims:
            blocks.append("\n".join(["**No longer true**", "", *map(_finding, found.claims)]))
        if found.numbers:
            head = "| number | before | after | from | where |\n|---|---|---|---|---|"
            blocks.append("\n".join([head, *map(_number_row, found.numbers)]))
        if found.findings:
            blocks.append("\n".join(["**New findings**", "", *map(_finding, found.findings)]))
        for shot in found.shots:
            reasons = [f"- {_md(str(reason))}" for reason in shot.reasons]
            blocks.append("\n".join([f"### {_md(shot.id)} ({change_words(shot)})", "", *reasons]))
            for one in shown.of(shot.id):
                if address := (pictures or {}).get(f"{found.video}/{one.name}"):
                    blocks.append(f"![{_md(one.name)}, before and after]({address})")
                blocks.append(f"{_md(one.name)}: {one.share:.1%} of the frame differs")
        changed = [*found.results, *(word for word in found.words if word.how == "said")]
        if changed:
            blocks.append(
                "\n".join(f"- {one.how} in {_md(str(one.place))}: {_md(_arrow(one))}" for one in changed)
            )
        rest = [words for words in (redrawn_words(found), unjudged_words(found)) if words]
        rest += [f"length: {moved}"] if (moved := length(found)) else []
        blocks += rest
    return "\n\n".join(blocks) + "\n"


def _md(words: str) -> str:
    return text.markdown(words)


def _finding(one: object) -> str:
    place = getattr(one, "place", None)
    message, code = getattr(one, "message", ""), getattr(one, "code", "")
    return f"- {_md(message)} ({_md(code)}{f', {_md(str(place))}' if place else ''})"


def _number_row(change: NumberChange) -> str:
    uses = "; ".join(f"{use.how} in {use.place}" for use in change.uses)
    cells = (change.name, change.before or "nothing", change.after or "nothing", change.origin, uses)
    return f"| {' | '.join(map(_md, cells))} |"


def write_markdown(all_shown: Sequence[Shown], path: Path, address: str | None = None) -> list[Path]:
    """Write Markdown to `path` and its pictures, before and after in one, into a folder beside it; all files.

    `address` is where that folder will be found, in place of its name. RenderFailed where the disk refuses.
    """
    folder = path.with_suffix("")
    written, addresses = [path], {}
    with reported("the comparison", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        for shown in all_shown:
            for picture in shown.pictures:
                folder.mkdir(exist_ok=True)
                name = f"{shown.found.video}-{picture.name.replace(':', '-')}.webp"
                (folder / name).write_bytes(webp(beside(picture)))
                written.append(folder / name)
                where = address.rstrip("/") if address else folder.name
                addresses[f"{shown.found.video}/{picture.name}"] = f"{where}/{name}"
        path.write_text(markdown(all_shown, addresses), encoding="utf-8")
    return written


# -- pictures --------------------------------------------------------------------------------------------


def outlined(pixels: np.ndarray, pictures: BeatPictures) -> Image.Image:
    """A picture with its changed regions outlined."""
    picture = Image.fromarray(pixels)
    pen, width = ImageDraw.Draw(picture), max(2, picture.width // 320)
    for region in pictures.regions:
        box = region.box
        edges = (box.left - 2 * width, box.top - 2 * width, box.right + 2 * width, box.bottom + 2 * width)
        pen.rectangle(edges, outline=_OUTLINE, width=width)
    return picture


def beside(pictures: BeatPictures) -> Image.Image:
    """Before and after in one picture, left and right; what is not there is grey."""
    width, height = pictures.size
    both = Image.new("RGB", (2 * width + _GAP, height), (128, 128, 128))
    for index, pixels in enumerate((pictures.before, pictures.after)):
        if pixels is not None:
            both.paste(outlined(pixels, pictures), (index * (width + _GAP), 0))
    return both


def webp(picture: Image.Image) -> bytes:
    held = io.BytesIO()
    picture.save(held, "WEBP", quality=QUALITY, method=4)
    return held.getvalue()


def _address(pixels: np.ndarray | None) -> str | None:
    """A picture as an address that holds it."""
    if pixels is None:
        return None
    return f"data:image/webp;base64,{base64.b64encode(webp(Image.fromarray(pixels))).decode()}"


# -- HTML ------------------------------------------------------------------------------------------------


def html_page(all_shown: Sequence[Shown]) -> str:
    """One page of comparisons, with everything it needs in it."""
    return text.page(
        "diff.html",
        style=text.style("watch.css", "report.css", "diff.css"),
        script=text.style("diff.js"),
        videos=all_shown,
        address=_address,
        verdict=verdict,
        length=length,
        change=change_words,
        use=use_words,
        redrawn=redrawn_words,
        unjudged=unjudged_words,
        percent=lambda share: f"{share:.1%}" if share >= 0.001 else "under 0.1%",
    )
