"""The player's lines in the files of a site: put in as source of that file's language, and taken out again.

They stand in a block of their own, whose first mark keeps what it took the place of, so that taking them out
gives back the same bytes:

    {/* explainers:begin :player 3fa9c1d2e4b5 "" */}
    <link rel="stylesheet" href="/videos/player.css" />
    <script type="module" src="/videos/player.js"></script>
    {/* explainers:end :player */}
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template
from typing import Any

import yaml

from explainers.digest import digest_bytes
from explainers.errors import UsageError
from explainers.site.text import json_for_comment

PLAYER = ":player"
"""The name of the block that brings the player; no video can have it, since `:` is in no name."""

COMMENTS = {"html": ("<!-- ", " -->"), "jsx": ("{/* ", " */}"), "js": ("/* ", " */"), "#": ("# ", "")}
"""Opening and closing of a comment, by the language around it."""

HTML_HEAD = ('<link rel="stylesheet" href="$css">', '<script type="module" src="$js"></script>')
JSX_HEAD = ('<link rel="stylesheet" href="$css" />', HTML_HEAD[1])

_BLOCK = re.compile(
    r"(?P<open><!-- |\{/\* |/\* |# )explainers:begin :player (?P<digest>[0-9a-f]{12}) "
    r'(?P<was>"(?:[^"\\]|\\.)*")(?P<close> -->| \*/\}| \*/|)(?P<body>.*?)'
    r"(?P=open)explainers:end :player(?P=close)",
    re.S,
)


@dataclass(frozen=True)
class Insertion:
    """Lines for a stretch of a text (empty: between two characters), in comments of a language."""

    start: int
    end: int
    lines: tuple[str, ...]
    comment: str
    indent: str = ""


Finder = Callable[[str, Mapping[str, str]], list[Insertion]]
"""Where in a text the player's lines go; they hold `$css` and `$js` already filled in. None: nowhere."""


@dataclass(frozen=True)
class Spot:
    """A file of the site, by its path from the site's folder, and where in it the player's lines go.

    `whole` is the text of the file where it is not there yet.
    """

    path: str
    find: Finder
    whole: str = ""


@dataclass(frozen=True)
class Edit:
    """A file's text before and after; `before` is None where the file is made. `why` says why not."""

    path: str
    before: str | None
    after: str
    why: str = ""

    @property
    def how(self) -> str:
        """What is done to the file, in words."""
        if self.before is None:
            return "made, with the player's lines"
        had, has = (_BLOCK.search(text) is not None for text in (self.before, self.after))
        done = "brought up to date" if had and has else "put in" if has else "taken out"
        return f"the player's lines are {done}"

    def diff(self) -> str:
        """A unified diff of the file."""
        before, after = (text.splitlines() for text in (self.before or "", self.after))
        old = "/dev/null" if self.before is None else f"a/{self.path}"
        return "\n".join(difflib.unified_diff(before, after, old, f"b/{self.path}", lineterm="", n=2))


def edited(site: Path, spot: Spot, addresses: Mapping[str, str], force: bool = False) -> Edit:
    """The file with the player's lines at the addresses `css` and `js`, also where it has older ones."""
    path = site / spot.path
    if not path.is_file():
        return Edit(spot.path, None, _with_lines(spot.whole, spot.find, addresses))
    before = read(path)
    without, kept = _without(before, force)
    if kept:
        return Edit(spot.path, before, before, "its player block was edited by hand; --force overwrites it")
    if addresses["js"] in without:
        return Edit(spot.path, before, without)
    after = _with_lines(without, spot.find, addresses)
    why = "" if after != without else "no place for the player's lines was found in it"
    return Edit(spot.path, before, after, why)


def removed(site: Path, path: str, force: bool = False) -> Edit:
    """The file without the player's lines."""
    before = read(site / path)
    after, kept = _without(before, force)
    why = "its player block was edited by hand; --force takes it out" if kept else ""
    return Edit(path, before, before if kept else after, why)


