"""The fonts of a video: those of packages and of the project, the same on every machine, never the system's.

Words are set in Inter, code in JetBrains Mono. What these lack is taken, letter by letter, from the project's
own fonts, from the other of the two, and from the Noto fonts that `explainers[fonts]` brings.
"""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from explainers.confined import reader
from explainers.errors import Diagnostic, InvalidInput, MissingDependency
from explainers.theme import MONO, REGULAR, SANS

PACKAGES = {SANS: "fontpkg-inter", MONO: "fontpkg-jetbrains-mono"}
"""The package that carries each family."""

FALLBACKS = ("manimgx-fonts", "manimgx-fonts-cjk")
"""What `explainers[fonts]` brings: Noto Sans for other scripts, symbols and emoji; Noto Sans CJK."""

EXTRA = "pip install 'explainers[fonts]'"
_HAN = {"SC": "zh", "TC": "zh-hant zh-tw zh-mo", "HK": "zh-hk yue", "JP": "ja", "KR": "ko"}
_SUFFIXES = (".ttf", ".otf", ".ttc")
_EVERYWHERE = frozenset(map(chr, (*range(0x20, 0x7F), 0xA0, *range(0xAE, 0x132)))) | frozenset(
    "–—‘’“”…•·×→←↑↓−≈≤≥"
)
"""Characters that both house fonts have, so that most texts open no font file."""
_RIGHT_TO_LEFT = frozenset(("R", "AL", "AN"))
_JOINING = frozenset(("Mn", "Mc", "Me", "Cf", "Sk"))
"""Categories of characters that stay in the font of the character before them."""


class Letters(NamedTuple):
    """What a video is lettered with beside the house's fonts.

    `han` is the writing of Chinese characters (SC, TC, HK, JP or KR); `files` are fonts of the project's.
    """

    han: str = "SC"
    files: tuple[Path, ...] = ()


HOUSE = Letters()
"""Nothing beside the house's fonts and the extra's."""


class Face(NamedTuple):
    """A font that can be drawn with: its family, its file, and its number in a collection."""

    family: str
    path: Path
    number: int = 0


@dataclass(frozen=True)
class Missing:
    """Characters of one script that no font has, in the order of the text."""

    script: str
    characters: tuple[str, ...]

    @property
    def message(self) -> str:
        shown = ", ".join(map(_named, self.characters[:4]))
        more = f" and {len(self.characters) - 4} more" if len(self.characters) > 4 else ""
        return f"no font of the video has its {self.script}: {shown}{more}"

    @property
    def remedy(self) -> str:
        """What puts it right on this machine."""
        own = "name a font that has them in `fonts` of [tool.explainers]"
        if self.script == ICONS:
            return f"{own}, such as SymbolsNerdFontMono-Regular.ttf for the icons of a prompt"
        return f"{own}, or write it otherwise" if len(_fallback_faces()) > 1 else f"`{EXTRA}`, or {own}"


Found = TypeVar("Found")
ICONS = "private-use codes"


def letters_of(language: str, files: Iterable[Path] = ()) -> Letters:
    """The letters of a video in `language` (a BCP 47 tag), with the project's fonts."""
    parts = language.lower().split("-")
    tags = {parts[0], *(f"{parts[0]}-{part}" for part in parts[1:])}
    found = [han for han, known in _HAN.items() if tags & set(known.split())]
    return Letters(found[-1] if found else "SC", tuple(files))


@cache
def font_files(family: str) -> tuple[Path, ...]:
    """The upright variable fonts of a family; MissingDependency where its package is not there."""
    package = PACKAGES[family]
    found = tuple(path for path in _files_in(package) if "Italic" not in path.name)
    if not found:
        problem = "no font" if not _installed(package) else f"no file of the font in {package} for"
        raise MissingDependency(f"{problem} {family}; install it with `pip install {package}`")
    return found


def face_of(text: str, family: str, letters: Letters, han: str) -> Face | None:
    """The first font that has every character of `text`, or None.

    A private-use code means something else in every font: only the project's fonts have it, and the mono the
    arrows of Powerline.
    """
    wanted = {ord(character) for character in text if not ignorable(character)}
    private = any(unicodedata.category(chr(code)) == "Co" for code in wanted)
    for face in _chain(family, letters, han):
        if private and face.family != MONO and face.path not in letters.files:
            continue
        own = face.path in letters.files
        if wanted <= (tried(face.path)[1] if own else characters_of(face.path)):
            return face
    return None


