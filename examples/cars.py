"""Write cars.csv, the catalogue of the example domain cars.toml, beside this script.

The cars come from the public ``vega_datasets`` package (``pip install vega_datasets``), which carries the data with it.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from vega_datasets import data  # type: ignore[import-untyped]

COLUMNS = ("name", "cylinders", "origin", "year_group", "horsepower", "economy", "weight_class")
ORIGINS = {"USA": "the United States", "Europe": "Europe", "Japan": "Japan"}
MISSPELT = {
    "accelerationord": "accord",
    "chevroelt": "chevrolet",
    "maxda": "mazda",
    "toyouta": "toyota",
    "vokswagen": "volkswagen",
}
CAPITALS = {"amc", "ii", "iii", "se", "xe"}


def cut(value: float, classes: dict[float, str], last: str) -> str:
    """The text of the first class whose upper bound is above the value, else the last one."""
    return next((text for bound, text in classes.items() if value < bound), last)


def spell(name: str) -> str:
    """A car's name in capitals where one would write them: 'amc rebel sst' becomes 'AMC Rebel SST'."""
    words = [MISSPELT.get(word, word) for word in name.lower().split()]
    return " ".join(w.upper() if w in CAPITALS or not set(w) & set("aeiouy.") else w.title() for w in words)


def main() -> None:
    """Cut the numeric columns into named classes, make the names unique and write the file."""
    cars = data.cars().dropna().to_dict("records")
    shared = Counter(spell(car["Name"]) for car in cars)
    seen: Counter[str] = Counter()
    rows = []
    for car in cars:
        year = car["Year"].year
        name = spell(car["Name"])
        if shared[name] > 1:
            name = f"{name} {year}"
        seen[name] += 1
        rows.append(
            (
                name if seen[name] == 1 else f"{name} no. {seen[name]}",
                cut(car["Cylinders"], {5: "up to four cylinders", 7: "five or six cylinders"}, "eight cylinders"),
                ORIGINS[car["Origin"]],
                cut(year, {1974: "1970 to 1973", 1978: "1974 to 1977"}, "1978 to 1982"),
                cut(
                    car["Horsepower"],
                    {70: "under 70 horsepower", 90: "70 to 89 horsepower", 120: "90 to 119 horsepower"},
                    "120 horsepower or more",
                ),
                cut(
                    car["Miles_per_Gallon"],
                    {18: "under 18 miles per gallon", 25: "18 to 25 miles per gallon", 32: "25 to 32 miles per gallon"},
                    "32 miles per gallon or more",
                ),
                cut(
                    car["Weight_in_lbs"],
                    {2300: "under 2300 pounds", 3200: "2300 to 3200 pounds"},
                    "3200 pounds or more",
                ),
            )
        )
    with Path(__file__).with_name("cars.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main()
