"""The second judged set: other nets on other tables than those of nets.py, of the same kinds of faults. It was written
before any rule was tried on it, for rules that were changed after the judged half of nets.py had been looked at."""
import tables
from nets import HE, LECUN, Maker, Net, argument, initialized, keys, numbered, replaced

TABLES = list(tables.SECOND)
CLASS_TABLES = [t for t in TABLES if tables.CLASSES[t] > 2]
YES_TABLES = [t for t in TABLES if tables.CLASSES[t] == 2]
NUMBER_TABLES = [t for t in TABLES if tables.CLASSES[t] == 0]
REAL_TABLES = [t for t in TABLES if t != "bits"]  # with columns of real numbers
SHARP = ["spiral", "slices", "wide", "bits"]      # classes that a net can tell apart

HIDDEN = {
    "mish3": [f"3 * dense(32, activation=mish, {HE})"],
    "celu4": [f"4 * dense(28, activation=celu, {HE})"],
    "relu3": [f"3 * dense(40, activation=relu, {HE})"],
    "tanh2": ["2 * dense(40, activation=tanh)"],
    "prelu2": [f"2 * dense(40, {HE}) | prelu"],
    "relu6": [f"2 * dense(64, activation=relu6, {HE})"],
    "silu4": [f"4 * dense(32, activation=silu, {HE})"],
    "softsign2": ["2 * dense(40, activation=softsign)"],
    "narrowing": [f"dense(64, activation=relu, {HE})", f"dense(32, activation=relu, {HE})", f"dense(16, activation=relu, {HE})"],
}
PLAIN = ["mish3", "relu3", "tanh2", "celu4"]