def spans(text: str, family: str, letters: Letters) -> list[tuple[Face | None, str]]:
    """The text cut where the font changes, in its own order; None for characters that no font has."""
    first = Face(family, font_files(family)[0])
    if _EVERYWHERE.issuperset(text):
        return [(first, text)]
    han, found = _han_of(text, letters), list[tuple[Face | None, str]]()
    for cluster in clusters(text):
        # Spaces of other widths are made from a font's own space where it lacks them.
        face = first if all(ignorable(c) or c.isspace() for c in cluster) else None
        # A letter stays with its marks where one font has both.
        face = face or face_of(cluster, family, letters, han)
        parts = [(face, cluster)] if face else [(face_of(c, family, letters, han), c) for c in cluster]
        for face, part in parts:
            if found and found[-1][0] == face:
                found[-1] = (face, found[-1][1] + part)
            else:
                found.append((face, part))
    return found


def clusters(text: str) -> Iterator[str]:
    """A text in pieces that are drawn as one: a letter with its marks, the parts of a joined emoji."""
    current = ""
    for character in text:
        joined = current.endswith("\u200d") or _joins(character)
        # Two regional indicators are a flag.
        joined |= len(current) == 1 and _regional(current) and _regional(character)
        if current and not joined:
            yield current
            current = ""
        current += character
    if current:
        yield current


def missing(texts: Iterable[str], letters: Letters) -> list[Missing]:
    """What no font has of the texts, once for each script."""
    found: dict[str, dict[str, None]] = {}
    for text in texts:
        for face, part in spans(text, SANS, letters):
            for character in part if face is None else "":
                found.setdefault(_script(character), {})[character] = None
    return [Missing(script, tuple(characters)) for script, characters in found.items()]


_MOST_TRIED = 4000
"""Characters of a project's font that are drawn once to try it; of larger ones, so many spread evenly."""

SUBSTITUTE = "\u25a1"
"""A box, where a recording or a log has a character that no font has; the house's mono has it."""


def substituted(text: str, letters: Letters) -> str:
    """The text with a box for each character that no font has."""
    lacking = {character for each in missing([text], letters) for character in each.characters}
    return "".join(SUBSTITUTE if character in lacking else character for character in text)


def right_to_left(text: str) -> bool:
    """Whether anything in the text is written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in text)


def begins_right(text: str) -> bool:
    """Whether a text as a whole is read from the right: its first letter with a direction says so."""
    ways = (unicodedata.bidirectional(character) for character in text)
    return next((way for way in ways if way in ("L", "R", "AL")), "L") != "L"


@dataclass(frozen=True)
class Pen:
    """Writes lines of one size with Pillow, for sheets beside a video; `size` is in pixels."""

    size: int
    letters: Letters = HOUSE

    def width(self, text: str) -> float:
        """How many pixels wide a line is."""
        return sum(font.getlength(part) for font, part in self._parts(text))

    def cut(self, text: str, width: float, end: str = "…") -> str:
        """The text, shortened to at most `width` pixels."""
        if self.width(text) <= width:
            return text
        while text and self.width(text + end) > width:
            text = text[:-1]
        return text.rstrip() + end

    def write(self, sheet: Any, place: tuple[float, float], text: str, color: str) -> None:
        """Write on a Pillow image, with the upper left corner of the line at `place`."""
        from PIL import ImageDraw

        x, y = place
        house = self._font(Face(SANS, font_files(SANS)[0]), False)
        for font, part in self._parts(text):
            top = y + house.getmetrics()[0] - font.getmetrics()[0]
            ImageDraw.Draw(sheet).text((x, top), part, color, font)
            x += font.getlength(part)

    def _parts(self, text: str) -> list[tuple[Any, str]]:
        turned = right_to_left(text)
        found = [
            (self._font(face or Face(SANS, font_files(SANS)[0]), turned), part)
            for face, part in spans(text, SANS, self.letters)
        ]
        return found[::-1] if begins_right(text) else found

    def _font(self, face: Face, turned: bool) -> Any:
        from PIL import ImageFont, features

        layout = ImageFont.Layout.RAQM if turned and features.check("raqm") else ImageFont.Layout.BASIC
        font = ImageFont.truetype(str(face.path), self.size, index=face.number, layout_engine=layout)
        if face.family not in PACKAGES:
            with contextlib.suppress(OSError):
                # A font without axes has one weight; the default of one with them may be its thinnest.
                font.set_variation_by_axes([REGULAR])
        return font


@cache
def characters_of(path: Path) -> frozenset[int]:
    """The code points that a font file has; InvalidInput where it can't be read."""
    return _read(path, lambda font: frozenset(font.getBestCmap() or ()))


@cache
def family_of(path: Path) -> str:
    """The family that a font file says it is; InvalidInput where it can't be read."""
    return _read(path, lambda font: str(font["name"].getBestFamilyName()))


