"""The fourth judged set: other nets, tables and strengths than in the sets before, and kinds of faults that they do not have:
momentum near 1, noise, constraints, weight decay, class weights, averages and warm-ups that are longer than the training,
wrong early stopping, biases, bottlenecks, a validation that was scaled in another way. It was written before any rule was
tried on it, and has so many healthy nets that five seeds give more than 300 healthy runs."""
import tables
from nets import CHANGES, HE, LECUN, Maker, Net, argument, initialized, keys, numbered, replaced

PART = "fourth"
TABLES = list(tables.FOURTH)
CLASS_TABLES = [t for t in TABLES if tables.CLASSES[t] > 2]
NUMBER_TABLES = [t for t in TABLES if tables.CLASSES[t] == 0]
REAL_TABLES = [t for t in TABLES if t not in ("survey", "tones")]
SHARP = ["petals", "swarm", "grades"]  # classes that a net can tell apart
BENT = ["peaks", "cross", "petals", "quotient"]  # a linear net cannot learn them
HIDDEN = {
    "relu2": [f"2 * dense(44, activation=relu, {HE})"],
    "relu4": [f"4 * dense(36, activation=relu, {HE})"],
    "tanh3": ["3 * dense(28, activation=tanh)"],
    "elu3": [f"3 * dense(44, activation=elu, {HE})"],
    "selu3": [f"3 * dense(44, activation=selu, {LECUN})"],
    "gelu4": [f"4 * dense(28, activation=gelu, {HE})"],
    "mish2": [f"2 * dense(52, activation=mish, {HE})"],
    "softsign2": ["2 * dense(44, activation=softsign)"],
    "prelu3": [f"3 * dense(32, {HE}) | prelu"],
    "norm relu": [f"3 * dense(36, {HE}) | batch_normalization | relu"],
    "rms silu": [f"2 * dense(40, {HE}) | rms_normalization | activation(silu)"],
    "narrowing": [f"dense(72, activation=relu, {HE})", f"dense(24, activation=relu, {HE})"],
}
PLAIN = ["relu2", "tanh3", "elu3", "gelu4"]


def shrink(rows, r, size=300.0):
    """All columns in another unit, so that they are tiny."""
    return [([v / size for v in x], y) for x, y in rows]


def shift(rows, r):
    """Each row has the target of the row before."""
    return [(x, rows[i - 1][1]) for i, (x, _) in enumerate(rows)]


CHANGES.update({"shrunk": (shrink, {}, "same"), "shrunk more": (shrink, {"size": 5000.0}, "same"), "shifted": (shift, {}, None)})


