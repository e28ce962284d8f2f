"""The second and the third judged set: other nets on other tables than those of nets.py, of the same kinds of faults. Each
was written before any rule was tried on it, for rules that were changed after an earlier set had been looked at."""
import tables
from nets import HE, LECUN, Maker, Net, argument, initialized, keys, numbered, replaced

PARTS = ["second", "third"]
HIDDEN = {
    "second": {
        "mish3": [f"3 * dense(32, activation=mish, {HE})"],
        "celu4": [f"4 * dense(28, activation=celu, {HE})"],
        "relu3": [f"3 * dense(40, activation=relu, {HE})"],
        "tanh2": ["2 * dense(40, activation=tanh)"],
        "prelu2": [f"2 * dense(40, {HE}) | prelu"],
        "relu6": [f"2 * dense(64, activation=relu6, {HE})"],
        "silu4": [f"4 * dense(32, activation=silu, {HE})"],
        "softsign2": ["2 * dense(40, activation=softsign)"],
        "narrowing": [f"dense(64, activation=relu, {HE})", f"dense(32, activation=relu, {HE})",
                      f"dense(16, activation=relu, {HE})"],
    },
    "third": {
        "gelu3": [f"3 * dense(36, activation=gelu, {HE})"],
        "selu4": [f"4 * dense(30, activation=selu, {LECUN})"],
        "relu3": [f"3 * dense(56, activation=relu, {HE})"],
        "tanh2": ["2 * dense(52, activation=tanh)"],
        "hard_silu2": [f"2 * dense(48, activation=hard_silu, {HE})"],
        "leaky5": [f"5 * dense(28, activation=leaky_relu, {HE})"],
        "elu2": [f"2 * dense(56, activation=elu, {HE})"],
        "softplus2": ["2 * dense(40, activation=softplus)"],
        "normalized relu": [f"3 * dense(32, {HE}) | layer_normalization | relu"],
        "widening": [f"dense(16, activation=relu, {HE})", f"dense(48, activation=relu, {HE})"],
    },
}
PLAIN = {"second": ["mish3", "relu3", "tanh2", "celu4"], "third": ["relu3", "gelu3", "selu4", "tanh2"]}


