"""Where the numbers come from: the facts table and the sources of a watch page."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from explainers.manifest import Fact, Source
from explainers.site import text
from explainers.site.videos import Video


def is_web(url: str) -> bool:
    """Whether an address may be linked: http, https, or a path of the site."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") or (
        not parts.scheme and not parts.netloc and url.startswith("/")
    )


def numbers_table(video: Video) -> str:
    """Each number with its name, its expression and its sources; empty where the video shows none."""
    facts = [fact for fact in video.manifest.facts if fact.text or fact.value is not None]
    if not facts:
        return ""
    columns = "".join(f'<th scope="col">{name}</th>' for name in ("Number", "Name", "From", "Source"))
    rows = "\n".join(_row(fact) for fact in facts)
    return (
        "<h2>Numbers</h2>\n<p>Every number in the video, how it was computed, and from what.</p>\n"
        f'<section class="scroll" aria-label="Numbers" tabindex="0"><table>\n'
        f"<thead><tr>{columns}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody></table></section>"
    )


def _row(fact: Fact) -> str:
    cells = [f'<td class="number">{text.html(_shown(fact))}</td>', f"<td>{text.html(fact.name)}</td>"]
    cells.append(f"<td><code>{text.html(_origin(fact))}</code></td>")
    cells.append(f"<td>{text.html(', '.join(fact.sources) or 'not named')}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _shown(fact: Fact) -> str:
    written = fact.text or (f"{fact.value:g}" if isinstance(fact.value, float) else str(fact.value))
    return written if not fact.unit or fact.unit in written else f"{written} {fact.unit}"


def _origin(fact: Fact) -> str:
    parts = [fact.expression or fact.name]
    if fact.table:
        parts.append(f"in {fact.table}")
    if fact.where:
        parts.append("where " + (fact.where if isinstance(fact.where, str) else _conditions(fact.where)))
    return " ".join(parts)


def _conditions(where: object) -> str:
    if isinstance(where, dict):
        return ", ".join(
            f"{name} = {value if isinstance(value, str) else json.dumps(value)}"
            for name, value in where.items()
        )
    return json.dumps(where, ensure_ascii=False)


def sources_list(video: Video) -> str:
    """The sources by citation, linked where the address is one of the web."""
    if not video.manifest.sources:
        return ""
    return (
        "<h2>Sources</h2>\n<ul>\n"
        + "\n".join(f"<li>{_source(s)}</li>" for s in video.manifest.sources)
        + "\n</ul>"
    )


def _source(source: Source) -> str:
    words = text.html(source.citation or source.label or source.name)
    if source.url and is_web(source.url):
        words = f'<a href="{text.html(source.url)}">{words}</a>'
    return words + (f" ({text.html(source.kind)})" if source.kind else "")