def healthy():
    """Healthy nets on every table, then hard negatives."""
    out = []
    for i, (name, hidden) in enumerate(HIDDEN.items()):
        for k in range(2):
            table = TABLES[(i + 4 * k) % len(TABLES)]
            out.append(Net(f"{name} {table} second", "healthy", table, keys(table, hidden, epochs=35), part="second"))
    hard = {
        "adamax": dict(hidden=HIDDEN["relu3"], optimizer="adamax(5e-3)"),
        "nadam": dict(hidden=HIDDEN["mish3"], optimizer="nadam(2e-3)"),
        "adagrad": dict(hidden=HIDDEN["tanh2"], optimizer="adagrad(0.05)"),
        "lion": dict(hidden=HIDDEN["relu3"], optimizer="lion(5e-4)"),
        "nesterov": dict(hidden=HIDDEN["celu4"], optimizer="sgd(0.02, momentum=0.9, nesterov=true)"),
        "warm-up": dict(hidden=HIDDEN["mish3"], optimizer="adam(warmup(50, 3e-3))"),
        "rising a little": dict(hidden=HIDDEN["relu3"], optimizer="sgd(per_step('0.02 * 1.003 ** step'))"),
        "cosine": dict(hidden=HIDDEN["celu4"], optimizer="adam(cosine_decay(5e-3, all))"),
        "cyclical": dict(hidden=HIDDEN["relu3"], optimizer="sgd(cyclical(0.005, 0.1, 100))"),
        "12 layers of elu": dict(hidden=[f"12 * dense(24, activation=elu, {HE})"], optimizer="adam(1e-3)"),
        "10 normalized layers": dict(hidden=["10 * dense(24) | batch_normalization | relu"], optimizer="adam(2e-3)"),
        "orthogonal tanh": dict(hidden=["6 * dense(32, activation=tanh, kernel_initializer=orthogonal)"], optimizer="adam(2e-3)"),
        "dropout .4": dict(hidden=[f"2 * dense(96, activation=relu, {HE}) | dropout(0.4)"]),
        "noise in the input": dict(hidden=["gaussian_noise(0.1)", *HIDDEN["relu3"]]),
        "l1l2": dict(hidden=["2 * dense(40, activation=relu, kernel_regularizer=l2(3e-4))"]),
        "maximal norm": dict(hidden=HIDDEN["relu3"], optimizer="sgd(0.1, clipvalue=0.5)"),
        "batch 16": dict(hidden=HIDDEN["tanh2"], batch=16, optimizer="adam(1e-3)"),
        "batch 64": dict(hidden=HIDDEN["silu4"], batch=64, optimizer="adam(5e-3)"),
        "25 epochs": dict(hidden=HIDDEN["relu3"], optimizer="adam(4e-3)", epochs=25),
    }
    for i, (name, given) in enumerate(hard.items()):
        table = TABLES[(2 * i + i // 4) % len(TABLES)]
        out.append(Net(f"{name} {table} second", "hard negative", table, keys(table, **{"epochs": 40, **given}), part="second"))
    return out


def faulty():
    m = Maker(HIDDEN, PLAIN, "second")

    def make(family, codes, strengths, fault, count=3, among=TABLES, start=0, **more):
        m.make(family, codes, strengths, fault, count=count, among=among[start:] + among[:start], **more)

    def end(b):
        return b["model"][-1]

    make("vanishing sigmoid", "G101", [14, 18, 22], lambda b, s, t, i: (replaced(
        b, model=[f"{s} * dense(32, activation={('sigmoid', 'hard_sigmoid')[i % 2]})", end(b)], optimizer="nadam(1e-3)"), "dense"),
        count=4, start=1)
    make("vanishing small weights", "S303 G101", [0.01, 0.03], lambda b, s, t, i: (replaced(
        b, model=[f"7 * dense(40, activation=relu, kernel_initializer=truncated_normal(stddev={s}))", end(b)],
        optimizer="sgd(0.05, momentum=0.5)"), "dense"), start=2, wide="G104")
    make("exploding weights", "S303 G102", [1.2, 2.5], lambda b, s, t, i: replaced(
        b, model=[f"9 * dense(32, activation=elu, kernel_initializer=random_uniform(-{s}, {s}))", end(b)], optimizer="sgd(2e-3)"),
        start=4, wide="G110 S305 D203")
    make("dead by bias", "G103", [-6, -12], lambda b, s, t, i: (lambda l: (
        replaced(b, model=l[0] + [end(b)], optimizer="sgd(0.05)"), l[1]))(
        numbered(HIDDEN["relu3"], i % 2, lambda x: argument(x, f"bias_initializer=constant({s})"))), start=5)
    make("oscillating", "S305", [1.5, 3.0], lambda b, s, t, i: replaced(b, optimizer=f"sgd({s}, momentum=0.9, nesterov=true)"),
         start=3, wide="G110 G103 G104")
    make("rate of adam too high", "S305", ["nadam(0.5)", "adamax(2)", "rmsprop(0.5)", "lion(0.3)"],
         lambda b, s, t, i: replaced(b, optimizer=s), count=6, start=2, wide="G103 G110 G104")
    make("rate of sgd too high", "S305", [5.0, 50.0], lambda b, s, t, i: replaced(b, optimizer=f"sgd({s})"), start=6,
         wide="G103 G110 G104")
    make("rate far too low", "S306", ["adamax(1e-7)", "sgd(1e-6, momentum=0.9)", "nadam(3e-7)", "adagrad(1e-6)"],
         lambda b, s, t, i: replaced(b, optimizer=s), count=5, start=0)
    make("too few epochs", "S306", [1, 2], lambda b, s, t, i: replaced(
        b, epochs=s, optimizer=("sgd(0.004)", "adam(3e-4)", "rmsprop(3e-4)")[i % 3]), count=6, start=1, wide="O402")
    make("output without softmax", "S301", ["linear", "softsign"], lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense({tables.CLASSES[t]}, activation={s})"], loss="sparse_categorical_crossentropy"),
        among=CLASS_TABLES, harm="certain", count=2, wide="S300")
    make("output of one unit", "S301", ["softmax", "sigmoid"], lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense(1, activation={s})"]), among=CLASS_TABLES, harm="certain", count=2, start=1, wide="S300")
    make("bounded output", "S301", ["relu6", "sigmoid", "softplus"], lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense(1, activation={s})"], loss="mse"), among=NUMBER_TABLES)
    make("loss of another task", "S301", ["huber", "mse"], lambda b, s, t, i: replaced(b, loss=s), among=CLASS_TABLES,
         harm="certain", count=2, start=2, wide="S300")
    make("raw inputs", "D202", ["raw 3", "raw 4"], lambda b, s, t, i: replaced(b, optimizer="sgd(0.01, momentum=0.5)"),
         among=REAL_TABLES, data="rows", count=4, start=1)
    make("softmax twice", "S301", ["from_logits"], lambda b, s, t, i: replaced(
        b, loss="sparse_categorical_crossentropy(from_logits=true)"), among=CLASS_TABLES, harm="certain", count=2)
    make("equal weights", "S304", ["zeros", "constant(0.2)"], lambda b, s, t, i: (lambda l: (
        replaced(b, model=l[0] + [end(b)]), l[1]))(
        numbered(HIDDEN["tanh2"], i % 2, lambda x: initialized(x + "", s))), count=4, wide="S303")
    make("large weights", "S303", [4.0, 12.0], lambda b, s, t, i: (lambda l: (
        replaced(b, model=l[0] + [end(b)], optimizer="sgd(2e-3)"), l[1]))(
        numbered(HIDDEN["relu3"], 1, lambda x: initialized(x, f"random_normal(stddev={s})"))), start=7, wide="S305 G110 G103")
    make("saturated", "G104 S303", [3.0, 8.0], lambda b, s, t, i: (lambda l: (
        replaced(b, model=l[0] + [end(b)], optimizer="sgd(0.02)"), l[1]))(
        numbered(HIDDEN["tanh2"], i % 2, lambda x: initialized(x, f"random_normal(stddev={s})"))), start=6)
    make("activation removed", "S302", ["all"], lambda b, s, t, i: replaced(b, model=["4 * dense(24)", end(b)]),
         among=["spiral", "slices", "friedman", "bend"], count=4)
    make("softmax hidden", "S302", [2, 3], lambda b, s, t, i: replaced(
        b, model=[f"{s} * dense(24, activation=softmax)", end(b)], optimizer="adam(1e-3)"), start=1, wide="G101")
    make("penalty too large", "O403", ["l2(3)", "l1(1)"], lambda b, s, t, i: replaced(
        b, model=[f"3 * dense(32, activation=relu, kernel_regularizer={s})", end(b)]), start=3, wide="O402")
    make("dropout too large", "O403", [0.88, 0.93], lambda b, s, t, i: replaced(
        b, model=[f"3 * dense(40, activation=relu, {HE}) | dropout({s})", end(b)]), start=0, wide="O402")
    make("batch of all rows", "S309 S306", [480], lambda b, s, t, i: replaced(
        b, data=b["data"].replace("batch(32)", f"batch({s})"), optimizer="sgd(0.02)", epochs=12), count=2, start=1, wide="O402")
    make("batch normalization of one row", "S309", [1], lambda b, s, t, i: replaced(
        b, model=["2 * dense(40) | batch_normalization | relu", end(b)], data=b["data"].replace("batch(32)", "batch(1)"), epochs=5,
        twin=replaced(b, model=["2 * dense(40) | batch_normalization | relu", end(b)])), count=2, start=1)
    make("labels permuted", "D213 D214 O401", ["permuted", "permuted .8"], lambda b, s, t, i: dict(b), data="rows",
         count=4, among=[t for t in TABLES if t != "seldom"])
    make("label noise", "D214 O401", ["noise .3", "noise .5", "noise .4"], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(100, activation=relu, {HE})", end(b)], epochs=50), data="rows", wide="O402 D213 D215",
        count=6, among=["spiral", "slices", "wide", "bits", "friedman", "bend"])
    make("class lacking", "D207 D212", ["lacking"], lambda b, s, t, i: replaced(b, validation="split(0.2)"),
         among=["slices", "wide", "bits"], data="rows", wide="D211")
    make("rare classes", "D206", ["rare .01", "rare .03"], lambda b, s, t, i: dict(b), among=SHARP, data="rows", wide="O402 D207")
    make("leak", "D210", ["leak", "leak .02"], lambda b, s, t, i: dict(b), data="rows", harm="inflated", start=3)
    make("rows twice", "D208 D209", ["double 8"], lambda b, s, t, i: dict(b), among=REAL_TABLES, data="rows", harm="inflated",
         wide="D215 O401", start=4)
    make("outliers", "D205 D202", ["outlier 1e4", "outlier 1e5"], lambda b, s, t, i: replaced(b, optimizer="sgd(0.01)"),
         among=REAL_TABLES, data="rows", count=4, wide="S305 G110", start=0)
    make("outliers of the target", "D205 D203", ["far 1e4", "far 1e3"], lambda b, s, t, i: replaced(
        b, optimizer=("sgd(0.01)", "adam(3e-3)")[i % 2]), among=NUMBER_TABLES, data="rows", wide="S305 G110")
    make("gaps", "D201", ["gap"], lambda b, s, t, i: dict(b), data="rows", harm="certain", count=2, start=6, wide="D200")
    make("sorted and not shuffled", "D212", ["sorted"], lambda b, s, t, i: replaced(
        b, data=b["data"].replace(" | shuffle", ""), optimizer="sgd(0.1)"), among=CLASS_TABLES, data="rows")
    make("sorted and split", "D212 D207", ["sorted"], lambda b, s, t, i: replaced(b, validation="split(0.3)"),
         among=SHARP, data="rows", wide="D211")
    make("too few rows", "D215 O401", ["few 30", "few 45"], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(100, activation=relu, {HE})", end(b)]), data="rows", count=4, start=1, wide="O402 D207")
    make("targets in another unit", "D203", ["price 1000", "price 100"], lambda b, s, t, i: replaced(
        b, optimizer=("sgd(0.01)", "adam(1e-3)")[i % 2]), among=NUMBER_TABLES, data="rows", wide="S305 G110 S306")
    make("frozen", "S310", ["all"], lambda b, s, t, i: replaced(
        b, model=[argument(x, "trainable=false") for x in HIDDEN["mish3"] + [end(b)]]), count=2, start=2)
    make("clipped to nothing", "S308 S306", [3e-4, 1e-3], lambda b, s, t, i: replaced(
        b, optimizer=f"sgd(0.1, clipnorm={s})"), start=1)
    make("schedule too short", "S307", ["cosine_decay(0.02, 40)", "exponential_decay(0.02, 10, 0.3)",
                                        "polynomial_decay(0.03, 40, 1e-6)"],
         lambda b, s, t, i: replaced(b, optimizer=f"sgd({s})"), wide="S306 O402", start=2)
    make("rate that rises", "S305 S307", ["0.004 * 1.025 ** step", "0.02 * 1.015 ** step", "0.002 * (step + 1)",
                                          "0.001 * 1.035 ** step"],
         lambda b, s, t, i: replaced(b, optimizer=f"sgd(per_step('{s}'))"), count=5, wide="G110 G103 O402")
    m.pair([("raw inputs", "rate far too low"), ("equal weights", "rate of sgd too high"), ("labels permuted", "rate far too low")], 2)
    return m.nets


def nets():
    return healthy() + faulty()