def hard_negatives(part):
    """Healthy nets that look faulty: name, arguments of keys()."""
    h = HIDDEN[part]
    if part == "second":
        return {
            "adamax": dict(hidden=h["relu3"], optimizer="adamax(5e-3)"),
            "nadam": dict(hidden=h["mish3"], optimizer="nadam(2e-3)"),
            "adagrad": dict(hidden=h["tanh2"], optimizer="adagrad(0.05)"),
            "lion": dict(hidden=h["relu3"], optimizer="lion(5e-4)"),
            "nesterov": dict(hidden=h["celu4"], optimizer="sgd(0.02, momentum=0.9, nesterov=true)"),
            "warm-up": dict(hidden=h["mish3"], optimizer="adam(warmup(50, 3e-3))"),
            "rising a little": dict(hidden=h["relu3"], optimizer="sgd(per_step('0.02 * 1.003 ** step'))"),
            "cosine": dict(hidden=h["celu4"], optimizer="adam(cosine_decay(5e-3, all))"),
            "cyclical": dict(hidden=h["relu3"], optimizer="sgd(cyclical(0.005, 0.1, 100))"),
            "12 layers of elu": dict(hidden=[f"12 * dense(24, activation=elu, {HE})"], optimizer="adam(1e-3)"),
            "10 normalized layers": dict(hidden=["10 * dense(24) | batch_normalization | relu"], optimizer="adam(2e-3)"),
            "orthogonal tanh": dict(hidden=["6 * dense(32, activation=tanh, kernel_initializer=orthogonal)"],
                                    optimizer="adam(2e-3)"),
            "dropout .4": dict(hidden=[f"2 * dense(96, activation=relu, {HE}) | dropout(0.4)"]),
            "noise in the input": dict(hidden=["gaussian_noise(0.1)", *h["relu3"]]),
            "l1l2": dict(hidden=["2 * dense(40, activation=relu, kernel_regularizer=l2(3e-4))"]),
            "maximal norm": dict(hidden=h["relu3"], optimizer="sgd(0.1, clipvalue=0.5)"),
            "batch 16": dict(hidden=h["tanh2"], batch=16, optimizer="adam(1e-3)"),
            "batch 64": dict(hidden=h["silu4"], batch=64, optimizer="adam(5e-3)"),
            "25 epochs": dict(hidden=h["relu3"], optimizer="adam(4e-3)", epochs=25),
        }
    return {
        "adamw": dict(hidden=h["gelu3"], optimizer="adamw(3e-3, weight_decay=0.02)"),
        "rmsprop": dict(hidden=h["selu4"], optimizer="rmsprop(1e-3)"),
        "momentum": dict(hidden=h["relu3"], optimizer="sgd(0.03, momentum=0.9)"),
        "lamb": dict(hidden=h["relu3"], optimizer="lamb(1e-2)"),
        "one cycle": dict(hidden=h["relu3"], optimizer="sgd(one_cycle(0.15, all), momentum=0.9)"),
        "warm-up of sgd": dict(hidden=h["tanh2"], optimizer="sgd(warmup(60, 0.2))"),
        "restarts": dict(hidden=h["elu2"], optimizer="sgd(cosine_decay_restarts(0.1, 150), momentum=0.9)"),
        "steps": dict(hidden=h["relu3"], optimizer="adam(piecewise([250, 450], [5e-3, 1e-3, 2e-4]))"),
        "16 layers of selu": dict(hidden=[f"16 * dense(20, activation=selu, {LECUN})"], optimizer="adam(1e-3)"),
        "12 normalized layers": dict(hidden=["12 * dense(24, activation=relu) | layer_normalization"],
         optimizer="adam(2e-3)"),
        "3 layers of sigmoid": dict(hidden=["3 * dense(40, activation=sigmoid)"], optimizer="adam(1e-2)", epochs=60),
        "dropout .5": dict(hidden=[f"2 * dense(128, activation=relu, {HE}) | dropout(0.5)"], epochs=50),
        "bottleneck": dict(hidden=[f"dense(40, activation=relu, {HE})", "dense(4)", f"dense(40, activation=relu, {HE})"]),
        "small penalty": dict(hidden=[f"2 * dense(48, activation=relu, {HE}, kernel_regularizer=l1(2e-5))"]),
        "wide": dict(hidden=[f"dense(300, activation=relu, {HE})"], optimizer="adam(1e-3)"),
        "clipped": dict(hidden=h["relu3"], optimizer="sgd(0.1, global_clipnorm=1)"),
        "batch 10": dict(hidden=h["elu2"], batch=10, optimizer="adam(1e-3)"),
        "batch 100": dict(hidden=h["hard_silu2"], batch=100, optimizer="adam(1e-2)"),
        "nadam": dict(hidden=h["leaky5"], optimizer="nadam(1e-3)"),
        "exponential decay": dict(hidden=h["gelu3"], optimizer="adam(exponential_decay(5e-3, 150, 0.7))"),
    }


