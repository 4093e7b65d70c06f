"""An attacker who tries every possible world: whole numbers, no linear program, nothing of the product."""

from collections.abc import Iterator
from itertools import product

Shown = dict[tuple[str, ...], int | None]


def worlds(dims: dict[str, list[str]], tables: list[tuple[tuple[str, ...], Shown]], most: int) -> Iterator:
    """Every table of counts 0 … ``most`` over all combinations that agrees with what is shown."""
    names = list(dims)
    atoms = list(product(*dims.values()))
    sums = []
    for own, shown in tables:
        at = [names.index(name) for name in own]
        for key, count in shown.items():
            if count is not None:
                parts = [i for i, atom in enumerate(atoms) if tuple(atom[p] for p in at) == key]
                sums.append((parts, count))
    yield from _fill(atoms, sums, [], most)


def _fill(atoms: list, sums: list, values: list[int], most: int) -> Iterator[dict]:
    done = len(values)
    for parts, count in sums:
        known = sum(values[part] for part in parts if part < done)
        open_parts = sum(part >= done for part in parts)
        if known > count or known + open_parts * most < count:
            return
    if done == len(atoms):
        yield dict(zip(atoms, values, strict=True))
        return
    for value in range(most + 1):
        yield from _fill(atoms, sums, [*values, value], most)


def ranges(dims: dict[str, list[str]], tables: list[tuple[tuple[str, ...], Shown]], most: int) -> dict:
    """(table, key) of each hidden cell → lowest and highest sum over all worlds."""
    names = list(dims)
    found: dict = {}
    for world in worlds(dims, tables, most):
        for number, (own, shown) in enumerate(tables):
            at = [names.index(name) for name in own]
            for key, count in shown.items():
                if count is None:
                    value = sum(n for atom, n in world.items() if tuple(atom[p] for p in at) == key)
                    low, high = found.get((number, key), (value, value))
                    found[number, key] = (min(low, value), max(high, value))
    return found
