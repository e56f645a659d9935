"""Rules about what is said: that it agrees with what is shown, and that a voice has the time it needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from explainers.check.finding import Finding
from explainers.check.rules import rule
from explainers.check.subject import Words
from explainers.plan.model import LinePlan
from explainers.plan.resolve import Text
from explainers.voice.lines import words_of
from explainers.voice.takes import Take

FASTEST = 180.0
"""Words a minute that listeners of a film with numbers follow."""
LONGEST_SENTENCE, LONGEST_LINE = 24, 60
"""Words of a sentence that can be followed by ear, and of a line before the picture should change."""
FEWEST_READ = 5
"""Words from which on a text of the picture is read aloud, and not only named."""
LATE_S = 0.08
"""How far from its word an action may be, beside half a frame."""


def _found(subject: Words, one: LinePlan, message: str, **more: Any) -> Finding:
    """A finding at a line, with its time in the video."""
    line, times = one.line, (one.start_s, one.until_s)
    return subject.found(message, line.loc, shot=line.shot, beat=line.beat, seconds=times, **more)


@rule("spoken-number", "error")
def spoken_number(subject: Words) -> Iterator[Finding]:
    """A number that is said otherwise than it is shown.

    A line may round or write a fact in another format than the picture of the same beat, and viewers then
    hear one number and read another. A sign that is only written (`+8.3 %`) need not be said.
    """
    for line in subject.plan.lines:
        shown = [piece for text in _shown(subject, line) for piece in text.pieces]
        for piece in line.line.pieces:
            same = [other for other in shown if other.source.strip() == piece.source.strip()]
            for other in same if piece.value is not None else ():
                if other.value is not None and _words(other.shown, line) != _words(piece.shown, line):
                    message = f"{piece.shown} is said where {other.shown} is shown"
                    fix = "the same format for both"
                    where: dict[str, Any] = {"offset": piece.offset, "length": piece.length, "fix": fix}
                    where |= {"shot": line.line.shot, "beat": line.line.beat}
                    yield subject.found(message, line.line.loc, **where)


def _shown(subject: Words, line: LinePlan) -> list[Text]:
    """What stands in the picture while a line is said."""
    texts = [text for text in subject.of_shot(line.line.shot) if text.on_screen]
    return [text for text in texts if text.beat is None or line.line.beat in (None, text.beat)]


def _taken(subject: Words) -> list[tuple[LinePlan, Take]]:
    return [(line, line.take) for line in subject.plan.lines if line.take is not None]


def _words(shown: str, line: LinePlan) -> tuple[str, ...]:
    said = [token for word in words_of(shown, line.line.manner) for token in word.said]
    return tuple(said[said[:1] == ["plus"] :])


@rule("take-differs", "error")
def take_differs(subject: Words) -> Iterator[Finding]:
    """A recording that does not say its line.

    It was listened to on this machine when it was taken in: words of the line are missing in it, or it says
    another number.
    """
    for line, take in _taken(subject):
        for difference in take.differs:
            fix = 'record it again; if it was misheard, allow: {take-differs: "why"} in the shot'
            yield _found(subject, line, f"the recording does not say its line: {difference}", fix=fix)


@rule("take-stale", "error")
def take_stale(subject: Words) -> Iterator[Finding]:
    """A line that has no take of its words, in a film that is spoken.

    The text went on without its take, there never was one, or a new recording was not taken in yet.
    """
    for line in subject.plan.lines if subject.plan.voiced else ():
        if line.take is None:
            older = f"its take says {line.stale!r}" if line.stale else "it has none"
            if line.stale == line.line.text:
                older = "they are there as another recording or voice"
            there = f" --language {subject.plan.language}" if subject.plan.document.translation else ""
            fix = f"explainers voice speak {subject.plan.video}{there}"
            yield _found(subject, line, f"the line has no take of these words: {older}", fix=fix)


@rule("repeated-words", "warning")
def repeated_words(subject: Words) -> Iterator[Finding]:
    """Words that a beat waits for and that its line says more than once.

    The first time counts; `on: {words: ..., occurrence: ...}` says which is meant.
    """
    for line in subject.plan.lines:
        for wait in line.waits:
            if len(wait.places) > 1 and wait.chosen == 0 and not _chosen(subject, wait.loc):
                at = [f"{_moment(line, token):.2f} s" for token in wait.places]
                message = f"{wait.words!r} is said {len(at)} times, at {', '.join(at)}"
                fix = f"on: {{words: {wait.words!r}, occurrence: 1}}"
                yield subject.found(message, wait.loc, shot=line.line.shot, beat=wait.beat, fix=fix)


def _chosen(subject: Words, loc: tuple[str | int, ...]) -> bool:
    beat = subject.plan.storyboard.shots[int(loc[1])].beats[int(loc[3])]
    return beat.on is not None and beat.on.occurrence is not None


def _moment(line: LinePlan, token: int) -> float:
    """The time of a token in the video; without a take, as if it were read at an even pace."""
    if line.take is not None:
        return line.start_s + line.take.moment(token).start_s
    share = token / max(1, len(line.line.said))
    return line.start_s + share * (line.until_s - line.start_s)


@rule("word-late", "error")
def word_late(subject: Words) -> Iterator[Finding]:
    """A beat that does not begin at the words that it waits for.

    It may be 80 ms and half a frame from them. Where a beat before it has a written length, or its motion
    needs longer than the words before, it can't be in time. Words whose time is only worked out from their
    length are never in time: `pronounce` helps a recording's words to be found.
    """
    near = LATE_S + 0.5 / subject.plan.canvas.fps
    for line, take in _taken(subject):
        for wait in line.waits:
            late = wait.start_s - _moment(line, wait.token)
            if not take.moment(wait.token).sure:
                message = f"when {wait.words!r} is heard is not known, only worked out"
                fix = "pronounce: how it is said, in plain words; or a recording that can be aligned"
                yield subject.found(message, wait.loc, shot=line.line.shot, beat=wait.beat, fix=fix)
            elif abs(late) > near:
                side = "after" if late > 0 else "before"
                message = f"the beat begins {abs(late):.2f} s {side} {wait.words!r} is heard"
                fix = "duration: auto for what is before it" + (", or later words" if late > 0 else "")
                yield subject.found(message, wait.loc, shot=line.line.shot, beat=wait.beat, fix=fix)


@rule("too-fast", "warning")
def too_fast(subject: Words) -> Iterator[Finding]:
    """A line that is said at more than 180 words a minute.

    Numbers count with every word of theirs. Said so fast, a line with a number in it is not understood.
    """
    for line, take in _taken(subject):
        words = len(line.line.said)
        rate = words / take.duration_s * 60
        if words > 3 and rate > FASTEST:
            message = f"the line is said at {rate:.0f} words a minute, more than {FASTEST:.0f}"
            yield _found(subject, line, message, fix="a slower pace, or fewer words")


@rule("long-line", "warning")
def long_line(subject: Words) -> Iterator[Finding]:
    """A sentence that is said and has more than 24 words, or a line of more than 60.

    Who listens can't look back. Numbers count as they are said, so that one may be five words.
    """
    for line in subject.plan.lines:
        sentences: list[list[str]] = [[]]
        for word in line.line.words:
            sentences[-1] += word.said
            if word.shown.rstrip(")\"'”’")[-1:] in tuple(".!?;:"):
                sentences.append([])
        longest = max(sentences, key=len)
        if len(longest) > LONGEST_SENTENCE:
            message = f"a sentence of {len(longest)} words is said, more than {LONGEST_SENTENCE}"
            yield _found(subject, line, f"{message}: {' '.join(longest[:6])} …", fix="two sentences")
        elif len(line.line.said) > LONGEST_LINE:
            message = f"the line has {len(line.line.said)} words, more than {LONGEST_LINE}"
            yield _found(subject, line, message, fix="a beat for each thought, with a line of its own")


@rule("read-aloud", "warning")
def read_aloud(subject: Words) -> Iterator[Finding]:
    """A line that is what stands in the picture while it is said.

    Nobody likes to be read to. A line says what the picture can't: why, or what to look at. Names and short
    titles may be said.
    """
    for line in subject.plan.lines:
        for text in _shown(subject, line):
            words = [token for word in words_of(text.text, line.line.manner) for token in word.said]
            if len(words) >= FEWEST_READ and " ".join(words) in " ".join(line.line.said):
                message = f"{text.text!r} is read aloud, which stands in the picture"
                yield _found(subject, line, message, fix="say what the picture does not")


@rule("take-clipped", "warning")
def take_clipped(subject: Words) -> Iterator[Finding]:
    """A recording that was taken too loud.

    Its peaks are cut off, which can be heard and not be mended.
    """
    for line, take in _taken(subject):
        if take.clipped:
            yield _found(subject, line, f"{take.path.name} is clipped", fix="record it again, less loud")


@rule("voice-over-voice", "error")
def voice_over_voice(subject: Words) -> Iterator[Finding]:
    """A line that is still being said when the next one begins, or when its shot ends.

    Beats of length `auto` last as long as their line; a written length may be too short for it.
    """
    for line, take in _taken(subject):
        over = line.start_s + take.duration_s - line.until_s
        if over > 0.5 / subject.plan.canvas.fps:
            message = f"the line is said for {over:.2f} s longer than it has"
            yield _found(subject, line, message, fix=f"duration: auto, or {over:.2f} s more")
