"""series.py NAME DATA: the peers of a series of numbers. It prints a JSON line for each model.

The last fifth of the rows is the test. "score" is the error (RMSE) of one step over all test rows, each predicted from the
true rows before it; "ahead" is that of the first HORIZON test rows, which are predicted from the rows of the training and from
predictions. scikit-learn's MLP and LightGBM get the same inputs as plummet: the values of the LAGS rows before, the number
of the row as its time, and sine and cosine of its place in the year.
"""
import csv
import json
import os
import sys

import numpy as np

LAGS, HORIZON = 12, 12


class Series:
    """A table of a date and a number in each row. season: rows from one season to the next."""

    def __init__(self, name, target, season):
        self.name, self.target, self.season = name, target, season
        self.options = f"target={target} lags={LAGS}"

    def path(self, data):
        return os.path.join(data, self.name + ".csv")

    def lines(self, data):
        """The header and the rows as text, and how many rows are for training."""
        with open(self.path(data), encoding="utf-8") as file:
            head, *rows = [line for line in file.read().split("\n") if line.strip()]
        return head, rows, len(rows) * 4 // 5

    def values(self, data):
        """The place of each row in its year, in [0, 1), and the numbers."""
        _, rows, _ = self.lines(data)
        cells = list(csv.reader(rows))
        dates = [[int(v) for v in c[0].split("-")] + [1] for c in cells]
        return np.array([(d[1] - 1 + (d[2] - 1) / 31) / 12 for d in dates]), np.array([float(c[-1]) for c in cells])


SERIES = [
    Series("airline-passengers", "Passengers", 12),
    Series("daily-min-temperatures", "Temp", 365),
    Series("monthly-sunspots", "Sunspots", 132),
]


def error(true, predicted):
    return float(np.sqrt(np.mean((np.asarray(true) - np.asarray(predicted)) ** 2)))


def inputs(y, place, row):
    """What a model sees of a row. y: the values before it."""
    turn = 2 * np.pi * place[row]
    return np.array([*y[row - LAGS:row], row, np.sin(turn), np.cos(turn)])


def naive(lag):
    """The value `lag` rows before, as a model."""
    return lambda y, row: y[row - lag]


def fitted(net, y, place, cut):
    net.fit(np.array([inputs(y, place, i) for i in range(LAGS, cut)]), y[LAGS:cut])
    return lambda known, row: net.predict(inputs(known, place, row)[None])[0]


def models(y, place, cut, season):
    from lightgbm import LGBMRegressor
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    mlp = make_pipeline(StandardScaler(), TransformedTargetRegressor(MLPRegressor(random_state=0),
                                                                     transformer=StandardScaler()))
    return {"naive": naive(1), "season": naive(season), "sklearn": fitted(mlp, y, place, cut),
            "lightgbm": fitted(LGBMRegressor(verbose=-1, random_state=0, n_jobs=1), y, place, cut)}


def ahead(model, y, cut):
    """Predictions of the first test rows, each from those before it."""
    known = list(y[:cut])
    for row in range(cut, cut + HORIZON):
        known.append(model(np.array(known), row))
    return known[cut:]


def main():
    name, data = sys.argv[1:]
    series = next(s for s in SERIES if s.name == name)
    place, y = series.values(data)
    cut = series.lines(data)[2]
    for name, model in models(y, place, cut, series.season).items():
        step = [model(y, row) for row in range(cut, len(y))]
        print(json.dumps({"model": name, "table": series.name, "split": 0, "score": error(y[cut:], step),
                          "ahead": error(y[cut:cut + HORIZON], ahead(model, y, cut))}), flush=True)


if __name__ == "__main__":
    import warnings
    warnings.simplefilter("ignore")
    main()