def hard_negatives():
    """Healthy nets that look faulty: name, arguments of keys(), table; None = any table."""
    h = HIDDEN
    classes = [t for t in TABLES if tables.CLASSES[t]]
    return [
        ("momentum .95", dict(hidden=h["relu2"], optimizer="sgd(0.01, momentum=0.95)"), TABLES),
        ("nesterov", dict(hidden=h["elu3"], optimizer="sgd(0.02, momentum=0.9, nesterov=true)"), TABLES),
        ("beta_1 .95", dict(hidden=h["gelu4"], optimizer="adam(2e-3, beta_1=0.95)"), TABLES),
        ("amsgrad", dict(hidden=h["relu4"], optimizer="adam(3e-3, amsgrad=true)"), TABLES),
        ("adamax", dict(hidden=h["mish2"], optimizer="adamax(6e-3)"), TABLES),
        ("adafactor", dict(hidden=h["relu2"], optimizer="adafactor(0.01)"), TABLES),
        ("adagrad", dict(hidden=h["relu2"], optimizer="adagrad(0.05)"), TABLES),
        ("lion", dict(hidden=h["gelu4"], optimizer="lion(4e-4)"), TABLES),
        ("muon", dict(hidden=h["relu2"], optimizer="muon(5e-3)"), TABLES),
        ("schedule free", dict(hidden=h["relu2"], optimizer="schedule_free_adamw(5e-3)"), TABLES),
        ("weight decay", dict(hidden=h["relu4"], optimizer="adamw(3e-3, weight_decay=0.05)"), TABLES),
        ("decay of sgd", dict(hidden=h["relu2"], optimizer="sgd(0.05, momentum=0.9, weight_decay=5e-4)"), TABLES),
        ("average of weights", dict(hidden=h["relu2"], optimizer="adam(3e-3, use_ema=true, ema_momentum=0.98)"), TABLES),
        ("lookahead", dict(hidden=h["elu3"], optimizer="adam(4e-3, lookahead_steps=5)"), TABLES),
        ("two batches", dict(hidden=h["relu2"], optimizer="adam(4e-3, gradient_accumulation_steps=2)"), TABLES),
        ("clipvalue", dict(hidden=h["relu4"], optimizer="sgd(0.1, clipvalue=0.5)"), TABLES),
        ("clipnorm", dict(hidden=h["elu3"], optimizer="sgd(0.1, clipnorm=1)"), TABLES),
        ("warm-up", dict(hidden=h["gelu4"], optimizer="adam(warmup(60, 4e-3))"), TABLES),
        ("one cycle", dict(hidden=h["relu2"], optimizer="sgd(one_cycle(0.1, all), momentum=0.9)"), TABLES),
        ("restarts", dict(hidden=h["relu2"], optimizer="sgd(cosine_decay_restarts(0.1, 200), momentum=0.8)"), TABLES),
        ("rate by epoch", dict(hidden=h["relu4"], optimizer="adam(per_epoch('0.004 * 0.95 ** epoch'))"), TABLES),
        ("flat, then falling", dict(hidden=h["relu2"], optimizer="adam(flat_cos(4e-3, all))"), TABLES),
        ("plateau", dict(hidden=h["relu2"], observers="reduce_lr_on_plateau(factor=0.5, patience=8)"), TABLES),
        ("early stopping", dict(hidden=h["gelu4"], epochs=80,
         observers="early_stopping(patience=15, restore_best_weights=true)"), TABLES),
        ("max_norm 2", dict(hidden=["2 * dense(44, activation=relu, kernel_constraint=max_norm(2))"]), TABLES),
        ("max_norm 1", dict(hidden=["2 * dense(44, activation=relu, kernel_constraint=max_norm(1))"]), TABLES),
        ("l2", dict(hidden=["2 * dense(44, activation=relu, kernel_regularizer=l2(2e-4))"]), TABLES),
        ("l1_l2", dict(hidden=["2 * dense(44, activation=elu, kernel_regularizer=l1_l2(1e-5, 1e-4))"]), TABLES),
        ("activity", dict(hidden=["2 * dense(44, activation=relu, activity_regularizer=l2(1e-4))"]), TABLES),
        ("noise", dict(hidden=["gaussian_noise(0.05)", *h["relu2"]]), TABLES),
        ("dropout .3", dict(hidden=[f"2 * dense(96, activation=relu, {HE}) | dropout(0.3)"], epochs=50), TABLES),
        ("alpha dropout", dict(hidden=[f"2 * dense(96, activation=selu, {LECUN}) | alpha_dropout(0.1)"], epochs=50), TABLES),
        ("biases of .1", dict(hidden=[f"2 * dense(44, activation=relu, {HE}, bias_initializer=constant(0.1))"]), TABLES),
        ("without biases", dict(hidden=[f"3 * dense(44, activation=tanh, use_bias=false)"]), TABLES),
        ("orthogonal", dict(hidden=["5 * dense(36, activation=tanh, kernel_initializer=orthogonal)"], optimizer="adam(2e-3)"), TABLES),
        ("14 layers of selu", dict(hidden=[f"14 * dense(22, activation=selu, {LECUN})"], optimizer="adam(1e-3)"), TABLES),
        ("8 normalized layers", dict(hidden=["8 * dense(28) | batch_normalization | relu"], optimizer="adam(2e-3)"), TABLES),
        ("momentum .9 of the norm", dict(hidden=["2 * dense(44) | batch_normalization(momentum=0.9) | relu"]), TABLES),
        ("layer norm, batch 4", dict(hidden=["2 * dense(36, activation=relu) | layer_normalization"], batch=4,
         optimizer="adam(5e-4)", epochs=20), TABLES),
        ("batch 8", dict(hidden=h["relu2"], batch=8, optimizer="adam(7e-4)"), TABLES),
        ("batch 120", dict(hidden=h["relu2"], batch=120, optimizer="adam(0.01)", epochs=60), TABLES),
        ("narrow middle", dict(hidden=[f"dense(44, activation=relu, {HE})", "dense(5)", f"dense(44, activation=relu, {HE})"]), TABLES),
        ("class weights", dict(hidden=h["relu2"], class_weight="balanced"), classes),
        ("smoothing", dict(hidden=h["relu2"], loss="binary_crossentropy(label_smoothing=0.1)"), ["cross", "tones"]),
        ("huber", dict(hidden=h["relu2"], loss="huber"), NUMBER_TABLES),
        ("log_cosh", dict(hidden=h["elu3"], loss="log_cosh"), NUMBER_TABLES),
        ("mae", dict(hidden=h["relu2"], loss="mae"), NUMBER_TABLES),
        ("zeros in the output", dict(hidden=h["relu2"], last="zeros"), TABLES),
    ]


