"""A race as data for a page: what the film shows at each of its frames, for `<explainer-race>` to show again.

A playback step is a frame of the film. Every counter is a column with a value a step, taken from the text
that the film writes there, so that page and film can't differ in a digit. `docs/embedding.md` describes the
format.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from explainers.digest import digest_bytes, digest_value
from explainers.errors import UsageError, nearest
from explainers.facts.numbers import written
from explainers.kinds.base import ShotPlan
from explainers.kinds.race.batch import Batch
from explainers.kinds.race.cards import FINISH, change_of, rows_of, scale_end, value_in, words_of
from explainers.kinds.race.clock import START_S, RaceClock, decimals, moment_words
from explainers.kinds.race.course import track_fill
from explainers.kinds.race.curves import NAMES, Waits, axis_end_s, three_digits, waits_of
from explainers.kinds.race.lanes import batch_once
from explainers.kinds.race.measures import MEASURES, STEADY, UNKNOWN, Race, done, head_count, head_rate
from explainers.plan import Plan
from explainers.runs.model import Run
from explainers.site.races import element_lines, race_page, shared_files
from explainers.site.text import asset, one_line
from explainers.site.videos import RACE, RACES
from explainers.site.work import Work, planned
from explainers.theme import THEMES, Theme, contrast, mix

FORMAT = "race/1"
PLACES = 1 << 15
"""Places along the axis are whole numbers from 0 to this at the finish line."""
TILE_BARS = 600
"""About how many requests a tile of the lanes holds."""
EDGES, CURVES_EVERY_S = 40, 0.25
"""Points of a curve of waits, and film seconds between two of its states."""
_NUMBER = re.compile(r"([\d,]+)(?:\.(\d+))?(\D*)")
_ROUND_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000, 36000, 86400)


def race_shot(plan: Plan, shot_id: str | None = None) -> ShotPlan:
    """The race that is meant: the shot of that id, or the only race. UsageError where it is not there."""
    races = [shot for shot in plan.shots if shot.kind == "race"]
    names = [shot.id for shot in races]
    if not races:
        raise UsageError(f"{plan.video} has no race: no shot of it is of the kind race")
    if shot_id is None and len(races) > 1:
        raise UsageError(
            f"{plan.video} has several races: {', '.join(f'{plan.video}:{name}' for name in names)}"
        )
    if shot_id is not None and shot_id not in names:
        near = nearest(shot_id, names)
        hint = f"did you mean {near!r}?" if near else f"races: {', '.join(names)}"
        raise UsageError(f"no race {shot_id!r} in {plan.video}; {hint}")
    return races[names.index(shot_id) if shot_id else 0]


def column(texts: Sequence[str]) -> dict[str, Any]:
    """Texts of one number over the steps as whole numbers, each the difference from the one before.

    `digits` are behind the point, `unit` follows; what is no number of that form is one of `words`, and has
    the value -1 for the first of them, -2 for the second.
    """
    parsed = [_NUMBER.fullmatch(text) for text in texts]
    forms = [(len(match[2] or ""), match[3]) for match in parsed if match]
    digits, unit = max(forms, key=forms.count, default=(0, ""))
    words: list[str] = []
    values = []
    for text, match in zip(texts, parsed, strict=True):
        if match and (len(match[2] or ""), match[3]) == (digits, unit):
            values.append(int(match[1].replace(",", "") + (match[2] or "")))
            continue
        words += [text] if text not in words else []
        values.append(-1 - words.index(text))
    found: dict[str, Any] = {"values": _differences(values)}
    return found | {
        key: value for key, value in (("digits", digits), ("unit", unit), ("words", words)) if value
    }


def _differences(values: Iterable[float]) -> list[int]:
    whole = [round(value) for value in values]
    return [after - before for before, after in zip([0, *whole], whole, strict=False)]


@dataclass(frozen=True)
class RaceData:
    """The race of one shot of a plan."""

    plan: Plan
    shot: ShotPlan

    @cached_property
    def race(self) -> Race:
        return Race.of(self.shot)

    @cached_property
    def clock(self) -> RaceClock:
        return RaceClock.of(self.race)

    @property
    def frames(self) -> range:
        """The frames of the shot that are steps: from the clock's start to where it stops."""
        fps = self.shot.canvas.fps
        return range(math.floor(START_S * fps), math.ceil(self.clock.stop_s * fps - 1e-6) + 1)

    @cached_property
    def seconds(self) -> list[float]:
        """The run second of each step."""
        return [self.clock.at(frame / self.shot.canvas.fps) for frame in self.frames]

    def stop_s(self, run: Run) -> float:
        """The run second at which a run's numbers stop."""
        end_s = self.race.arrival_s(run) if self.race.params.tracks else run.end_s
        return min(end_s, self.clock.until_s)

    def arrives(self, run: Run) -> bool:
        """Whether the run is done before the clock stops."""
        end_s = self.race.arrival_s(run) if self.race.params.tracks else run.end_s
        return end_s <= self.clock.until_s + 1e-6

    # -- the counters ----------------------------------------------------------------------------

    def counters(self, run: Run) -> dict[str, tuple[str, Callable[[float], str]]]:
        """The counters of a run by name: what each is called, and how it is written at a run second.

        What the run can't say is left out.
        """
        race, found = self.race, dict[str, tuple[str, Callable[[float], str]]]()
        if race.params.tracks:
            found["count"] = "done", lambda s: head_count(race, run, s, self.clock.format)
        elif run.knows_completed:
            found["count"] = f"{race.params.unit} done", lambda s: f"{done(run, s):,}"
        for name, measure in MEASURES.items():
            if measure.known(run):
                found[name] = measure.label, partial(measure.text_at, run)
        if race.params.tracks and run.knows_tokens:
            found["throughput"] = MEASURES["throughput"].label, lambda s: head_rate(run, s)
        return found

    def text_at(self, run: Run, name: str, step: int) -> str:
        """A counter of a run as it is written at a step."""
        return self.counters(run)[name][1](min(self.seconds[step], self.stop_s(run)))

    def _place(self, run: Run, s: float) -> float:
        """How far a run is at its second `s`, as a share of the way to the finish line."""
        if self.race.params.tracks:
            return self.race.along(run, s) / self.race.goal
        total = run.request_count if run.knows_completed else None
        return float(run.completed_at(s)) / total if total else s / max(run.end_s, 1e-9)

    # -- race.json -------------------------------------------------------------------------------

    def files(self) -> dict[str, str]:
        """`race.json` and the tiles of its lanes, by name."""
        tiles = self._tiles()
        files = {f"lanes-{index}.json": _json(tile) for index, tile in enumerate(tiles)}
        body = self.body()
        if tiles:
            body["lanes"] = self._lanes() | {
                "tiles": [
                    {"file": name, "from": tile["from"], "until": tile["until"]}
                    | {"sha256": digest_bytes(files[name].encode())}
                    for name, tile in zip(files, tiles, strict=True)
                ]
            }
        return {RACE: _json(body)} | files

    def body(self) -> dict[str, Any]:
        """Everything but the lanes, as it is written."""
        race, clock, shot, params = self.race, self.clock, self.shot, self.race.params
        fps, digits, start = shot.canvas.fps, decimals(clock.until_s), self.plan.start_frames[shot.id]
        speeds = [clock.speed_at(frame / fps) for frame in self.frames]
        head, *sub = self._title()
        gap = self._gap()
        return {
            "format": FORMAT,
            "video": self.plan.video,
            "shot": shot.id,
            "made_from": digest_value([shot.params, *(self._run_digest(run) for run in race.runs)]),
            "title": head,
            "subtitle": ", ".join(sub) or race.compared,
            "time": race.time_note,
            "unit": race.amount if params.tracks else params.unit,
            "axis": params.axis if params.tracks else "requests",
            "goal": _whole(race.goal) if params.tracks else max(run.request_count or 0 for run in race.runs),
            "cell": _whole(race.cell) if params.tracks else None,
            "film": {"fps": fps, "first_frame": start + self.frames.start, "lead_s": self.frames.start / fps},
            "clock": {
                "digits": digits,
                "values": _differences(s * 10**digits for s in self.seconds),
                "speed": column([self._factor(speed) for speed in speeds]),
            },
            "runs": [self._run(index, run) for index, run in enumerate(race.runs)],
            "gap": gap,
            "cards": self._cards(),
            "moments": self._moments(),
            "latency": self._latency(),
            "provenance": shot.provenance,
            "notes": self.notes,
            "sources": self._sources(),
            "themes": {("dark" if theme.dark else "light"): self._tokens(theme) for theme in THEMES.values()},
        }

    def _factor(self, speed: float) -> str:
        known = next((each for each, _ in self.clock.stretches if math.isclose(each, speed)), None)
        return f"{round(speed) if known is None else known:.2f}"

    def _title(self) -> list[str]:
        """The words over the picture: those of the first beat, else the shot's own, else what is raced."""
        said = next((beat.statement for beat in self.shot.beats if beat.statement), None)
        words = said or self.shot.statement or self.shot.title or self.race.raced
        return [one_line(line).replace("*", "") for line in words.split("\n")]

    @property
    def notes(self) -> list[str]:
        """What a reader must know, each once: of the picture, of the author, and the caveats of the runs."""
        race, params = self.race, self.race.params
        found = [STEADY] if params.tracks and race.steady else []
        found += [params.remark] if params.remark else []
        found += [self.shot.footer] if self.shot.footer else []
        if params.tracks:
            size = f"{race.cell:,g}" + (" s" if params.axis == "time" else f" {race.amount}")
            found.insert(0, f"a cell is {size}")
        return list(dict.fromkeys(found))

    def _run_digest(self, run: Run) -> str:
        return digest_value([run.provenance, run.totals, [self._place(run, s) for s in self.seconds[::30]]])

    def _run(self, index: int, run: Run) -> dict[str, Any]:
        race, entry, until = self.race, self.race.params.entries[index], self.stop_s(run)
        seconds = [min(s, until) for s in self.seconds]
        counters = {
            name: {"label": label} | column([text_at(s) for s in seconds])
            for name, (label, text_at) in self.counters(run).items()
        }
        tracks, source = race.params.tracks, run.provenance
        stopped = next((step for step, s in enumerate(self.seconds) if s >= until), len(seconds) - 1)
        facts = {
            **{name: getattr(source, name) for name in ("system", "policy", "model", "hardware", "dataset")},
            **source.settings,
        }
        return {
            "name": entry.run,
            "label": entry.label or run.label or entry.run,
            "caption": tracks[index].caption if tracks else None,
            "hatched": bool(tracks) and tracks[index].hatched,
            "role": entry.role,
            "kind": source.kind,
            "arrives": self.arrives(run),
            "end": written(until, self.clock.format),
            "end_step": stopped,
            "lost": run.outcomes.words,
            "places": _differences(self._place(run, s) * PLACES for s in seconds),
            "counters": counters,
            "caveats": list(run.caveats),
            "facts": {name: value for name, value in facts.items() if value},
            "source": {"text": source.source, "url": _web(source.source), "sha256": source.sha256},
        }

    def _gap(self) -> dict[str, Any] | None:
        gap, unit = self.race.params.gap, self.race.amount
        if gap is None or not self.race.params.tracks:
            return None
        names = [(lane.run, lane.row) for lane in self.race.params.tracks]
        ahead, over = (
            next(index for index, name in enumerate(names) if wanted in name)
            for wanted in (gap.run, gap.over)
        )
        return {"run": ahead, "over": over, "words": gap.words or f"{unit} ahead".strip()}

    def _moments(self) -> dict[str, Any] | None:
        """Equal times on the tracks: their words, and where each run was then."""
        race, clock = self.race, self.clock
        if not race.params.tracks or race.params.axis == "time" or race.params.every == 0:
            return None
        every = race.params.every or next(
            step for step in _ROUND_STEPS if clock.until_s / step <= 8 or step == _ROUND_STEPS[-1]
        )
        last = min(map(self.stop_s, race.runs))
        at = [every * k for k in range(1, int(last / every + 1e-9) + 1) if every * k > clock.from_s]
        places = [[round(self._place(run, s) * PLACES) for s in at] for run in race.runs]
        counts = [[race.count(run, s) for s in at] for run in race.runs]
        steps = [next(step for step, s in enumerate(self.seconds) if s >= moment) for moment in at]
        return {"words": [moment_words(s) for s in at], "steps": steps, "places": places, "counts": counts}

    def _cards(self) -> dict[str, Any] | None:
        """What each run won and paid, as the film's cards write it; None where the film has none."""
        cards, lanes = self.race.params.cards, self.race.params.tracks
        if cards is None:
            return None
        table = self.shot.tables[cards.table]
        values = [
            [value_in(cell, row, table) if row else None for cell in cards.cells]
            for row in rows_of(cards, lanes, table)
        ]
        base = next(index for index, lane in enumerate(lanes) if cards.baseline in (lane.run, lane.row))
        headings: list[dict[str, Any]] = [{"heading": cards.heading}]
        for cell in cards.cells:
            low, high = (scale_end(float(end)) for end in cell.scale or (0, 0))
            scale = {"mark": cell.mark, "low": low, "high": high} if cell.scale else {}
            headings.append({"heading": cell.heading} | scale)
        runs = []
        for lane, figures in zip(lanes, values, strict=True):
            cells: list[dict[str, Any]] = [{"word": lane.tags.get(FINISH)}]
            for cell, value, other in zip(cards.cells, figures, values[base], strict=True):
                from_value, to_value = (float(end) for end in cell.scale or (0, 0))
                length = to_value - from_value
                share = (value - from_value) / length if value is not None and length else None
                cells.append(
                    {
                        "text": words_of(cell, value),
                        "share": share and round(share, 4),
                        "change": None if lane is lanes[base] else change_of(cell, value, other),
                        "word": lane.tags.get(cell.id),
                        "filled": cell.id in lane.filled,
                    }
                )
            runs.append({"flag": lane.flag, "cells": [_without_nothing(cell) for cell in cells]})
        return {"baseline": base, "cells": headings, "runs": runs}

    # -- waits -----------------------------------------------------------------------------------

    def _latency(self) -> dict[str, Any] | None:
        """Curves of waits that were over, at every few steps; None where no run knows one."""
        every = max(1, round(CURVES_EVERY_S * self.shot.canvas.fps))
        steps = sorted({*range(0, len(self.seconds), every), len(self.seconds) - 1})
        plots = []
        for name in NAMES:
            known = [waits_of(run).get(name) for run in self.race.runs]
            if there := [waits for waits in known if waits]:
                end_s = axis_end_s(there)
                unit, per_s = ("ms", 1000.0) if end_s < 1 else ("s", 1.0)
                runs = [
                    self._curves(run, waits, steps, end_s, per_s) if waits else None
                    for run, waits in zip(self.race.runs, known, strict=True)
                ]
                plots.append({"name": name, "unit": unit, "end": round(end_s * per_s, 6), "runs": runs})
        return {"every": every, "plots": plots} if plots else None

    def _curves(
        self, run: Run, waits: Waits, steps: Sequence[int], end_s: float, per_s: float
    ) -> dict[str, Any]:
        """Shares in thousandths at each edge, a row a state, as differences from the row before."""
        moments = np.minimum([self.seconds[step] for step in steps], self.stop_s(run))
        counts = waits.grown(np.linspace(0.0, end_s, EDGES), moments)
        shares = np.round(counts * 1000 / max(1, waits.at_s.size)).astype(int)
        medians = (waits.median(float(s)) for s in moments)
        texts = [UNKNOWN if median is None else three_digits(median * per_s) for median in medians]
        return {"rows": np.diff(shares, axis=0, prepend=0).tolist(), "medians": texts}

    # -- lanes -----------------------------------------------------------------------------------

    @cached_property
    def batches(self) -> list[Batch | None]:
        return [batch_once(run) for run in self.race.runs]

    def _lanes(self) -> dict[str, Any]:
        known = [batch for batch in self.batches if batch]
        typical = float(np.median([batch.bars.typical_s() for batch in known]))
        return {"typical_s": typical, "slots": [batch.slots if batch else 0 for batch in self.batches]}

    def _tiles(self) -> list[dict[str, Any]]:
        """The bars of the lanes by stretches of time; a bar is in each tile that it meets. Milliseconds."""
        known = [batch for batch in self.batches if batch]
        if not known:
            return []
        bars, until_s = sum(batch.bars.row.size for batch in known), self.clock.until_s
        count = max(1, math.ceil(bars / TILE_BARS))
        edges = np.linspace(0.0, until_s, count + 1)
        tiles = []
        for from_s, to_s in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            pairs = zip(self.race.runs, self.batches, strict=True)
            runs = [_bars(run, batch, from_s, to_s) if batch else None for run, batch in pairs]
            tiles.append({"from": round(from_s * 1000), "until": round(to_s * 1000), "runs": runs})
        return tiles

    # -- words and colours -----------------------------------------------------------------------

    def _sources(self) -> list[dict[str, Any]]:
        """The sources of the film that this shot's footer names."""
        footer = self.shot.footer or ""
        named = [
            source for source in self.plan.sources.values() if (source.label or source.citation) in footer
        ]
        return [{"text": one.citation, "kind": one.kind, "url": one.url and _web(one.url)} for one in named]

    def _tokens(self, theme: Theme) -> dict[str, Any]:
        """The theme's colours by name, and each run's: its track, the words on it, and its figures."""
        names = ("text", "muted", "accent", "warn", "exit")
        runs = []
        for entry in self.race.params.entries:
            quiet = entry.role == "baseline"
            fill = track_fill(theme, entry.role)
            block = mix(theme.background, theme.fill("baseline"), 0.32) if quiet else fill
            on = max(theme.background, theme.color("text"), key=lambda color: contrast(color, block))
            tail = mix(theme.background, fill, 0.36 if theme.dark else 0.5)
            figure = theme.color("text" if quiet else entry.role)
            runs.append({"fill": fill, "tail": tail, "block": block, "on": on, "figure": figure})
        plain = {name: theme.color(name) for name in names}
        ground = {"background": theme.background, "panel": theme.panel, "line": theme.line}
        return plain | ground | {"ground": list(theme.ground), "runs": runs}


