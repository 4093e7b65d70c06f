"""Ways to forecast the next period, and the choice among them on a district's own past.

Each is a ``history.Method``: ``train(past, seed=...)`` gives something that answers ``expected(past)``.
"""

from collections.abc import Mapping

from sunra.core.forecast.history import Method
from sunra.core.forecast.methods.bayes import EmpiricalBayes
from sunra.core.forecast.methods.calibrated import Calibrated
from sunra.core.forecast.methods.choice import Choice, Chosen, Score, choose
from sunra.core.forecast.methods.glm import PoissonGlm
from sunra.core.forecast.methods.naive import Naive
from sunra.core.forecast.methods.stack import Stack
from sunra.core.forecast.methods.trees import BoostedTrees

NAMED: Mapping[str, Method] = {
    "count_all": Calibrated(Naive()),
    "empirical_bayes": EmpiricalBayes(),
    "poisson_glm": PoissonGlm(),
    "boosted_trees": BoostedTrees(),
    "stack": Stack(),
}
"""The methods by the names that a choice gives them; the count is bent to expectations, order unchanged."""

__all__ = [
    "NAMED",
    "BoostedTrees",
    "Calibrated",
    "Choice",
    "Chosen",
    "EmpiricalBayes",
    "Naive",
    "PoissonGlm",
    "Score",
    "Stack",
    "choose",
]
