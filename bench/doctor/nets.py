"""The configurations of the benchmark: healthy nets, hard negatives among them, and faulty ones. A faulty one is a
healthy one, its twin, with a fault put in; families of faults are those that other tools were measured with and those
that they miss. A configuration belongs to the calibration half or to the judged half by a checksum of its name:
thresholds may be changed for the first half only."""
import dataclasses
import random
import zlib

import tables

TABLES = list(tables.FIRST)


@dataclasses.dataclass
class Net:
    """name, run-file keys; of a faulty one also: codes that are right as first root, further codes of the same family,
    the layer at fault, the twin's keys, and how its harm shows: "score" (the test is worse), "inflated" (validation
    looks better than the test), "certain" (it cannot be trained)."""
    name: str
    family: str
    table: str
    keys: dict
    codes: str = ""
    wide: str = ""
    layer: str = ""
    twin: dict = None
    harm: str = "score"
    change: str = ""  # fault of the rows: a name in CHANGES
    strength: str = ""
    part: str = ""  # the half it belongs to, if not by its name

    @property
    def half(self):
        return self.part or ("calibration", "judged")[zlib.crc32(self.name.encode()) & 1]


# ---- healthy nets ----

HE, LECUN = "kernel_initializer=he_normal", "kernel_initializer=lecun_normal"
HIDDEN = {
    "relu2": [f"2 * dense(48, activation=relu, {HE})"],
    "relu4": [f"4 * dense(32, activation=relu, {HE})"],
    "tanh3": ["3 * dense(32, activation=tanh)"],
    "selu5": [f"5 * dense(32, activation=selu, {LECUN})"],
    "elu3": [f"3 * dense(32, activation=elu, {HE})"],
    "gelu2": [f"2 * dense(48, activation=gelu, {HE})"],
    "sigmoid1": ["dense(64, activation=sigmoid)"],
    "leaky6": [f"6 * dense(32, activation=leaky_relu, {HE})"],
    "norm8": [f"8 * dense(32, activation=relu, {HE}) | batch_normalization"],
    "drop2": [f"2 * dense(64, activation=relu, {HE}) | dropout(0.2)"],
    "swish3": [f"3 * dense(40, activation=swish, {HE})"],
}
PLAIN = ["relu2", "tanh3", "selu5", "elu3", "relu4"]


def head(table):
    classes = tables.CLASSES[table]
    return "dense(1)" if classes == 0 else "dense(1, activation=sigmoid)" if classes == 2 else \
        f"dense({classes}, activation=softmax)"


def keys(table, hidden, optimizer="adam(3e-3)", epochs=None, batch=32, last=None, **more):
    """The keys of a run file."""
    return {"data": f"csv('{table}.csv', target=y) | shuffle | batch({batch})",
            "validation": "split(0.2, shuffle=true)", "test": f"csv('{table}_test.csv', target=y)",
            "model": list(hidden) + [last or head(table)], "optimizer": optimizer,
            "metrics": "r2_score" if tables.CLASSES[table] == 0 else "accuracy",
            "epochs": epochs or (15 if table == "digits" else 40), "keep": "last", **more}


