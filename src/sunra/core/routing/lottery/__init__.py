"""Plans drawn by lot: hard to foresee, fair to every 법정동, and within a stated loss of the best."""

from sunra.core.routing.lottery.draw import draw
from sunra.core.routing.lottery.edits import Edits, Randomness, randomness
from sunra.core.routing.lottery.model import Drawn, Night, Places, Policy, night_of, secret_seed

__all__ = [
    "Drawn",
    "Edits",
    "Night",
    "Places",
    "Policy",
    "Randomness",
    "draw",
    "night_of",
    "randomness",
    "secret_seed",
]
