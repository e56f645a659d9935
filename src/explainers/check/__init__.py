"""The referee: is every number true, can every word be read in time, does anything overlap, flash or lie?"""

from explainers.check.finding import Finding, NotChecked, Report, Silenced
from explainers.check.referee import check, judge, judged, unplanned
from explainers.check.subject import Drawn

__all__ = ["Drawn", "Finding", "NotChecked", "Report", "Silenced", "check", "judge", "judged", "unplanned"]