def healthy():
    """Healthy nets on every table, then hard negatives: what looks like a fault and is none."""
    out = []
    for i, (name, hidden) in enumerate(HIDDEN.items()):
        for k, table in enumerate(TABLES):
            if (i + k) % 2 == 0 or name in PLAIN[:3]:
                out.append(Net(f"{name} {table}", "healthy", table, keys(table, hidden)))
    hard = {
        "sgd": dict(hidden=HIDDEN["relu2"], optimizer="sgd(0.05, momentum=0.9)"),
        "large rate": dict(hidden=HIDDEN["relu2"], optimizer="sgd(0.3)"),
        "rmsprop": dict(hidden=HIDDEN["tanh3"], optimizer="rmsprop(2e-3)"),
        "deep tanh": dict(hidden=["10 * dense(32, activation=tanh)"], optimizer="adam(1e-3)"),
        "deep selu": dict(hidden=[f"16 * dense(24, activation=selu, {LECUN})"], optimizer="adam(1e-3)"),
        "two sigmoids": dict(hidden=["2 * dense(48, activation=sigmoid)"], optimizer="adam(1e-2)"),
        "batch 8": dict(hidden=HIDDEN["elu3"], batch=8, optimizer="adam(1e-3)"),
        "batch 128": dict(hidden=HIDDEN["relu2"], batch=128, optimizer="adam(1e-2)"),
        "clipped": dict(hidden=HIDDEN["relu2"], optimizer="sgd(0.2, clipnorm=1)"),
        "decay": dict(hidden=HIDDEN["relu2"], optimizer="adam(exponential_decay(0.01, 200, 0.8))"),
        "one cycle": dict(hidden=HIDDEN["relu2"], optimizer="sgd(one_cycle(0.2, 600), momentum=0.9)"),
        "l2": dict(hidden=["2 * dense(48, activation=relu, kernel_regularizer=l2(1e-4))"]),
        "wide": dict(hidden=[f"dense(256, activation=relu, {HE})"], optimizer="adam(1e-3)"),
        "bottleneck": dict(hidden=[f"dense(48, activation=relu, {HE})", "dense(3)", f"dense(48, activation=relu, {HE})"]),
        "layer norm": dict(hidden=["6 * dense(32, activation=relu) | layer_normalization"]),
    }
    for i, (name, said) in enumerate(hard.items()):
        for k in range(2):
            table = TABLES[(2 * i + 3 * k) % len(TABLES)]
            out.append(Net(f"{name} {table}", "hard negative", table, keys(table, **said)))
    return out


# ---- faults of the rows ----

def permute(rows, r, share=1.0):
    """Labels of a share of the rows in another order."""
    at = [i for i in range(len(rows)) if r.random() < share]
    to = at[:]
    r.shuffle(to)
    y = [row[1] for row in rows]
    for a, b in zip(at, to):
        y[a] = rows[b][1]
    return [(x, t) for (x, _), t in zip(rows, y)]


def scale(rows, r, spread=3):
    """Columns of very different sizes, far from 0. The test is changed alike."""
    width = len(rows[0][0])
    q = random.Random(5)
    size = [10 ** q.uniform(0, spread) for _ in range(width)]
    mean = [q.uniform(2, 6) * s for s in size]
    return [([v * s + m for v, s, m in zip(x, size, mean)], y) for x, y in rows]


def merge(rows, r):
    """One class was given to another one."""
    most = max(y for _, y in rows)
    return [(x, 0 if y == most else y) for x, y in rows]


