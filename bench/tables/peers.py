"""peers.py MODEL DATA: trains MODEL on splits of tables, tests it, and prints a JSON line for each. Standard input has a
line "TABLE;NUMBER" for each split.

Each model is at its defaults. Numbers that are missing are filled with the median and words with their most frequent
value where the model does not take gaps; words are one-hot for scikit-learn. "seconds" is what a user waits for: the
time of the imports, of reading, of the fit and of writing the model; "cpu" counts the same in CPU seconds.
PEER_THREADS: threads of a model, default 2. PEER_EPOCHS: RealMLP-TD trains for so many of its 256 epochs, and its seconds
are multiplied accordingly.
"""
import json
import os
import pickle
import resource
import sys
import tempfile
import time
import warnings

BEGUN = time.time()

import numpy as np  # noqa: E402

import score  # noqa: E402
import tables  # noqa: E402

warnings.simplefilter("ignore")
THREADS = int(os.environ.get("PEER_THREADS", "2"))
EPOCHS = int(os.environ.get("PEER_EPOCHS", "256"))


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def words_of(x):
    return [c for c in x.columns if x[c].dtype == object or str(x[c].dtype) in ("string", "str", "category")]


def mlp(classes):
    from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    def make(x):
        words = words_of(x)
        numbers = [c for c in x.columns if c not in words]
        prepared = ColumnTransformer([
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            ("words", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")),
             words)])
        if classes:
            return make_pipeline(prepared, MLPClassifier(random_state=0))
        return make_pipeline(prepared, TransformedTargetRegressor(MLPRegressor(random_state=0),
                                                                  transformer=StandardScaler()))
    return make


def realmlp(classes):
    from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor
    kind = RealMLP_TD_Classifier if classes else RealMLP_TD_Regressor
    return lambda x: kind(device="cpu", random_state=0, n_threads=THREADS, n_epochs=EPOCHS)


def lightgbm(classes):
    from lightgbm import LGBMClassifier, LGBMRegressor
    return lambda x: (LGBMClassifier if classes else LGBMRegressor)(verbose=-1, random_state=0, n_jobs=THREADS)


def catboost(classes):
    from catboost import CatBoostClassifier, CatBoostRegressor
    kind = CatBoostClassifier if classes else CatBoostRegressor
    return lambda x: kind(verbose=0, random_seed=0, allow_writing_files=False, thread_count=THREADS,
                          cat_features=words_of(x))


MODELS = {"sklearn": mlp, "realmlp": realmlp, "lightgbm": lightgbm, "catboost": catboost}


def prepare(model, x, medians):
    """The inputs as the model takes them."""
    x = x.copy()
    for c in words_of(x):
        if model == "lightgbm":
            x[c] = x[c].astype("category")
        elif model != "sklearn":
            x[c] = x[c].astype(object).fillna("missing").astype(str)
    if model == "realmlp":
        x = x.fillna(medians)
    return x


def measure(table, model, make, folder, start):
    """Trains and tests one split. start: seconds and CPU seconds of the imports."""
    begun, used = time.time(), cpu()
    x, y = table.frame(os.path.join(folder, "train.csv"), table.skip)
    medians = x.median(numeric_only=True)
    x.columns = [f"c{i}" for i in range(x.shape[1])]
    medians.index = [c for c in x.columns if c not in words_of(x)]
    given = prepare(model, x, medians)
    net = make(given)
    values, answer = (np.unique(y, return_inverse=True)) if table.classes else (None, y.to_numpy())
    net.fit(given, answer)
    with open(os.path.join(folder, "model.pickle"), "wb") as file:
        pickle.dump(net, file)
    share = 256 / EPOCHS if model == "realmlp" else 1
    seconds, spent = (time.time() - begun) * share + start[0], (cpu() - used) * share + start[1]
    x, y = table.frame(os.path.join(folder, "test.csv"))
    x.columns = given.columns
    x = prepare(model, x, medians)
    if model == "lightgbm":
        for c in words_of(given):
            x[c] = x[c].cat.set_categories(given[c].cat.categories)
    if table.classes:
        result = score.classes(y.to_numpy(), net.predict_proba(x), [str(v) for v in values])
    else:
        result = score.numbers(y.to_numpy(), np.asarray(net.predict(x)).ravel())
    return {**result, "seconds": seconds, "cpu": spent}


def main():
    model, data = sys.argv[1:]
    MODELS[model](False), MODELS[model](True)
    start = time.time() - BEGUN, cpu()
    for line in sys.stdin:
        name, number = line.strip().rsplit(";", 1)
        table = next(t for t in tables.TABLES if t.name == name)
        with tempfile.TemporaryDirectory() as folder:
            table.split(data, int(number), folder)
            result = measure(table, model, MODELS[model](table.classes), folder, start)
        print(json.dumps({"model": model, "table": table.name, "split": int(number), **result}), flush=True)


main()