def _bars(run: Run, batch: Batch, from_s: float, to_s: float) -> dict[str, Any]:
    """The requests at work between two moments, in columns; -1 is what the log does not say."""
    requests, bars = run.requests, batch.bars
    assert requests is not None
    meets = np.flatnonzero((bars.start_s < to_s) & (bars.end_s > from_s))
    rows = batch.requests[meets]

    def times(values: Any) -> list[int]:
        known = np.where(np.isfinite(values), np.round(values * 1000), -1)
        return _differences(known.tolist())

    return {
        "ids": [requests.ids[row] for row in rows.tolist()],
        "slots": bars.row[meets].tolist(),
        "start": times(bars.start_s[meets]),
        "end": times(bars.end_s[meets]),
        "arrival": times(requests.arrival_s[rows]),
        "first": times(requests.first_token_s[rows]),
        "prompt": requests.prompt_tokens[rows].tolist(),
        "output": requests.output_tokens[rows].tolist(),
        "failed": np.flatnonzero(bars.kind[meets]).tolist(),
    }


def _without_nothing(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None and value is not False}


def _whole(value: float) -> float:
    return int(value) if value == int(value) else value


def _web(source: str) -> str | None:
    """The address of a source: as it is, or of a file at a commit; None where it has none."""
    if re.match(r"https?://", source):
        return source
    match = re.fullmatch(r"github\.com/([\w.-]+/[\w.-]+)/([^@]+)@([0-9a-f]{7,40})", source)
    return f"https://github.com/{match[1]}/blob/{match[3]}/{match[2]}" if match else None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def race_work(data: RaceData, out: Path | None, renders: Path) -> Work:
    """The plan of `embed race`: data beside the finished video, or a folder with a page in it.

    `out` is a folder for any host. Its notes are the lines for a page.
    """
    files = data.files()
    made = json.loads(files[RACE])
    folder = f"{RACES}/{data.shot.id}"
    if out is None:
        there: dict[str, str | Path] = {f"{folder}/{name}": content for name, content in files.items()}
        notes: tuple[str, ...] = (f"a page asks for it: // put race here: {data.plan.video}:{data.shot.id}",)
        return Work(files=planned(renders / data.plan.video, there), notes=notes)
    page = race_page(made, "", made_alone=True)
    there = {**shared_files(), **files, "index.html": page}
    there |= {name: asset(name) for name in ("player.css", "watch.css", "player.js")}
    head = '<link rel="stylesheet" href="player.css">', '<script type="module" src="race.js"></script>'
    notes = ("in the page's head:", *head, "where the race is to be:", *element_lines(made, RACE))
    return Work(files=planned(out, there), notes=notes)
