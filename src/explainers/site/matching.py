"""Which video a placeholder asks for: by the author's hint, or by the words they share. Never a guess."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explainers.errors import UsageError, nearest
from explainers.site.page import Placeholder
from explainers.site.videos import Video

ENOUGH = 3.0
"""Least score of a match: a video's name, or a title's word and another one."""
CLEARLY = 2.0
"""How many times the runner-up's score the best one needs."""
_HINT, _NAME, _TITLE, _DESCRIPTION = 10.0, 3.0, 2.0, 1.0
_STOP = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "from",
        "into",
        "that",
        "this",
        "its",
        "are",
        "was",
        "were",
        "has",
        "have",
        "not",
        "but",
        "you",
        "your",
        "our",
        "one",
        "two",
        "all",
        "any",
        "how",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "can",
        "will",
        "video",
        "videos",
        "here",
        "put",
        "create",
        "add",
        "insert",
        "show",
        "shows",
        "using",
        "used",
        "use",
    ]
)


@dataclass(frozen=True)
class Match:
    """What was found for a placeholder: a video and why, or None and why not."""

    placeholder: Placeholder
    video: Video | None
    why: str


def words_of(text: str) -> list[str]:
    """Words that can tell one video from another: folded, without a plural's s, without common ones."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    found = re.findall(r"[^\W_]{3,}", folded)
    return [
        w[:-1] if len(w) > 4 and w.endswith("s") and not w.endswith("ss") else w
        for w in found
        if w not in _STOP
    ]


def match_all(
    found: Sequence[Placeholder],
    videos: Sequence[Video],
    chosen: Mapping[int, str] | None = None,
    taken: Mapping[str, int] | None = None,
) -> list[Match]:
    """A match for each placeholder. `chosen` says line -> video; `taken` are videos in the page, by line.

    UsageError where `chosen` names a line without a placeholder, or no finished video.
    """
    chosen, by_name = chosen or {}, {video.name: video for video in videos}
    _check_chosen(chosen, found, by_name)
    matches = []
    for one in found:
        if one.in_code:
            matches.append(Match(one, None, "it stands in code or in a comment"))
        elif one.line.number in chosen:
            matches.append(Match(one, by_name[chosen[one.line.number]], "you said so"))
        else:
            matches.append(_match(one, videos))
    return _without_rivals(matches, chosen, taken or {})


def _check_chosen(
    chosen: Mapping[int, str], found: Sequence[Placeholder], by_name: Mapping[str, Video]
) -> None:
    lines = {one.line.number for one in found}
    for line, name in chosen.items():
        if line not in lines:
            raise UsageError(f"no placeholder on line {line}; placeholders: {sorted(lines) or 'none'}")
        if name not in by_name:
            near = nearest(name, by_name)
            raise UsageError(f"no finished video {name!r}" + (f"; did you mean {near!r}?" if near else ""))


def _match(placeholder: Placeholder, videos: Sequence[Video]) -> Match:
    common = _common_words(videos)
    scored = sorted(
        (_score(placeholder, video, common) for video in videos), key=lambda s: (-s[0], s[2].name)
    )
    if not scored:
        return Match(placeholder, None, "no video is finished yet")
    if scored[0][0] < ENOUGH:
        return Match(placeholder, None, "no video shares enough words with it or its heading")
    best, shared, video = scored[0]
    if len(scored) > 1 and scored[1][0] >= best / CLEARLY:
        rivals = ", ".join(one.name for score, _, one in scored if score >= best / CLEARLY)
        return Match(placeholder, None, f"ambiguous: it could be {rivals}")
    return Match(placeholder, video, f"shares {', '.join(shared[:5])}")


def _common_words(videos: Sequence[Video]) -> frozenset[str]:
    counts = Counter(word for video in videos for word in set(_vocabulary(video)))
    return frozenset(word for word, count in counts.items() if count > 1)


def _vocabulary(video: Video) -> dict[str, float]:
    m = video.manifest
    weighed: dict[str, float] = {}
    for text, weight in (
        (m.description or "", _DESCRIPTION),
        (m.page.words or "", _TITLE),
        (m.title, _TITLE),
        (m.page.heading or "", _NAME),
        (re.sub(r"[-_.]+", " ", m.video), _NAME),
    ):
        weighed.update((word, weight) for word in words_of(text))
    return weighed


def _score(placeholder: Placeholder, video: Video, common: frozenset[str]) -> tuple[float, list[str], Video]:
    hint = video.manifest.page.heading
    if hint and words_of(hint) == words_of(placeholder.heading):
        return _HINT * 10, ["the heading its storyboard names"], video
    vocabulary = _vocabulary(video)
    here = {*words_of(placeholder.heading), *words_of(placeholder.words)}
    shared = sorted((here & vocabulary.keys()) - common, key=lambda word: (-vocabulary[word], word))
    return sum(vocabulary[word] for word in shared), shared, video


def _without_rivals(matches: list[Match], chosen: Mapping[int, str], taken: Mapping[str, int]) -> list[Match]:
    wanted: dict[str, list[int]] = {}
    for match in matches:
        if match.video:
            wanted.setdefault(match.video.name, []).append(match.placeholder.line.number)
    result = []
    for match in matches:
        name = match.video.name if match.video else ""
        others = [n for n in wanted.get(name, ()) if n != match.placeholder.line.number]
        if match.video and match.placeholder.line.number not in chosen:
            if name in taken:
                match = Match(
                    match.placeholder, None, f"{name} is in the page already, on line {taken[name]}"
                )
            elif others:
                match = Match(match.placeholder, None, f"ambiguous: line {others[0]} asks for {name} too")
        result.append(match)
    return result
