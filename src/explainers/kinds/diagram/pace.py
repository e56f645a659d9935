"""How long a beat's acts take, without knowing where anything is."""

from __future__ import annotations

from explainers.kinds.diagram import acts
from explainers.kinds.diagram.verbs import BeatParams, Verbs


def beat_seconds(beat: BeatParams) -> float:
    """How long a beat's acts take, seen alone: every name it uses is taken to be where it must be."""
    return sum(_step_seconds(step) for step in (beat, *beat.then))


def _step_seconds(step: Verbs) -> float:
    looks = [0.0]
    if step.reveal:
        looks.append(len(step.reveal) * acts.LAG_S + acts.ENTER_S)
    if step.relabel or step.recolor or step.mark or step.highlight:
        looks.append(acts.LOOK_S)
    if step.transform:
        looks.append(acts.MORPH_S)
    moves = [0.0]
    if step.move:
        moves.append(acts.travel_s(max(1, len(step.move.along))) + len(step.move.tokens) * acts.TOKEN_LAG_S)
    if step.split:
        moves.append(acts.LOOK_S + acts.travel_s(2) + (len(step.split.leave) + 1) * acts.TOKEN_LAG_S)
    if step.merge:
        moves.append(acts.CLOSE_S + acts.REST_S + acts.travel_s(len(step.merge.along)) + acts.LOOK_S)
    if step.fill:
        moves.append(
            (acts.travel_s(2) if step.fill.from_ else acts.ENTER_S) + len(step.fill.with_) * acts.TOKEN_LAG_S
        )
    if step.reorder:
        moves.append(acts.SHUFFLE_S)
    if step.map:
        moves.append(acts.LINK_S + len(step.map.from_) * acts.TOKEN_LAG_S)
    if step.pulse:
        moves.append(acts.travel_s(len(step.pulse.along) - 1))
    if step.write:
        moves.append(acts.ENTER_S + 2 * len(step.write) * acts.TERM_LAG_S)
    return max(looks) + max(moves) + acts.LEAD_S + acts.REST_S
