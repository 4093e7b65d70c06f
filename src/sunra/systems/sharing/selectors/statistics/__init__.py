"""Everything that reads statistics: runs, figures per unit, series with bands, like areas, saved views."""

from sunra.systems.sharing.selectors.statistics.figures import Figure, Shown, figures, staff_only
from sunra.systems.sharing.selectors.statistics.likeness import Likeness, likeness
from sunra.systems.sharing.selectors.statistics.public import Area, AreaFigures, area_figures
from sunra.systems.sharing.selectors.statistics.saved import reports, saved_view, saved_views
from sunra.systems.sharing.selectors.statistics.series import Series, series
from sunra.systems.sharing.selectors.statistics.stored import latest, latest_released, run, runs, table
from sunra.systems.sharing.selectors.statistics.view import View

__all__ = [
    "Area",
    "AreaFigures",
    "Figure",
    "Likeness",
    "Series",
    "Shown",
    "View",
    "area_figures",
    "figures",
    "latest",
    "latest_released",
    "likeness",
    "reports",
    "run",
    "runs",
    "saved_view",
    "saved_views",
    "series",
    "staff_only",
    "table",
]