def healthy(part):
    """Healthy nets on every table, then hard negatives."""
    out, all_tables = [], list(tables.SECOND if part == "second" else tables.THIRD)
    for i, (name, hidden) in enumerate(HIDDEN[part].items()):
        for k in range(2):
            table = all_tables[(i + (4 if part == "second" else 5) * k) % len(all_tables)]
            out.append(Net(f"{name} {table} {part}", "healthy", table, keys(table, hidden, epochs=35), part=part))
    for i, (name, given) in enumerate(hard_negatives(part).items()):
        table = all_tables[(2 * i + i // 4) % len(all_tables)]
        out.append(Net(f"{name} {table} {part}", "hard negative", table, keys(table, **{"epochs": 40, **given}), part=part))
    return out


def faulty(part):
    """Faulty nets. Each family has other tables, strengths and optimizers in each set."""
    second, hidden = part == "second", HIDDEN[part]
    m = Maker(hidden, PLAIN[part], part)
    all_tables = list(tables.SECOND if second else tables.THIRD)
    class_tables = [t for t in all_tables if tables.CLASSES[t] > 2]
    number_tables = [t for t in all_tables if tables.CLASSES[t] == 0]
    real_tables = [t for t in all_tables if t not in ("bits", "answers")]  # with columns of real numbers
    # classes that a net can tell apart, and tables that a linear net cannot learn
    sharp = ["spiral", "slices", "wide", "bits"] if second else ["bands", "shells", "letters"]
    bent = ["spiral", "slices", "friedman", "bend"] if second else ["bands", "shells", "hills", "tariff"]

    def other(a, b):
        return a if second else b

    def make(family, codes, strengths, fault, count=3, among=all_tables, start=0, **more):
        m.make(family, codes, strengths, fault, count=count, among=among[start:] + among[:start], **more)

    def end(b):
        return b["model"][-1]

    make("vanishing sigmoid", "G101", other([14, 18, 22], [12, 15, 20]), lambda b, s, t, i: (replaced(
        b, model=[f"{s} * dense(32, activation={('sigmoid', 'hard_sigmoid')[i % 2]})", end(b)],
         optimizer="nadam(1e-3)"), "dense"),
        count=4, start=1)
    make("vanishing small weights", "S303 G101", other([0.01, 0.03], [0.008, 0.02]), lambda b, s, t, i: (replaced(
        b, model=[f"7 * dense(40, activation=relu, kernel_initializer=truncated_normal(stddev={s}))", end(b)],
        optimizer="sgd(0.05, momentum=0.5)"), "dense"), start=2, wide="G104")
    make("exploding weights", "S303 G102", other([1.2, 2.5], [0.9, 1.8]), lambda b, s, t, i: replaced(
        b, model=[f"9 * dense(32, activation=elu, kernel_initializer=random_uniform(-{s}, {s}))", end(b)],
         optimizer="sgd(2e-3)"),
        start=4, wide="G110 S305 D203")
    make("dead by bias", "G103", other([-6, -12], [-5, -15]), lambda b, s, t, i: (lambda l: (
        replaced(b, model=l[0] + [end(b)], optimizer="sgd(0.05)"), l[1]))(
        numbered(hidden["relu3"], i % 2, lambda x: argument(x, f"bias_initializer=constant({s})"))), start=5)
    make("oscillating", "S305", other([1.5, 3.0], [2.0, 5.0]),
         lambda b, s, t, i: replaced(b, optimizer=f"sgd({s}, momentum=0.9, nesterov=true)"),
         start=3, wide="G110 G103 G104")
    make("rate of adam too high", "S305", other(["nadam(0.5)", "adamax(2)", "rmsprop(0.5)", "lion(0.3)"], ["adam(0.7)",
         "nadam(1)", "adamw(0.4)", "rmsprop(0.8)"]),
         lambda b, s, t, i: replaced(b, optimizer=s), count=6, start=2, wide="G103 G110 G104")
    make("rate of sgd too high", "S305", other([5.0, 50.0], [4.0, 30.0]), lambda b, s, t, i: replaced(b,
         optimizer=f"sgd({s})"), start=6,
         wide="G103 G110 G104")
    make("rate far too low", "S306", other(["adamax(1e-7)", "sgd(1e-6, momentum=0.9)", "nadam(3e-7)", "adagrad(1e-6)"],
         ["adam(1e-7)", "sgd(3e-7)", "rmsprop(3e-8)", "adamw(2e-7)"]),
         lambda b, s, t, i: replaced(b, optimizer=s), count=5, start=0)
    make("too few epochs", "S306", [1, 2], lambda b, s, t, i: replaced(
        b, epochs=s, optimizer=other(("sgd(0.004)", "adam(3e-4)", "rmsprop(3e-4)"), ("sgd(0.006)", "adamax(5e-4)",
         "sgd(0.002, momentum=0.5)"))[i % 3]), count=6, start=1, wide="O402")
    make("output without softmax", "S301", other(["linear", "softsign"], ["tanh", "linear"]), lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense({tables.CLASSES[t]}, activation={s})"], loss="sparse_categorical_crossentropy"),
        among=class_tables, harm="certain", count=2, wide="S300")
    make("output of one unit", "S301", other(["softmax", "sigmoid"], ["sigmoid", "softmax"]), lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense(1, activation={s})"]), among=class_tables, harm="certain", count=2,
         start=1, wide="S300")
    make("bounded output", "S301", other(["relu6", "sigmoid", "softplus"], ["softplus", "relu", "sigmoid"]), lambda b,
         s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense(1, activation={s})"], loss="mse"), among=number_tables)
    make("loss of another task", "S301", other(["huber", "mse"], ["mae", "binary_crossentropy"]), lambda b, s, t,
         i: replaced(b, loss=s), among=class_tables,
         harm="certain", count=2, start=2, wide="S300")
    make("raw inputs", "D202", other(["raw 3", "raw 4"], ["raw 4", "raw 3"]), lambda b, s, t, i: replaced(b,
         optimizer="sgd(0.01, momentum=0.5)"),
         among=real_tables, data="rows", count=4, start=1)
    make("softmax twice", "S301", ["from_logits"], lambda b, s, t, i: replaced(
        b, loss="sparse_categorical_crossentropy(from_logits=true)"), among=class_tables, harm="certain", count=2)
    make("equal weights", "S304", other(["zeros", "constant(0.2)"], ["ones", "zeros"]), lambda b, s, t, i: (lambda l: (
        replaced(b, model=l[0] + [end(b)]), l[1]))(
        numbered(hidden["tanh2"], i % 2, lambda x: initialized(x + "", s))), count=4, wide="S303")
    make("large weights", "S303", other([4.0, 12.0], [3.0, 15.0]), lambda b, s, t, i: (lambda l: (
        replaced(b, model=l[0] + [end(b)], optimizer="sgd(2e-3)"), l[1]))(
        numbered(hidden["relu3"], 1, lambda x: initialized(x, f"random_normal(stddev={s})"))), start=7,
         wide="S305 G110 G103")
    make("saturated", "G104 S303", other([3.0, 8.0], [4.0, 12.0]), lambda b, s, t, i: (lambda l: (
        replaced(b, model=l[0] + [end(b)], optimizer="sgd(0.02)"), l[1]))(
        numbered(hidden["tanh2"], i % 2, lambda x: initialized(x, f"random_normal(stddev={s})"))), start=6)
    make("activation removed", "S302", ["all"], lambda b, s, t, i: replaced(b, model=["4 * dense(24)", end(b)]),
         among=bent, count=4)
    make("softmax hidden", "S302", [2, 3], lambda b, s, t, i: replaced(
        b, model=[f"{s} * dense(24, activation=softmax)", end(b)], optimizer="adam(1e-3)"), start=1, wide="G101")
    make("penalty too large", "O403", other(["l2(3)", "l1(1)"], ["l2(2)", "l1(0.5)"]), lambda b, s, t, i: replaced(
        b, model=[f"3 * dense(32, activation=relu, kernel_regularizer={s})", end(b)]), start=3, wide="O402")
    make("dropout too large", "O403", other([0.88, 0.93], [0.9, 0.95]), lambda b, s, t, i: replaced(
        b, model=[f"3 * dense(40, activation=relu, {HE}) | dropout({s})", end(b)]), start=0, wide="O402")
    make("batch of all rows", "S309 S306", [480], lambda b, s, t, i: replaced(
        b, data=b["data"].replace("batch(32)", f"batch({s})"), optimizer="sgd(0.02)", epochs=12), count=2, start=1,
         wide="O402")
    make("batch normalization of one row", "S309", [1], lambda b, s, t, i: replaced(
        b, model=["2 * dense(40) | batch_normalization | relu", end(b)], data=b["data"].replace("batch(32)",
         "batch(1)"), epochs=5,
        twin=replaced(b, model=["2 * dense(40) | batch_normalization | relu", end(b)])), count=2, start=1)
    make("labels permuted", "D213 D214 O401", other(["permuted", "permuted .8"], ["permuted .8", "permuted"]),
         lambda b, s, t, i: dict(b), data="rows",
         count=4, among=[t for t in all_tables if t not in ("seldom", "faint")])
    make("label noise", "D214 O401", other(["noise .3", "noise .5", "noise .4"], ["noise .4", "noise .3", "noise .5"]),
         lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(100, activation=relu, {HE})", end(b)], epochs=50), data="rows", wide="O402 D213 D215",
        count=6, among=other(["spiral", "slices", "wide", "bits", "friedman", "bend"],
                             ["letters", "shells", "bands", "answers", "hills", "tariff"]))
    make("class lacking", "D207 D212", ["lacking"], lambda b, s, t, i: replaced(b, validation="split(0.2)"),
         among=[t for t in sharp if t != "spiral"], data="rows", wide="D211")
    make("rare classes", "D206", other(["rare .01", "rare .03"], ["rare .03", "rare .01"]), lambda b, s, t, i: dict(b),
         among=sharp, data="rows", wide="O402 D207")
    make("leak", "D210", other(["leak", "leak .02"], ["leak .02", "leak"]), lambda b, s, t, i: dict(b), data="rows",
         harm="inflated", start=3)
    make("rows twice", "D208 D209", other(["double 8"], ["double 4"]), lambda b, s, t, i: dict(b), among=real_tables,
         data="rows", harm="inflated",
         wide="D215 O401", start=4)
    make("outliers", "D205 D202", other(["outlier 1e4", "outlier 1e5"], ["outlier 1e6", "outlier 1e4"]), lambda b, s,
         t, i: replaced(b, optimizer="sgd(0.01)"),
         among=real_tables, data="rows", count=4, wide="S305 G110", start=0)
    make("outliers of the target", "D205 D203", other(["far 1e4", "far 1e3"], ["far 1e3", "far 1e4"]), lambda b, s, t,
         i: replaced(
        b, optimizer=("sgd(0.01)", "adam(3e-3)")[i % 2]), among=number_tables, data="rows", wide="S305 G110")
    make("gaps", "D201", ["gap"], lambda b, s, t, i: dict(b), data="rows", harm="certain", count=2, start=6, wide="D200")
    make("sorted and not shuffled", "D212", ["sorted"], lambda b, s, t, i: replaced(
        b, data=b["data"].replace(" | shuffle", ""), optimizer="sgd(0.1)"), among=class_tables, data="rows")
    make("sorted and split", "D212 D207", ["sorted"], lambda b, s, t, i: replaced(b, validation="split(0.3)"),
         among=sharp, data="rows", wide="D211")
    make("too few rows", "D215 O401", other(["few 30", "few 45"], ["few 45", "few 30"]), lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(100, activation=relu, {HE})", end(b)]), data="rows", count=4, start=1, wide="O402 D207")
    make("targets in another unit", "D203", other(["price 1000", "price 100"], ["price 100", "price 1e5"]), lambda b,
         s, t, i: replaced(
        b, optimizer=("sgd(0.01)", "adam(1e-3)")[i % 2]), among=number_tables, data="rows", wide="S305 G110 S306")
    make("frozen", "S310", ["all"], lambda b, s, t, i: replaced(
        b, model=[argument(x, "trainable=false") for x in hidden[other("mish3", "gelu3")] + [end(b)]]), count=2, start=2)
    make("clipped to nothing", "S308 S306", other([3e-4, 1e-3], [1e-4, 2e-3]), lambda b, s, t, i: replaced(
        b, optimizer=f"sgd(0.1, clipnorm={s})"), start=1)
    make("schedule too short", "S307", other(["cosine_decay(0.02, 40)", "exponential_decay(0.02, 10, 0.3)",
                                        "polynomial_decay(0.03, 40, 1e-6)"], ["polynomial_decay(0.02, 30, 1e-7)",
         "cosine_decay(0.03, 50)",
                     "exponential_decay(0.03, 12, 0.3)"]),
         lambda b, s, t, i: replaced(b, optimizer=f"sgd({s})"), wide="S306 O402", start=2)
    make("rate that rises", "S305 S307", other(["0.004 * 1.025 ** step", "0.02 * 1.015 ** step", "0.002 * (step + 1)",
                                          "0.001 * 1.035 ** step"], ["0.01 * 1.018 ** step", "0.003 * 1.03 ** step",
         "0.003 * (step + 1)",
                     "0.0005 * 1.04 ** step"]),
         lambda b, s, t, i: replaced(b, optimizer=f"sgd(per_step('{s}'))"), count=5, wide="G110 G103 O402")
    m.pair([("raw inputs", "rate far too low"), ("equal weights", "rate of sgd too high"), ("labels permuted",
         "rate far too low")], 2)
    return m.nets


def nets(part):
    return healthy(part) + faulty(part)
