"""Single files of a Sarathi-Serve folder: a completion series is a progress timeline, others are refused."""

from __future__ import annotations

import numpy as np

from explainers.errors import Diagnostic, InvalidInput
from explainers.runs.model import CUT_SHORT, Progress, Provenance, Run, Totals
from explainers.runs.readers._source import Refused, Source

NAME = "Sarathi-Serve time series"

NO_TOKENS = "finished requests over time only: no tokens"


def read(source: Source) -> Run:
    """Raises Refused for other files, InvalidInput for the files of a folder that hold no execution."""
    _refuse_requests(source)
    header = source.csv_header
    if len(header) != 2 or header[0] != "time (sec)":
        raise Refused("no CSV header of Time (sec) and one series")
    if header[1] != "request_completion":
        _refuse(source, f"a series of {header[1]}, not of finished requests; use the folder")
    cells = [(float(row[header[0]]), int(float(row[header[1]]))) for row in source.csv_rows]
    if not cells:
        raise ValueError("it has no row")
    at_s, completed = (np.array(column) for column in zip(*sorted(cells), strict=True))
    provenance = Provenance(system="Sarathi-Serve", source=source.path.name, sha256=source.sha256)
    totals = Totals(total_time_s=float(at_s[-1]), requests=int(completed[-1]))
    caveats = (NO_TOKENS, CUT_SHORT) if source.csv_cut else (NO_TOKENS,)
    return Run(provenance, totals, caveats, Progress(at_s.astype(np.float64), completed.astype(np.int64)))


def _refuse_requests(source: Source) -> None:
    value = source.json
    if (
        isinstance(value, list)
        and value
        and isinstance(value[0], dict)
        and {"arrived_at", "num_decode_tokens"} <= set(value[0])
    ):
        _refuse(
            source, "the dataset of a run (arrivals and lengths), with no time of service; use the folder"
        )


def _refuse(source: Source, what: str) -> None:
    raise InvalidInput([Diagnostic("no-execution", f"{source.path.name} is {what}")])
