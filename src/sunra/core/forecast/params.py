"""The dials of the method, all visible, all with a default that says where it comes from."""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sunra.core.forecast import families
from sunra.core.forecast.errors import BadParamsError

GRADES = 10
METHODS = ("count_all", "empirical_bayes", "poisson_glm", "boosted_trees", "stack")


def halving(top: float) -> tuple[float, ...]:
    """Nine rising thresholds of grades 2 to 10: ``top`` is grade 10, each lower grade is half of it."""
    return tuple(top / 2 ** (GRADES - grade) for grade in range(2, GRADES + 1))


DEFAULT_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        families.RESIDENTIAL_INTRUSION: 1.0,
        families.STREET_VIOLENCE: 1.0,
        families.THEFT: 1.0,
        families.DISORDER: 1.0,
        families.NUISANCE: 1.0,
        # an accident is prevented by other means than a patrol of crime and disorder
        families.TRAFFIC_ACCIDENT: 0.0,
    }
)

# Grade 10 of the combination: once in 50 nights or more often, in one cell in one two-hour slot. A family
# alone is rarer, so its grade 10 lies lower. Fixed: a grade means the same tonight as last week, everywhere.
DEFAULT_GRADES: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        families.COMBINED: halving(1 / 50),
        families.RESIDENTIAL_INTRUSION: halving(1 / 200),
        families.STREET_VIOLENCE: halving(1 / 100),
        families.THEFT: halving(1 / 100),
        families.DISORDER: halving(1 / 100),
        families.NUISANCE: halving(1 / 100),
        families.TRAFFIC_ACCIDENT: halving(1 / 100),
    }
)

# Without events the share of a cell is a stated guess: where people stay at night, then where they pass.
DEFAULT_PRIOR_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "licence": 1.0,
        "population": 1.0,
        "cctv": 0.5,
        "security_light": 0.5,
        "bus_stop": 0.5,
        "subway_station": 0.5,
    }
)

# Share of a day in each slot from 00-02 to 22-24: assumed (evenings and nights above mornings), not measured.
DEFAULT_PRIOR_SLOTS = (0.13, 0.09, 0.06, 0.04, 0.04, 0.05, 0.06, 0.07, 0.08, 0.11, 0.13, 0.14)


@dataclass(frozen=True)
class Params:
    """Parameters of ``forecast`` and ``prior``.

    ``half_life_days``, ``kde_metres`` and ``kde_weight`` are the values of the Chicago reference split (two
    years, 400 m, 0.6). ``slot_events`` is the strength, in events, with which the district's profile by hour
    and weekday is pulled to "every weekday alike"; ``cell_slot_events`` that with which a cell's profile is
    pulled to the district's. ``methods``: family to the learnt method (one of ``METHODS``) that gives its
    expectation per cell; families without one use empirical Bayes with the weights above, which needs no
    training. ``near_repeats``: family to (metres, days, extra events an incident), from the function of that
    name; none by default. ``min_exposure_days`` keeps a single event from becoming "one every day".
    ``min_graded_events``: below it expected counts are given but no grade. ``prior_even_share``: part of the
    prior that is spread evenly, whatever the covariates say.
    """

    half_life_days: float = 730.0
    kde_metres: float = 400.0
    kde_weight: float = 0.6
    slot_events: float = 60.0
    cell_slot_events: float = 60.0
    min_exposure_days: float = 28.0
    min_graded_events: float = 30.0
    methods: Mapping[str, str] = field(default_factory=dict)
    near_repeats: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=lambda: DEFAULT_WEIGHTS)
    grades: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: DEFAULT_GRADES)
    prior_weights: Mapping[str, float] = field(default_factory=lambda: DEFAULT_PRIOR_WEIGHTS)
    prior_slots: tuple[float, ...] = DEFAULT_PRIOR_SLOTS
    prior_even_share: float = 0.3

    def __post_init__(self) -> None:
        """Refuse values without meaning with ``BadParamsError``."""
        positive = ("half_life_days", "kde_metres", "slot_events", "cell_slot_events", "min_exposure_days")
        for name in positive:
            _require(math.isfinite(getattr(self, name)) and getattr(self, name) > 0, name)
        _require(math.isfinite(self.kde_weight) and self.kde_weight >= 0, "kde_weight")
        _require(math.isfinite(self.min_graded_events) and self.min_graded_events >= 0, "min_graded_events")
        _require(0 <= self.prior_even_share <= 1, "prior_even_share")
        for name in ("weights", "prior_weights"):
            _require(all(math.isfinite(w) and w >= 0 for w in getattr(self, name).values()), name)
        for steps in self.grades.values():
            rising = all(low < high for low, high in itertools.pairwise(steps))
            _require(len(steps) == GRADES - 1 and steps[0] > 0 and rising, "grades")
        _require(families.COMBINED in self.grades, "grades")
        slots_ok = len(self.prior_slots) == 12 and all(share >= 0 for share in self.prior_slots)
        _require(slots_ok and math.isclose(sum(self.prior_slots), 1.0, abs_tol=1e-6), "prior_slots")
        _require(all(name in METHODS for name in self.methods.values()), "methods")
        for term in self.near_repeats.values():
            _require(len(term) == 3 and term[0] > 0 and term[1] >= 1 and 0 <= term[2] <= 1, "near_repeats")
        _require(not families.REFUSED & self.weights.keys(), "weights")


def _require(fact: bool, name: str) -> None:  # noqa: FBT001 - a predicate, not a switch
    if not fact:
        raise BadParamsError("a parameter is outside its meaning", name=name)