def zeroed(table):
    """The last layer with weights that begin with 0."""
    classes = tables.CLASSES[table]
    return "dense(1, kernel_initializer=zeros)" if classes == 0 else \
        f"dense({1 if classes == 2 else classes}, activation={'sigmoid' if classes == 2 else 'softmax'}, kernel_initializer=zeros)"


def scaled():
    """Raw columns and targets with the layers that see to them."""
    out = []
    for table in ("grades", "peaks", "swarm"):
        out.append(Net(f"raw, normalized {table} {PART}", "hard negative", table,
                       keys(table, ["normalization", *HIDDEN["relu2"]], epochs=40), part=PART, change="raw 3"))
    for table in ("peaks", "quotient"):
        base = keys(table, HIDDEN["elu3"], epochs=40)
        out.append(Net(f"price, normalized {table} {PART}", "hard negative", table,
                       replaced(base, model=base["model"] + ["normalization(invert=true)"]), part=PART, change="price 1000"))
    return out


def healthy():
    """Healthy nets on three tables each, then hard negatives."""
    out = []
    for i, (name, hidden) in enumerate(HIDDEN.items()):
        for k in range(3):
            table = TABLES[(i + 3 * k + k // 2) % len(TABLES)]
            out.append(Net(f"{name} {table} {PART}", "healthy", table, keys(table, hidden, epochs=40), part=PART))
    for i, (name, given, among) in enumerate(hard_negatives()):
        table = among[(2 * i + i // 4) % len(among)]
        more = {"last": zeroed(table)} if given.get("last") == "zeros" else {}
        out.append(Net(f"{name} {table} {PART}", "hard negative", table,
                       keys(table, **{"epochs": 40, **given, **more}), part=PART))
    return out + scaled()


def faulty():
    """Faulty nets: the kinds of the sets before, then those that are new."""
    m = Maker(HIDDEN, PLAIN, PART)

    def make(family, codes, strengths, fault, count=2, among=TABLES, start=0, **more):
        m.make(family, codes, strengths, fault, count=count, among=among[start:] + among[:start], **more)

    def end(b):
        return b["model"][-1]

    def hidden(*layers, **more):
        return lambda b, s, t, i: replaced(b, model=[w.replace("{s}", str(s)) for w in layers] + [end(b)], **more)

    def optimizer(text="{s}", **more):
        return lambda b, s, t, i: replaced(b, optimizer=text.replace("{s}", str(s)), **more)

    def changed(name, at, change_of, rate):
        return lambda b, s, t, i: (lambda l: (replaced(b, model=l[0] + [end(b)], optimizer=rate), l[1]))(
            numbered(HIDDEN[name], at(i), lambda x: change_of(x, s)))

    def rows(b, s, t, i):
        return dict(b)

    make("vanishing sigmoid", "G101", [13, 17], lambda b, s, t, i: (replaced(
        b, model=[f"{s} * dense(28, activation=sigmoid)", end(b)], optimizer="adam(1e-3)"), "dense"), count=3, start=3)
    make("vanishing small weights", "S303 G101", [0.012, 0.025], lambda b, s, t, i: (replaced(
        b, model=[f"7 * dense(36, activation=tanh, kernel_initializer=random_normal(stddev={s}))", end(b)],
        optimizer="sgd(0.05)"), "dense"), start=1, wide="G104")
    make("exploding weights", "S303 G102", [1.1, 2.2], hidden(
        "8 * dense(36, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(1e-3)"), start=5,
        wide="G110 S305 D203")
    make("dead by bias", "G103", [-7, -14], changed("relu4", lambda i: i % 3, lambda x, s: argument(
        x, f"bias_initializer=constant({s})"), "sgd(0.05)"), start=2)
    make("oscillating", "S305", [2.5, 6.0], optimizer("sgd({s}, momentum=0.9)"), start=4, wide="G110 G103 G104")
    make("rate of adam too high", "S305", ["adam(0.6)", "rmsprop(0.6)", "nadam(0.8)"], optimizer(), count=3, start=1,
         wide="G103 G110 G104")
    make("rate of sgd too high", "S305", [6.0, 40.0], optimizer("sgd({s})"), start=6, wide="G103 G110 G104")
    make("rate far too low", "S306", ["adam(2e-7)", "sgd(1e-6)", "rmsprop(5e-8)"], optimizer(), count=3, start=2)
    make("too few epochs", "S306", [1, 2], lambda b, s, t, i: replaced(
        b, epochs=s, optimizer=("sgd(0.005)", "adam(4e-4)")[i % 2]), count=4, start=3, wide="O402")
    make("output without softmax", "S301", ["tanh", "softsign"], lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense({tables.CLASSES[t]}, activation={s})"], loss="sparse_categorical_crossentropy"),
        among=CLASS_TABLES, harm="certain", wide="S300")
    make("output of one unit", "S301", ["sigmoid", "softmax"], lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense(1, activation={s})"]), among=CLASS_TABLES, harm="certain", start=1, wide="S300")
    make("bounded output", "S301", ["sigmoid", "softplus", "relu"], lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense(1, activation={s})"], loss="mse"), among=NUMBER_TABLES, count=3)
    make("loss of another task", "S301", ["mse", "huber"], lambda b, s, t, i: replaced(b, loss=s), among=CLASS_TABLES,
         harm="certain", start=2, wide="S300")
    make("raw inputs", "D202", ["raw 3", "raw 4"], lambda b, s, t, i: replaced(b, optimizer="sgd(0.01)"),
         among=REAL_TABLES, data="rows", count=3, start=2)
    make("softmax twice", "S301", ["from_logits"], lambda b, s, t, i: replaced(
        b, loss="sparse_categorical_crossentropy(from_logits=true)"), among=CLASS_TABLES, harm="certain", count=1)
    make("equal weights", "S304", ["zeros", "constant(0.1)"], changed("tanh3", lambda i: i % 2, initialized, "adam(3e-3)"),
         wide="S303", start=5)
    make("large weights", "S303", [5.0, 10.0], changed("relu4", lambda i: 1, lambda x, s: initialized(
        x, f"random_normal(stddev={s})"), "sgd(2e-3)"), start=3, wide="S305 G110 G103")
    make("saturated", "G104 S303", [5.0, 10.0], changed("tanh3", lambda i: i % 2, lambda x, s: initialized(
        x, f"random_normal(stddev={s})"), "sgd(0.02)"), start=0)
    make("activation removed", "S302", ["all"], hidden("3 * dense(36)"), among=BENT, count=3)
    make("softmax hidden", "S302", [2, 3], lambda b, s, t, i: replaced(
        b, model=[f"{s} * dense(28, activation=softmax)", end(b)], optimizer="adam(1e-3)"), start=4, wide="G101")
    make("penalty too large", "O403", ["l2(2)", "l1(0.5)"], hidden(
        "3 * dense(36, activation=relu, kernel_regularizer={s})"), start=1, wide="O402")
    make("dropout too large", "O403", [0.9, 0.94], hidden(f"3 * dense(44, activation=relu, {HE}) | dropout({{s}})"), start=5,
         wide="O402")
    make("batch of all rows", "S309 S306", [480], lambda b, s, t, i: replaced(
        b, data=b["data"].replace("batch(32)", f"batch({s})"), optimizer="sgd(0.02)", epochs=15), start=2, wide="O402")
    make("batch normalization of few rows", "S309", [1, 2], lambda b, s, t, i: replaced(
        b, model=["2 * dense(36) | batch_normalization | relu", end(b)], data=b["data"].replace("batch(32)", f"batch({s})"),
        epochs=6, twin=replaced(b, model=["2 * dense(36) | batch_normalization | relu", end(b)])), start=0)
    make("labels permuted", "D213 D214 O401", ["permuted", "permuted .8", "shifted"], rows, data="rows", count=3, start=1,
         among=[t for t in TABLES if t != "plant"])
    make("label noise", "D214 O401", ["noise .4", "noise .3", "noise .5"], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(100, activation=relu, {HE})", end(b)], epochs=50), data="rows", count=3,
        wide="O402 D213 D215", among=["swarm", "petals", "grades", "cross"])
    make("class lacking", "D207 D212", ["lacking"], lambda b, s, t, i: replaced(b, validation="split(0.2)"), among=SHARP,
         data="rows", wide="D211")
    make("rare classes", "D206", ["rare .01", "rare .03"], rows, among=SHARP, data="rows", wide="O402 D207")
    make("leak", "D210", ["leak", "leak .02"], rows, data="rows", harm="inflated", start=4)
    make("rows twice", "D208 D209", ["double 4"], rows, among=REAL_TABLES, data="rows", harm="inflated", wide="D215 O401",
         start=3)
    make("outliers", "D205 D202", ["outlier 1e5", "outlier 1e4"], lambda b, s, t, i: replaced(b, optimizer="sgd(0.01)"),
         among=REAL_TABLES, data="rows", wide="S305 G110", start=1)
    make("outliers of the target", "D205 D203", ["far 1e4", "far 1e3"], rows, among=NUMBER_TABLES, data="rows",
         wide="S305 G110")
    make("gaps", "D201", ["gap"], rows, data="rows", harm="certain", count=1, start=6, wide="D200")
    make("sorted and not shuffled", "D212", ["sorted"], lambda b, s, t, i: replaced(
        b, data=b["data"].replace(" | shuffle", ""), optimizer="sgd(0.1)"), among=CLASS_TABLES + NUMBER_TABLES, data="rows",
        count=4, start=2)
    make("sorted and split", "D212 D207", ["sorted"], lambda b, s, t, i: replaced(b, validation="split(0.3)"),
         among=SHARP + ["peaks"], data="rows", wide="D211", count=3, start=1)
    make("too few rows", "D215 O401", ["few 30", "few 45"], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(100, activation=relu, {HE})", end(b)]), data="rows", start=1, wide="O402 D207")
    make("targets in another unit", "D203", ["price 1000", "price 1e5"], lambda b, s, t, i: replaced(
        b, optimizer=("adam(1e-3)", "sgd(0.01)")[i % 2]), among=NUMBER_TABLES, data="rows", wide="S305 G110 S306")
    make("frozen", "S310", ["all"], lambda b, s, t, i: replaced(
        b, model=[argument(x, "trainable=false") for x in HIDDEN["relu2"] + [end(b)]]), count=1, start=2)
    make("clipped to nothing", "S308 S306", [2e-4, 1e-3], optimizer("sgd(0.1, clipnorm={s})"), start=3)
    make("schedule too short", "S307", ["cosine_decay(0.02, 45)", "exponential_decay(0.02, 8, 0.4)"], optimizer("sgd({s})"),
         wide="S306 O402", start=5)
    make("rate that rises", "S305 S307", ["0.006 * 1.022 ** step", "0.002 * 1.028 ** step"], optimizer(
        "sgd(per_step('{s}'))"), wide="G110 G103 O402", start=6)
    new_kinds(m, make, end, hidden, optimizer, rows)
    m.pair([("raw inputs", "rate far too low"), ("labels permuted", "rate of sgd too high")], 2)
    return m.nets


def new_kinds(m, make, end, hidden, optimizer, rows):
    """Kinds of faults that the sets before do not have."""
    make("momentum near 1", "S305", ["sgd(0.05, momentum=0.999)", "sgd(0.1, momentum=0.99)", "sgd(0.02, momentum=0.995)"],
         optimizer(), count=3, wide="G110 G103")
    make("noise too large", "O403", [8, 15], hidden("gaussian_noise({s})", f"2 * dense(44, activation=relu, {HE})"),
         start=3, wide="O402")
    make("noise between layers", "O403", [25, 12], hidden(f"dense(44, activation=relu, {HE})", "gaussian_noise({s})",
         f"dense(44, activation=relu, {HE})"), start=1, wide="O402")
    make("constraint too tight", "O403", [0.002, 0.05], hidden(
        "3 * dense(36, activation=relu, kernel_constraint=max_norm({s}))"), start=4, wide="O402")
    make("penalty on outputs", "O403", ["l2(5)", "l1(1)"], hidden(
        "2 * dense(44, activation=relu, activity_regularizer={s})"), start=6, wide="O402")
    make("decay too strong", "O403", ["sgd(0.1, weight_decay=0.5)", "sgd(0.05, weight_decay=1)"], optimizer(), start=2,
         wide="O402")
    make("class weights far apart", "D206", [2000, 500], lambda b, s, t, i: replaced(
        b, class_weight="[" + ", ".join(str(s) if k == 1 else "1" for k in range(tables.CLASSES[t])) + "]"),
        among=["survey", "tones", "grades"], start=0, wide="O402", count=3)
    make("tiny inputs", "D202", ["shrunk more", "shrunk"], lambda b, s, t, i: replaced(
        b, optimizer=("adam(1e-3)", "sgd(0.02)")[i % 2]), among=REAL_TABLES, data="rows", count=3, start=2)
    make("scaled again", "D202", ["1/255", "0.001"], hidden("rescaling({s})", f"2 * dense(44, activation=relu, {HE})",
         optimizer="sgd(0.05)"), start=5)
    make("average of weights too long", "S306", ["adam(3e-3, use_ema=true, ema_momentum=0.9999)",
         "adam(3e-3, lookahead_steps=5, lookahead_rate=0.003)"], optimizer(), start=1)
    make("warm-up too long", "S307 S306", ["sgd(warmup(200000, 0.05))", "adam(warmup(50000, 3e-3))"], optimizer(), start=4,
         wide="O402")
    make("gradients gathered too long", "S309 S306", [60, 200], optimizer("sgd(0.05, gradient_accumulation_steps={s})"),
         start=0, wide="O402")
    make("elements clipped to nothing", "S308 S306", [1e-5, 1e-4], optimizer("sgd(0.05, clipvalue={s})"), start=2)
    make("biases that saturate", "S303 G104 G103", [12, -9], hidden(
        "3 * dense(36, activation=tanh, bias_initializer=constant({s}))", optimizer="sgd(0.03)"), start=3, wide="G101")
    make("one unit between layers", "O402 S302", ["relu"], hidden(f"dense(44, activation=relu, {HE})",
         "dense(1, activation={s})", f"dense(44, activation=relu, {HE})"), among=["swarm", "grades", "petals"], count=2)
    make("hidden layers frozen", "S310", [0.02, 0.05], hidden(
        "3 * dense(36, activation=relu, trainable=false, kernel_initializer=random_normal(stddev={s}))"), start=1,
        wide="S303 G101")
    make("validation scaled otherwise", "D211", ["0.1", "20"], lambda b, s, t, i: replaced(
        b, validation=f"csv('{t}_test.csv', target=y) | rescaling({s})"), among=REAL_TABLES, harm="certain", start=1)
    make("stopped at once", "S306", [6, 3], lambda b, s, t, i: replaced(
        b, optimizer="sgd(0.004)", observers=f"early_stopping(monitor=val_loss, min_delta={s}, patience=1)"),
        start=2, wide="O402")


def nets():
    return healthy() + faulty()