def read(path: Path) -> str:
    """The text of a file with its line endings as they are. UsageError where it is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start}); it is left as it is") from None


def _without(text: str, force: bool) -> tuple[str, bool]:
    """The text without player blocks, and whether one was left because it was edited by hand."""
    left, parts, position = False, [], 0
    for block in _BLOCK.finditer(text):
        if _digest(block["body"]) != block["digest"] and not force:
            left = True
            continue
        start, end = block.span()
        line = text.rfind("\n", 0, start) + 1
        rest = re.compile(r"\r?\n|\Z").match(text, end)
        # A block on lines of its own goes with their indentation and their last line ending.
        if not text[line:start].strip() and rest:
            start, end = line, rest.end()
        parts += [text[position:start], json.loads(block["was"])]
        position = end
    return "".join([*parts, text[position:]]), left


def _digest(body: str) -> str:
    """The digest of the words, whatever the line endings and the indentation."""
    lines = (line.strip() for line in body.splitlines())
    return digest_bytes("\n".join(line for line in lines if line).encode())[:12]


def _with_lines(text: str, find: Finder, addresses: Mapping[str, str]) -> str:
    ending = "\r\n" if text.count("\r\n") > text.count("\n") / 2 else "\n"
    for one in sorted(
        (_whole_lines(text, each) for each in find(text, addresses)), key=lambda one: -one.start
    ):
        opening, closing = COMMENTS[one.comment]
        was = text[one.start : one.end]
        inner = [one.indent + line for line in one.lines]
        digest = _digest("\n".join(inner))
        begin = f"{opening}explainers:begin {PLAYER} {digest} {json_for_comment(was)}{closing}"
        end = f"{opening}explainers:end {PLAYER}{closing}"
        alone = one.start == 0 or text[one.start - 1] == "\n"
        first = one.indent + begin if alone else begin
        block = ending.join([first, *inner, one.indent + end if alone else end])
        newline = ending if alone and (not was or was.endswith("\n")) else ""
        text = text[: one.start] + block + newline + text[one.end :]
    return text


def _whole_lines(text: str, insertion: Insertion) -> Insertion:
    """The insertion with the rest of its lines, where nothing else stands on them than what it replaces."""
    line = text.rfind("\n", 0, insertion.start) + 1
    rest = re.compile(r"[ \t]*(\r?\n|\Z)").match(text, insertion.end)
    if (
        insertion.start == insertion.end
        or insertion.start == line
        or not rest
        or text[line : insertion.start].strip()
    ):
        return insertion
    return replace(insertion, start=line, end=rest.end(), indent=text[line : insertion.start])


# -- where the lines go, by language ------------------------------------------------------------------


def filled(lines: Iterable[str], addresses: Mapping[str, str]) -> tuple[str, ...]:
    """Lines with `$css` and `$js` filled in."""
    return tuple(Template(line).substitute(addresses) for line in lines)


def _blanked(text: str, *patterns: str) -> str:
    """The text with comments blanked out, everything else where it was."""
    for pattern in patterns:
        text = re.sub(pattern, lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.S)
    return text


_HTML_COMMENT = r"<!--.*?-->"
_JS_COMMENTS = r"/\*.*?\*/", r"(?<![:\"'`\w/\\])//[^\n]*"


def after(text: str, at: int, lines: Sequence[str], comment: str) -> Insertion:
    """Lines behind the opening tag that ends at `at`: on the next line where nothing follows on its own."""
    rest = re.compile(r"[ \t]*\r?\n").match(text, at)
    if not rest:
        return Insertion(at, at, tuple(lines), comment)
    indent = re.compile(r"[ \t]*").match(text, rest.end())
    return Insertion(rest.end(), rest.end(), tuple(lines), comment, indent[0] if indent else "")


def in_html(lines: Sequence[str] = HTML_HEAD, comment: str = "html") -> Finder:
    """At the end of the `<head>` of HTML or of a template of it."""

    def find(text: str, addresses: Mapping[str, str]) -> list[Insertion]:
        closing = re.search(r"</head\s*>", _blanked(text, _HTML_COMMENT), re.I)
        if not closing:
            return []
        at = closing.start()
        line = text.rfind("\n", 0, at) + 1
        if text[line:at].strip():
            return [Insertion(at, at, filled(lines, addresses), comment)]
        return [Insertion(line, line, filled(lines, addresses), comment, text[line:at] + "  ")]

    return find


_TAG = r"<{}\b(?:[^<>{{}}]|\{{(?:[^{{}}]|\{{(?:[^{{}}]|\{{[^{{}}]*\}})*\}})*\}})*>"


def in_jsx(tag: str, around: str = "") -> Finder:
    """At the start of an element `tag` of JSX; where there is none, in a new one at the start of `around`."""

    def find(text: str, addresses: Mapping[str, str]) -> list[Insertion]:
        code, lines = _blanked(text, *_JS_COMMENTS), filled(JSX_HEAD, addresses)
        if opening := re.search(_TAG.format(tag), code):
            if not opening[0].endswith("/>"):
                return [after(text, opening.end(), lines, "jsx")]
            tagged = text[opening.start() : opening.end()]
            whole = tagged[:-2].rstrip() + ">", *(f"  {line}" for line in lines), f"</{tag}>"
            return [Insertion(opening.start(), opening.end(), whole, "jsx")]
        outer = re.search(_TAG.format(around), code) if around else None
        if not outer or outer[0].endswith("/>"):
            return []
        whole = f"<{tag}>", *(f"  {line}" for line in lines), f"</{tag}>"
        return [after(text, outer.end(), whole, "jsx")]

    return find


def in_object(opening: str, keys: Mapping[str, str]) -> Finder:
    """In arrays of a JavaScript object that begins after the pattern `opening`; `keys` give their items.

    A key that is not there yet is put at the object's start.
    """

    def find(text: str, addresses: Mapping[str, str]) -> list[Insertion]:
        code = _blanked(text, *_JS_COMMENTS)
        start = re.search(opening, code)
        if not start:
            return []
        found, new = [], []
        for key, item in keys.items():
            (written,) = filled([item], addresses)
            at = re.compile(rf"^[ \t]*[\"']?{key}[\"']?\s*:\s*(\[)?", re.M).search(code, start.end())
            if not at:
                new.append(f"{key}: [{written}],")
            elif at[1] is None:
                return []
            else:
                found.append(Insertion(at.end(), at.end(), (f"{written},",), "js"))
        return [*([after(text, start.end(), new, "js")] if new else []), *found]

    return find


def at_the_end(lines: Sequence[str], comment: str = "#") -> Finder:
    """After everything else."""

    def find(text: str, addresses: Mapping[str, str]) -> list[Insertion]:
        return [_appended(text, filled(lines, addresses), comment)]

    return find


def _appended(text: str, lines: Sequence[str], comment: str) -> Insertion:
    last = text.rfind("\n") + 1
    if last == len(text):
        return Insertion(last, last, tuple(lines), comment)
    # A last line without an ending stands in the block, so that nothing is written to its end.
    return Insertion(last, len(text), (text[last:], *lines), comment)


def in_yaml(lists: Mapping[str, Sequence[str]]) -> Finder:
    """At the end of lists of a YAML mapping, by their keys (`a.b` is in `a`); missing keys are added."""

    def find(text: str, addresses: Mapping[str, str]) -> list[Insertion]:
        try:
            # Nodes only: tags such as MkDocs's `!ENV` stay what they are, and nothing is constructed.
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError:
            return []
        if root is not None and not (isinstance(root, yaml.MappingNode) and not root.flow_style):
            return []
        found: list[Insertion] = []
        new: list[str] = []
        for path, items in lists.items():
            placed = _in_list(text, root, path.split("."), filled(items, addresses), new)
            if placed is None:
                return []
            found += placed
        if not new:
            return found
        end = _appended(text, new, "#")
        # A last line without an ending is part of that block, and can't be changed a second time.
        return [] if any(each.end > end.start for each in found) else [*found, end]

    return find


def _in_list(
    text: str, root: yaml.MappingNode | None, keys: Sequence[str], items: Sequence[str], new: list[str]
) -> list[Insertion] | None:
    """The insertion for one list; lines of a missing key go to `new`. None where it can't be done."""
    node: Any = root
    pair: Any = None
    for depth, key in enumerate(keys):
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        pair = next((each for each in pairs if each[0].value == key), None)
        if pair is None:
            lines = _nested_list(keys[depth:], items)
            if depth == 0:
                new += lines
                return []
            if not isinstance(node, yaml.MappingNode) or node.flow_style or not pairs:
                return None
            first = pairs[0][0].start_mark
            start = first.index - first.column
            return [Insertion(start, start, tuple(lines), "#", " " * first.column)]
        node = pair[1]
    name = pair[0].start_mark
    indent = " " * name.column
    start = name.index - name.column
    if isinstance(node, yaml.SequenceNode) and node.flow_style:
        end = _line_end(text, node.end_mark.index)
        comma = "" if not node.value or text[: node.end_mark.index - 1].rstrip().endswith(",") else ", "
        flow = ", ".join(json.dumps(each, ensure_ascii=False) for each in yaml.safe_load("\n".join(items)))
        body = text[start : node.end_mark.index - 1] + comma + flow + text[node.end_mark.index - 1 : end]
        if re.search(r"^\s*- \S", text[start : name.index]):
            return None
        return [Insertion(start, end, tuple(line.rstrip("\r\n") for line in body.splitlines()), "#")]
    if isinstance(node, yaml.SequenceNode) and node.value:
        last = node.value[-1].end_mark.index
        # A block item's end is where the next token starts: back to the last line that holds something.
        end = _line_end(text, len(text[:last].rstrip()))
        if end == len(text) and not text.endswith("\n"):
            return None
        return [Insertion(end, end, tuple(items), "#", " " * node.start_mark.column)]
    if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null" and not node.value:
        end = _line_end(text, name.index)
        line = text[start:end].rstrip("\r\n").lstrip()
        return [Insertion(start, end, (line, *(f"  {item}" for item in items)), "#", indent)]
    return None


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _nested_list(keys: Sequence[str], items: Sequence[str]) -> list[str]:
    lines = [f"{'  ' * depth}{key}:" for depth, key in enumerate(keys)]
    return [*lines, *("  " * len(keys) + item for item in items)]
