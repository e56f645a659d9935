"""Text made safe for where it is put, and the templates that put it there, which escape by default.

Braces are written as entities in HTML too, so that no template engine (Go, Liquid, Vue, MDX, Astro)
finds an expression in a title.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files as package_files
from typing import Any
from xml.sax.saxutils import escape

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from explainers.timing import clock

_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "{": "&#123;", "}": "&#125;"}
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_MARKDOWN = re.compile(r"([\\`*_\[\]<>~|#$!])")
_FROM_RIGHT = frozenset(("ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"))


def one_line(text: str) -> str:
    """`text` without control characters, on one line; spaces in a row become one."""
    kept = "".join(" " if c in "\r\n\t\u2028\u2029\x85" else c for c in text if _printable(c))
    return re.sub(r" {2,}", " ", kept).strip()


def _printable(character: str) -> bool:
    if character in "\r\n\t\x85":
        return True
    return character not in "\ufffe\uffff" and unicodedata.category(character) not in ("Cc", "Cs")


def isolated(text: str) -> str:
    """`text` with every direction mark it opened closed again, so that it can't turn its neighbours."""
    depth_embed = depth_isolate = 0
    for character in text:
        if character in "\u202a\u202b\u202d\u202e":
            depth_embed += 1
        elif character == "\u202c":
            depth_embed = max(0, depth_embed - 1)
        elif character in "\u2066\u2067\u2068":
            depth_isolate += 1
        elif character == "\u2069":
            depth_isolate = max(0, depth_isolate - 1)
    return text + "\u202c" * depth_embed + "\u2069" * depth_isolate


def html(text: str) -> str:
    """`text` as HTML text or as a quoted attribute's value, on one line."""
    return "".join(_HTML.get(character, character) for character in isolated(one_line(text)))


def _kept(text: str) -> str:
    """A piece of a text as `html` writes it, with the spaces at its ends."""
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{' ' * bool(lead)}{html(text)}{' ' * bool(trail)}" if text.strip() else " " * bool(text)


def html_lines(text: str) -> str:
    """`text` as HTML text whose line breaks and indentation are kept."""
    lines = (isolated("".join(c for c in line if _printable(c))) for line in text.splitlines())
    return "\n".join("".join(_HTML.get(character, character) for character in line) for line in lines)


def markdown(text: str) -> str:
    """`text` as Markdown text that renders as itself, also inside `[...]`."""
    escaped = _MARKDOWN.sub(r"\\\1", isolated(one_line(text)))
    # Entities, not backslashes: template engines know nothing of a backslash, and "&lt;" stays text.
    escaped = escaped.replace("&", "&amp;").replace(r"\<", "&lt;").replace(r"\>", "&gt;")
    return escaped.replace("{", "&#123;").replace("}", "&#125;").replace("://", "&#58;//")


def json_for_html(value: Any) -> str:
    """JSON that can stand in a `<script>` data block: no `<`, `>` or `&` is left in it."""
    written = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=False)
    for character in "<>&\u2028\u2029" + _BIDI:
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written


def json_for_comment(value: str) -> str:
    """A JSON string that no comment syntax (HTML, JSX, RST) and no template engine reacts to."""
    written = json.dumps(value, ensure_ascii=False)
    for character in "<>&{}*%`\u2028\u2029\x85\x0b\x0c" + _BIDI:
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written.replace("--", "-\\u002d")


def spoken(seconds: float) -> str:
    """`1 min 42 s`, for accessible names."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def iso_duration(seconds: float) -> str:
    """ISO 8601: `PT1M42S`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"PT{minutes}M{rest}S" if minutes else f"PT{rest}S"


def direction(language: str) -> str:
    """`rtl` for languages that are written from right to left, else `ltr`."""
    return "rtl" if language.partition("-")[0] in _FROM_RIGHT else "ltr"


_COMMENTS = re.compile(r"^ *(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/)\n", re.MULTILINE)


def asset(name: str) -> str:
    """A text file of the player as it is shipped: scripts without comments that are lines of their own."""
    found = (package_files("explainers.site") / "assets" / name).read_text(encoding="utf-8")
    return _COMMENTS.sub("", found) if name.endswith(".js") else found


def style(*names: str) -> Markup:
    """Style sheets for a `<style>` element."""
    return Markup("\n".join(asset(name).rstrip() for name in names))


def page(template: str, **values: Any) -> str:
    """A file of `templates/` filled in, without blank lines; every value is escaped by `html`."""
    filled = _pages().get_template(template).render(values)
    return "\n".join(line for line in filled.splitlines() if line.strip()) + "\n"


@cache
def _pages() -> Environment:
    pages = _environment(autoescape=True)
    # Autoescaping alone leaves braces and line breaks as they are.
    pages.finalize = lambda value: value if isinstance(value, Markup) else Markup(html(str(value)))
    pages.filters |= {"clock": clock, "isolated": isolated, "iso_duration": iso_duration, "spoken": spoken}
    pages.filters["direction"] = direction
    raw = {"kept": _kept, "json": json_for_html, "lines": html_lines, "xml": escape}
    pages.filters |= {name: lambda value, write=write: Markup(write(value)) for name, write in raw.items()}
    return pages


def source(template: str, **values: str) -> str:
    """A file of `templates/forms/`, source of another engine, with `[[ name ]]` filled in unescaped."""
    return _sources().get_template(f"forms/{template}").render(values)


@cache
def _sources() -> Environment:
    return _environment(
        keep_trailing_newline=True,
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
    )


def _environment(**options: Any) -> Environment:
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    return Environment(loader=PackageLoader("explainers.site"), **options)