@cache
def tried(path: Path) -> tuple[str, frozenset[int]]:
    """The family and the code points of a project's font, which a confined child has read and drawn with
    before this process does; InvalidInput where it can't be read, or takes too much."""
    family, codes = _tried(path)
    return family, frozenset(codes)


@reader
def _tried(path: Path) -> tuple[str, np.ndarray]:
    from PIL import ImageFont

    family, codes = family_of.__wrapped__(path), sorted(characters_of.__wrapped__(path))
    try:
        drawn = ImageFont.truetype(str(path), 40)
        for code in codes[:: 1 + len(codes) // _MOST_TRIED]:
            drawn.getmask(chr(code))
    except OSError as error:
        raise _bad(path, error) from None
    return family, np.array(codes, np.int32)


def _read(path: Path, look: Callable[[Any], Found]) -> Found:
    from fontTools.ttLib import TTFont

    try:
        with TTFont(path, lazy=True, fontNumber=0) as font:
            return look(font)
    except Exception as error:
        # A damaged file fails in any way: as a struct.error, a KeyError, an AssertionError, an OSError.
        raise _bad(path, error) from None


def _bad(path: Path, error: Exception) -> InvalidInput:
    message = f"the font {path.name} can't be read: {type(error).__name__}: {error}"
    return InvalidInput([Diagnostic("bad-font", message, expected="a TrueType or OpenType font")])


def _chain(family: str, letters: Letters, han: str) -> Iterator[Face]:
    yield Face(family, font_files(family)[0])
    yield from map(_own_face, letters.files)
    yield from (Face(other, font_files(other)[0]) for other in PACKAGES if other != family)
    for face in _fallback_faces():
        yield face if "CJK" not in face.family else _in_collection(face.path, f"Noto Sans CJK {han}")


def _own_face(path: Path) -> Face:
    """A font of the project's; InvalidInput where Pango could not tell it from one of the house's."""
    family = tried(path)[0]
    if family in PACKAGES:
        message = f"the font {path.name} is another {family}, in which words are set: leave it out of `fonts`"
        raise InvalidInput([Diagnostic("bad-font", message)])
    return Face(family, path)


@cache
def _fallback_faces() -> tuple[Face, ...]:
    """The extra's fonts: emoji last, because they have signs that a text means as signs."""
    files = [path for package in FALLBACKS for path in _files_in(package) if "Italic" not in path.name]
    files.sort(key=lambda path: ("Emoji" in path.name, "CJK" in path.name, path.name))
    return tuple(Face(family_of(path), path) for path in files)


@cache
def _in_collection(path: Path, family: str) -> Face:
    from fontTools.ttLib import TTCollection

    with TTCollection(path, lazy=True) as fonts:
        names = [str(font["name"].getBestFamilyName()) for font in fonts]
    return Face(family, path, names.index(family))


@cache
def _files_in(package: str) -> tuple[Path, ...]:
    try:
        root = Path(str(distribution(package).locate_file(package.replace("-", "_"))))
    except PackageNotFoundError:
        return ()
    return tuple(sorted(path for path in root.rglob("*") if path.suffix in _SUFFIXES))


def _installed(package: str) -> bool:
    try:
        return bool(distribution(package))
    except PackageNotFoundError:
        return False


def _han_of(text: str, letters: Letters) -> str:
    """How Chinese characters of a text are written: kana and hangul say so, else the video's language."""
    names = [unicodedata.name(c, "") for c in text if not c.isascii()]
    if any(name.startswith(("HIRAGANA", "KATAKANA")) for name in names):
        return "JP"
    return "KR" if any(name.startswith("HANGUL") for name in names) else letters.han


def _script(character: str) -> str:
    from fontTools.unicodedata import script, script_name

    if unicodedata.category(character) == "Co":
        return ICONS
    code = script(character)
    if code in ("Hani", "Hira", "Kana", "Hang", "Bopo") or unicodedata.east_asian_width(character) == "F":
        return "Chinese, Japanese or Korean letters"
    if code in ("Zyyy", "Zinh", "Zzzz"):
        return "signs and emoji"
    return f"{script_name(code).replace('_', ' ')} letters"


def _named(character: str) -> str:
    code, category = f"U+{ord(character):04X}", unicodedata.category(character)
    if category[0] == "C":
        return code
    name = "" if category[0] == "L" else f" ({unicodedata.name(character, code).lower()})"
    return f"{character!r}{name}"


def _joins(character: str) -> bool:
    return unicodedata.category(character) in _JOINING and not character.isascii()


def _regional(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def ignorable(character: str) -> bool:
    """Joiners, direction marks and variation selectors: they have no ink, and need no glyph."""
    return unicodedata.category(character) == "Cf" or 0xFE00 <= ord(character) <= 0xFE0F
