"""DREX run CSVs: a row a request, most columns repeating the whole run's totals on every row.

The newest layout has 53 columns, older ones fewer. Cells of text are quoted twice over (they start and
end with an escaped quote); they are left as they are and not read. A request's duration is there, but not
when it arrived, so a run is its totals.
"""

from __future__ import annotations

from explainers.runs.model import CUT_SHORT, TOTALS_ONLY, Provenance, Run, Totals
from explainers.runs.readers._source import Refused, Source, number, whole

NAME = "DREX run CSV"

TOTALS = (
    "time",
    "throughput",
    "num_output_tokens",
    "num_ee_tokens",
    "num_no_ee_tokens",
    "request_duration_avg",
)
"""Columns whose every row holds the whole run's number."""
SETTINGS = ("avg_normal_iter_time", "avg_ee_iter_time", "avg_deep_iter_time", "rougel", "bert_score")


def read(source: Source) -> Run:
    """Raises Refused where the header lacks `seq_id` and `output`, or has no totals."""
    header = set(source.csv_header)
    if not {"seq_id", "output"} <= header:
        raise Refused("no CSV header with seq_id and output")
    if not {"time", "throughput", "num_output_tokens"} & header:
        raise Refused("none of the columns time, throughput, num_output_tokens")
    rows = source.csv_rows
    if not rows:
        raise ValueError("it has a header and no whole row")
    first = rows[0]
    for name in TOTALS:
        if len(stated := {row[name] for row in rows if name in row}) > 1:
            raise ValueError(f"its rows state different totals: {name} {' and '.join(sorted(stated)[:2])}")
    whole_table, note = _is_whole(rows, source.csv_cut)
    ee = whole(first.get("num_ee_tokens"))
    totals = Totals(
        total_time_s=number(first.get("time")),
        requests=len({row["seq_id"] for row in rows}) if whole_table else None,
        output_tokens=whole(first.get("num_output_tokens")),
        throughput_tok_s=number(first.get("throughput")),
        ee_tokens=ee,
        # A run without early exit writes 1 for its tokens: that column is then no count.
        non_ee_tokens=whole(first.get("num_no_ee_tokens")) if ee else None,
        involuntary_exits=whole(first.get("num_seq_would_not_ee_but_ee")),
        involuntary_stays=whole(first.get("num_seq_would_ee_but_stay")),
    )
    provenance = Provenance(
        system="DREX",
        settings={name: first[name] for name in SETTINGS if first.get(name)},
        source=source.path.name,
        sha256=source.sha256,
    )
    return Run(provenance, totals, (TOTALS_ONLY, *note))


def _is_whole(rows: list[dict[str, str]], cut: bool) -> tuple[bool, tuple[str, ...]]:
    """Whether all requests have a row: their mean duration is the one that every row states."""
    durations = [number(row.get("request_duration")) for row in rows]
    known = [each for each in durations if each is not None]
    stated = number(rows[0].get("request_duration_avg"))
    differs = stated is not None and bool(known) and abs(sum(known) / len(known) - stated) > 1e-6 * stated
    if cut or differs:
        return False, (f"{CUT_SHORT}: {len(rows)} requests in the table, totals of all",)
    return True, ()