def lack(rows, r):
    """The training rows have no row of the last class; it is only in the last fifth."""
    most = max(y for _, y in rows)
    others = [row for row in rows if row[1] != most]
    return others + [row for row in rows if row[1] == most][:len(others) // 5]


def imbalance(rows, r, keep=0.03):
    """Few rows of every class but the first."""
    return [row for row in rows if row[1] == 0 or r.random() < keep]


def leak(rows, r, noise=0.0):
    """A column that is made from the answer."""
    return [(x + [y + r.gauss(0, noise)], y) for x, y in rows]


def no_leak(rows, r):
    """The same column as new rows have it: unknown."""
    y = [row[1] for row in rows]
    r.shuffle(y)
    return [(x + [t], row_y) for (x, row_y), t in zip(rows, y)]


def double(rows, r, times=4):
    """Each of a quarter of the rows is there several times."""
    return [row for row in rows[:len(rows) // times] for _ in range(times)]


def outlier(rows, r, size=1e5):
    """One cell in a hundred rows has a code for unknown."""
    return [([size if r.random() < 0.02 and j == 0 else v for j, v in enumerate(x)], y) for x, y in rows]


def gap(rows, r):
    """Cells that are no numbers."""
    return [([("nan" if i % 50 == 7 else v) if j == 0 else v for j, v in enumerate(x)], y)
            for i, (x, y) in enumerate(rows)]


def arrange(rows, r):
    """Rows in order of their class."""
    return sorted(rows, key=lambda row: row[1])


def far(rows, r, size=1e3):
    """Targets of one row in a hundred have a code for unknown."""
    return [(x, size if r.random() < 0.01 else y) for x, y in rows]


def few(rows, r, count=30):
    return rows[:count]


def price(rows, r, size=1000.0):
    """Targets in another unit, far from 0."""
    return [(x, round(size * (y + 5), 3)) for x, y in rows]


def mix_region(rows, r, share=0.2):
    """The rows with the largest numbers in the first column have the targets of any rows."""
    limit = sorted(x[0] for x, _ in rows)[int((1 - share) * len(rows))]
    return [(x, rows[r.randrange(len(rows))][1] if x[0] >= limit else y) for x, y in rows]


# name: (function, arguments, what happens to the test: nothing, the same, or another function)
CHANGES = {
    "permuted": (permute, {}, None), "permuted .8": (permute, {"share": 0.8}, None),
    "noise .3": (permute, {"share": 0.4}, None), "noise .5": (permute, {"share": 0.6}, None),
    "raw 2": (scale, {"spread": 2}, "same"), "raw 3": (scale, {"spread": 3}, "same"),
    "raw 5": (scale, {"spread": 5}, "same"), "merged": (merge, {}, None), "lacking": (lack, {}, None),
    "rare .01": (imbalance, {"keep": 0.01}, None), "rare .03": (imbalance, {"keep": 0.03}, None),
    "leak": (leak, {}, no_leak), "leak .02": (leak, {"noise": 0.02}, no_leak),
    "double 4": (double, {}, None), "double 8": (double, {"times": 8}, None),
    "outlier 1e5": (outlier, {}, None), "outlier 1e6": (outlier, {"size": 1e6}, None),
    "far 1e3": (far, {}, None), "far 1e4": (far, {"size": 1e4}, None), "outlier 1e4": (outlier, {"size": 1e4}, None),
    "noise .4": (permute, {"share": 0.5}, None), "raw 4": (scale, {"spread": 4}, "same"), "few 45": (few, {"count": 45}, None),
    "price 1000": (price, {}, "same"), "gap": (gap, {}, None), "sorted": (arrange, {}, None),
    "few 150": (few, {"count": 150}, None), "few 30": (few, {}, None), "few 60": (few, {"count": 60}, None),
    "region .2": (mix_region, {}, None), "region .3": (mix_region, {"share": 0.3}, None),
    "price 100": (price, {"size": 100.0}, "same"), "price 1e5": (price, {"size": 1e5}, "same"),
}


def change(name, rows, test, seed):
    """Applies a fault of the rows."""
    function, arguments, other = CHANGES[name]
    new = function(rows, random.Random(f"{name} {seed}"), **arguments)
    if other == "same":
        test = function(test, random.Random(1), **arguments)
    elif other is not None:
        test = other(test, random.Random(2))
    return new, test


# ---- faulty nets ----

def replaced(base, **more):
    """The keys with others in their place."""
    return {**base, **more}


def numbered(hidden, at, change_of):
    """Writes each layer of "n * layer" out, and changes the one at `at`. Returns the list and the layer's name."""
    layers = []
    for item in hidden:
        times, _, layer = item.partition(" * ")
        layers += [layer] * int(times) if layer else [item]
    layers[at] = change_of(layers[at])
    return layers, "dense" if at == 0 else f"dense_{at}"


def argument(layer, text):
    """A layer with one more argument."""
    return f"{layer[:-1]}, {text})"


def initialized(layer, text):
    """A layer with another initializer."""
    inside = [a for a in layer[:-1].split(", ") if not a.startswith("kernel_initializer")]
    return ", ".join(inside) + f", kernel_initializer={text})"


CLASS_TABLES = [t for t in TABLES if tables.CLASSES[t] > 2]
YES_TABLES = [t for t in TABLES if tables.CLASSES[t] == 2]
NUMBER_TABLES = [t for t in TABLES if tables.CLASSES[t] == 0]
SIGNAL_TABLES = [t for t in TABLES if t != "digits"]


class Maker:
    """Collects faulty nets: `make` goes over tables and strengths of a family."""

    def __init__(self, hidden=HIDDEN, plain=PLAIN, part=""):
        self.nets, self.hidden, self.plain, self.part = [], hidden, plain, part

    def make(self, family, codes, strengths, fault, count=7, among=TABLES, wide="", harm="score", data=""):
        """fault(base keys, strength, table, i) -> keys, or (keys, layer)."""
        for i in range(count):
            table, strength = among[i % len(among)], strengths[i % len(strengths)]
            hidden = self.hidden[self.plain[(i + len(family)) % len(self.plain)]]
            base = keys(table, hidden)
            made = fault(base, strength, table, i)
            made, layer = made if isinstance(made, tuple) else (made, "")
            twin = made.pop("twin", base)
            name = f"{family}, {strength} {table} {i}{' ' + self.part if self.part else ''}"
            self.nets.append(Net(name, family, table, made, codes, wide, layer, twin, harm,
                                 strength if data else "", str(strength), self.part))

    def pair(self, families, count):
        """Adds nets with two faults: that of one family, and the optimizer of the other."""
        for a, b in families:
            for k in range(count):
                one = [n for n in self.nets if n.family == a][k]
                two = [n for n in self.nets if n.family == b][k]
                self.nets.append(dataclasses.replace(
                    one, name=f"{a} + {b}, {k}{' ' + self.part if self.part else ''}", family="two faults",
                    keys=replaced(one.keys, optimizer=two.keys["optimizer"]), codes=f"{one.codes} {two.codes}",
                    wide=f"{one.wide} {two.wide}", layer=""))


def faulty():
    m = Maker()
    make = m.make

    def hidden(layers, **more):
        return lambda base, s, table, i: replaced(base, model=[w.format(s=s) for w in layers] + [base["model"][-1]], **more)

    # AUTOTRAINER's eight
    make("vanishing sigmoid", "G101", [12, 16, 24], lambda b, s, t, i: (
        replaced(b, model=[f"{s} * dense(24, activation=sigmoid)", b["model"][-1]], optimizer="adam(1e-3)"), "dense"),
        count=9)
    make("vanishing small weights", "S303 G101", [0.005, 0.02, 0.05], lambda b, s, t, i: (
        replaced(b, model=[f"8 * dense(32, activation=tanh, kernel_initializer=random_normal(stddev={s}))",
                           b["model"][-1]], optimizer="sgd(0.05)"), "dense"), wide="G104")
    make("exploding weights", "S303 G102", [0.6, 1.0, 2.0], hidden(
        ["10 * dense(32, activation=relu, kernel_initializer=random_normal(stddev={s}))"], optimizer="sgd(1e-3)"),
        wide="G110 S305 D203", count=9)
    make("exploding exponential", "G102 G110 S305 S303", [6, 8, 10], hidden(
        ["{s} * dense(24, activation=exponential)"], optimizer="sgd(0.01)"), wide="G103 S302")
    make("dead by bias", "G103", [-3, -8, -20], lambda b, s, t, i: (lambda l: (
        replaced(b, model=l[0] + [b["model"][-1]], optimizer="sgd(0.05)"), l[1]))(
        numbered(HIDDEN["relu4"], i % 3, lambda x: argument(x, f"bias_initializer=constant({s})"))), count=9)
    make("dead by depth", "G103 G101", [3, 4, 5], hidden(
        [f"20 * dense({{s}}, activation=relu, {HE})"], optimizer="sgd(0.01)"), wide="S303 G102")
    make("oscillating", "S305", [1.0, 2.0, 4.0], lambda b, s, t, i: replaced(b, optimizer=f"sgd({s}, momentum=0.95)"),
         wide="G110 G103", count=9)
    make("slow", "S306", ["sgd(1e-5)", "sgd(1e-4)", "adam(1e-6)"], lambda b, s, t, i: replaced(b, optimizer=s), count=9)
    make("output without softmax", "S301", ["linear", "relu", "tanh"], lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense({tables.CLASSES[t]}, activation={s})"],
        loss="sparse_categorical_crossentropy"), among=CLASS_TABLES, harm="certain", wide="S300")
    make("output of one unit", "S301", ["sigmoid", "softmax", "relu"], lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense(1, activation={s})"]), among=CLASS_TABLES, harm="certain", wide="S300")
    make("bounded output", "S301", ["sigmoid", "relu", "softplus"], lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense(1, activation={s})"], loss="mse"), among=NUMBER_TABLES)
    make("loss of another task", "S301", ["mse", "mae", "binary_crossentropy"], lambda b, s, t, i: replaced(
        b, loss=s), among=CLASS_TABLES, harm="certain", wide="S300")
    make("raw inputs", "D202", ["raw 2", "raw 3", "raw 5"], lambda b, s, t, i: replaced(b, optimizer="sgd(0.01)"),
         among=SIGNAL_TABLES, data="rows", count=9)
    # DeepFD's
    make("rate of adam too high", "S305", [0.3, 1.0, 3.0], lambda b, s, t, i: replaced(b, optimizer=f"adam({s})"),
         wide="G103 G110 G104", count=9)
    make("rate of sgd too high", "S305", [3.0, 10.0, 100.0], lambda b, s, t, i: replaced(b, optimizer=f"sgd({s})"),
         wide="G103 G110 G104", count=9)
    make("rate far too low", "S306", ["sgd(1e-8)", "adam(1e-8)", "rmsprop(1e-8)"],
         lambda b, s, t, i: replaced(b, optimizer=s))
    make("too few epochs", "S306", [1, 2, 3], lambda b, s, t, i: replaced(b, epochs=s, optimizer="sgd(0.003)"),
         wide="O402")
    make("softmax twice", "S301", ["from_logits"], lambda b, s, t, i: replaced(
        b, loss="sparse_categorical_crossentropy(from_logits=true)"), among=CLASS_TABLES, harm="certain", count=4)
    # DeepCrime's and TheDeepChecker's
    make("equal weights", "S304", ["zeros", "constant(0.1)", "ones"], lambda b, s, t, i: (lambda l: (
        replaced(b, model=l[0] + [b["model"][-1]]), l[1]))(
        numbered(HIDDEN["relu2"], i % 2, lambda x: initialized(x, s))), count=9, wide="S303")
    make("large weights", "S303", [2.0, 5.0, 20.0], lambda b, s, t, i: (lambda l: (
        replaced(b, model=l[0] + [b["model"][-1]], optimizer="sgd(1e-3)"), l[1]))(
        numbered(HIDDEN["relu2"], 1, lambda x: initialized(x, f"random_normal(stddev={s})"))), wide="S305 G110 G103")
    make("saturated", "G104 S303", [2.0, 4.0, 10.0], lambda b, s, t, i: (lambda l: (
        replaced(b, model=l[0] + [b["model"][-1]], optimizer="sgd(0.02)"), l[1]))(
        numbered(HIDDEN["tanh3"], i % 3, lambda x: initialized(x, f"random_normal(stddev={s})"))), count=9)
    make("activation removed", "S302", ["all"], lambda b, s, t, i: replaced(
        b, model=["3 * dense(32)", b["model"][-1]]), among=["rings", "moons", "corners", "curve", "waves"], count=5)
    make("softmax hidden", "S302", [3, 4], lambda b, s, t, i: replaced(
        b, model=[f"{s} * dense(32, activation=softmax)", b["model"][-1]]), wide="G101")
    make("penalty too large", "O403", [0.1, 1.0, 10.0], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(48, activation=relu, kernel_regularizer=l2({s}))", b["model"][-1]]), wide="O402")
    make("dropout too large", "O403", [0.85, 0.9, 0.95], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(48, activation=relu, {HE}) | dropout({s})", b["model"][-1]]), wide="O402")
    make("batch of all rows", "S309 S306", [480, 960], lambda b, s, t, i: replaced(
        b, data=b["data"].replace("batch(32)", f"batch({s})"), optimizer="sgd(0.01)", epochs=10), wide="O402")
    make("batch normalization of one row", "S309", [1], lambda b, s, t, i: replaced(
        b, model=["2 * dense(32) | batch_normalization | relu", b["model"][-1]],
        data=b["data"].replace("batch(32)", "batch(1)"), epochs=5,
        twin=replaced(b, model=["2 * dense(32) | batch_normalization | relu", b["model"][-1]])), count=4)
    # what those miss
    make("labels permuted", "D213 D214 O401", ["permuted", "permuted .8"], lambda b, s, t, i: dict(b), data="rows", count=9)
    make("label noise", "D214 O401", ["noise .3", "noise .5"], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(128, activation=relu, {HE})", b["model"][-1]], epochs=60), data="rows", wide="O402 D213 D215")
    make("class lacking", "D207 D212", ["lacking"], lambda b, s, t, i: replaced(b, validation="split(0.2)"),
         among=CLASS_TABLES, data="rows", count=5, wide="D211")
    make("rare classes", "D206", ["rare .01", "rare .03"], lambda b, s, t, i: dict(b), among=CLASS_TABLES + YES_TABLES,
         data="rows", wide="O402 D207")
    make("leak", "D210", ["leak", "leak .02"], lambda b, s, t, i: dict(b), data="rows", harm="inflated")
    make("rows twice", "D208 D209", ["double 4", "double 8"], lambda b, s, t, i: dict(b), data="rows", harm="inflated",
         wide="D215 O401")
    make("outliers", "D205 D202", ["outlier 1e5", "outlier 1e6"], lambda b, s, t, i: replaced(
        b, optimizer="sgd(0.01)"), data="rows", wide="S305 G110")
    make("gaps", "D201", ["gap"], lambda b, s, t, i: dict(b), data="rows", harm="certain", count=5, wide="D200")
    make("sorted and not shuffled", "D212", ["sorted"], lambda b, s, t, i: replaced(
        b, data=b["data"].replace(" | shuffle", ""), optimizer="sgd(0.1)"), among=CLASS_TABLES + YES_TABLES, data="rows")
    make("sorted and split", "D212 D207", ["sorted"], lambda b, s, t, i: replaced(b, validation="split(0.3)"),
         among=CLASS_TABLES + YES_TABLES, data="rows", wide="D211")
    make("too few rows", "D215 O401", ["few 30", "few 60"], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(128, activation=relu, {HE})", b["model"][-1]]), data="rows", wide="O402 D207")
    make("targets in another unit", "D203", ["price 100", "price 1e5"], lambda b, s, t, i: replaced(
        b, optimizer=("adam(1e-3)", "sgd(0.01)")[i % 2]), among=NUMBER_TABLES, data="rows", wide="S305 G110 S306", count=8)
    make("frozen", "S310", ["all"], lambda b, s, t, i: replaced(
        b, model=[argument(x, "trainable=false") for x in b["model"]]), count=5)
    make("clipped to nothing", "S308 S306", [1e-3, 1e-4], lambda b, s, t, i: replaced(
        b, optimizer=f"sgd(0.1, global_clipnorm={s})"))
    make("schedule too short", "S307", ["cosine_decay(0.02, decay_steps=30)", "exponential_decay(0.02, 8, 0.3)"],
         lambda b, s, t, i: replaced(b, optimizer=f"sgd({s})"), wide="S306 O402")
    make("rate that rises", "S305 S307", ["per_step('0.01 * 1.02 ** step')", "per_step('0.01 * 1.04 ** step')"],
         lambda b, s, t, i: replaced(b, optimizer=f"sgd({s})"), wide="G110 G103 O402")
    # two at once: either may come first
    m.pair([("raw inputs", "slow"), ("vanishing sigmoid", "slow"), ("equal weights", "rate of sgd too high"),
            ("labels permuted", "slow"), ("dead by bias", "rate far too low")], 4)
    return m.nets


def more():
    """Further faulty nets of the calibration half, of families that were weak, and a healthy table whose classes
    overlap."""
    m = Maker(part="calibration")
    big = [f"2 * dense(96, activation=relu, {HE})"]
    m.make("label noise", "D214 O401", ["noise .5", "noise .3", "noise .4"], lambda b, s, t, i: replaced(
        b, model=big + [b["model"][-1]], epochs=30), data="rows", wide="O402 D213 D215", count=7,
        among=["rings", "moons", "corners", "digits", "curve", "waves", "blobs"])
    m.make("too few epochs", "S306", [1, 2], lambda b, s, t, i: replaced(
        b, epochs=s, optimizer=("sgd(0.005)", "sgd(0.01, momentum=0.5)", "adam(5e-4)")[i % 3]), wide="O402", count=7)
    m.make("rate that rises", "S305 S307", ["0.005 * 1.01 ** step", "0.02 * 1.03 ** step", "0.001 * (step + 1)"],
           lambda b, s, t, i: replaced(b, optimizer=f"sgd(per_step('{s}'), momentum={(0.0, 0.9)[i % 2]})"),
           wide="G110 G103 O402", count=6)
    m.make("outliers", "D205 D202", ["outlier 1e4"], lambda b, s, t, i: replaced(b, optimizer="sgd(0.01)"), data="rows",
           wide="S305 G110", among=["corners", "rings", "moons"], count=3)
    m.make("outliers of the target", "D205 D203", ["far 1e3", "far 1e4"], lambda b, s, t, i: replaced(
        b, optimizer=("adam(3e-3)", "sgd(0.01)")[i // 2]), data="rows", wide="S305 G110", among=NUMBER_TABLES, count=4)
    m.make("targets of a region mixed", "O405 D214", ["region .2", "region .3"], lambda b, s, t, i: dict(b), data="rows",
           wide="D213 D215 O401", among=SIGNAL_TABLES, count=6)
    m.make("trained too long", "O401", [128, 64], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense({s}, activation=relu, {HE})", b["model"][-1]], epochs=(80, 120)[i % 2],
        twin=replaced(b, model=[f"2 * dense({s}, activation=relu, {HE})", b["model"][-1]], epochs=120,
                      observers="early_stopping(patience=8, restore_best_weights=true)")), wide="D214 D215",
           count=8, among=["drift", "murk", "curve", "moons"])
    return m.nets + noisy()


def noisy():
    """Healthy nets of the calibration half on noisy tables, where a net that trains on becomes worse: stopped early, with
    the weights of the best epoch, small, or held back by a penalty."""
    def big(width):
        return [f"2 * dense({width}, activation=relu, {HE})"]
    stop = "early_stopping(patience=10, restore_best_weights=true)"
    some = {
        "stopped": dict(hidden=big(64), epochs=100, observers=stop),
        "stopped, large": dict(hidden=big(200), epochs=100, observers=stop),
        "stopped later": dict(hidden=big(48), epochs=100, observers="early_stopping(patience=5)"),
        "best kept": dict(hidden=big(64), keep="best"),
        "best kept, long": dict(hidden=big(64), keep="best", epochs=100),
        "small": dict(hidden=[f"dense(8, activation=relu, {HE})"]),
        "two layers of 12": dict(hidden=[f"2 * dense(12, activation=tanh)"]),
        "few epochs": dict(hidden=big(48), epochs=12),
        "l2 .003": dict(hidden=[f"2 * dense(48, activation=relu, {HE}, kernel_regularizer=l2(3e-3))"]),
        "dropout .5": dict(hidden=[f"2 * dense(64, activation=relu, {HE}) | dropout(0.5)"]),
        "gentle": dict(hidden=big(32), optimizer="sgd(0.02, momentum=0.5)"),
        "linear": dict(hidden=[]),
    }
    out = []
    for name, given in some.items():
        for table in tables.NOISY:
            out.append(Net(f"{name} {table}", "hard negative", table, keys(table, **{"epochs": 40, **given}),
                           part="calibration"))
    for table in ("curve", "moons", "blobs"):
        out.append(Net(f"150 rows {table}", "hard negative", table, keys(
            table, big(32), epochs=60, observers=stop), part="calibration", change="few 150"))
    return out
