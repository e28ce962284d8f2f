"""The seventh judged set: the kinds of nets and faults of the fifth set, with other nets, tables, strengths, optimizers and
schedules. It was written for rules that were changed after the sixth set had been looked at, and before any of them was tried
on it. As in the fifth set, a healthy net on a noisy table has the same net, stopped at its best epoch, as its twin."""
import tables
from nets import CHANGES, HE, LECUN, Maker, Net, argument, head, initialized, keys, numbered, replaced

PART = "seventh"
TABLES = list(tables.SEVENTH)
NOISY = ["wages", "fever", "tastes"]
CLASS_TABLES = [t for t in TABLES if tables.CLASSES[t] > 2]
NUMBER_TABLES = [t for t in TABLES if tables.CLASSES[t] == 0]
SMOOTH = ["dunes", "pulse"]  # numbers with little noise
REAL_TABLES = [t for t in TABLES if t != "visits"]
SHARP = ["seals", "petals2"]  # classes that a net can tell apart
BENT = ["dunes", "pulse", "strips", "petals2"]  # a linear net cannot learn them
HIDDEN = {
    "relu2": [f"2 * dense(60, activation=relu, {HE})"],
    "relu5": [f"4 * dense(34, activation=relu, {HE})"],
    "tanh2": ["2 * dense(42, activation=tanh)"],
    "tanh4": ["3 * dense(32, activation=tanh)"],
    "elu2": [f"3 * dense(34, activation=elu, {HE})"],
    "selu6": [f"5 * dense(28, activation=selu, {LECUN})"],
    "silu3": [f"3 * dense(38, activation=gelu, {HE})"],
    "celu3": [f"4 * dense(30, activation=celu, {HE})"],
    "sum of two": [f"dense(48, activation=relu, {HE}, name=a)", f"dense(48, activation=relu, {HE}, name=b)", "add() <- a b"],
    "norm gelu": [f"3 * dense(38, {HE}) | layer_normalization | activation(mish)"],
    "batch norm tanh": ["2 * dense(46) | batch_normalization | relu"],
    "widening": [f"dense(24, activation=relu, {HE})", f"dense(72, activation=relu, {HE})"],
}
PLAIN = ["relu2", "tanh2", "elu2", "silu3"]
STOP = "early_stopping(patience=9, restore_best_weights=true)"


def mix(rows, r):
    """Each row has the target of a row nearby in the file."""
    return [(x, rows[(i + r.randrange(1, 9)) % len(rows)][1]) for i, (x, _) in enumerate(rows)]


CHANGES.update({"mixed": (mix, {}, None), "few 200": (CHANGES["few 30"][0], {"count": 200}, None),
                "few 40": (CHANGES["few 30"][0], {"count": 40}, None), "few 25": (CHANGES["few 30"][0], {"count": 25}, None)})


def hard_negatives():
    """Healthy nets that look faulty: name, arguments of keys(), tables."""
    h = HIDDEN
    classes = [t for t in TABLES if tables.CLASSES[t]]
    large = [f"2 * dense(260, activation=relu, {HE})"]
    some = [
        ("stopped early", dict(hidden=h["elu2"], epochs=90, observers=STOP), NOISY),
        ("stopped early, large", dict(hidden=large, epochs=60, observers=STOP), NOISY),
        ("stopped by accuracy", dict(hidden=h["silu3"], epochs=60, observers="early_stopping(monitor=val_accuracy, mode=max, "
         "patience=12, restore_best_weights=true)"), ["fever", "tastes", "seals"]),
        ("stopped, not restored", dict(hidden=h["relu2"], epochs=80, observers="early_stopping(patience=7)"), TABLES),
        ("best kept", dict(hidden=h["relu2"], keep="best", epochs=80), NOISY),
        ("best kept, large", dict(hidden=large, keep="best", epochs=30), NOISY),
        ("best weights", dict(hidden=h["elu2"], observers="best_weights", epochs=60), NOISY),
        ("small on noise", dict(hidden=[f"dense(9, activation=relu)"], optimizer="adam(2e-3)"), NOISY),
        ("penalty on noise", dict(hidden=[f"2 * dense(40, activation=relu, {HE}, kernel_regularizer=l2(3e-3))"]), NOISY),
        ("dropout on noise", dict(hidden=[f"2 * dense(90, activation=relu, {HE}) | dropout(0.4)"]), NOISY),
        ("few epochs on noise", dict(hidden=h["relu2"], epochs=9), NOISY),
        ("linear on noise", dict(hidden=[]), ["wages", "tastes"]),
    ]
    for i, table in enumerate(("petals2", "seals", "dunes", "pulse", "strips")):
        some.append((f"{(150, 200)[i % 2]} rows", dict(hidden=h["relu2"], epochs=80, observers=STOP, batch=16,
                     change=f"few {(150, 200)[i % 2]}"), [table]))
    return some + [
        ("momentum .97", dict(hidden=h["relu2"], optimizer="sgd(0.008, momentum=0.95)"), TABLES),
        ("momentum .5", dict(hidden=h["silu3"], optimizer="sgd(0.05, momentum=0.7)"), TABLES),
        ("beta_1 .8", dict(hidden=h["relu2"], optimizer="adam(2e-3, beta_1=0.85)"), TABLES),
        ("beta_1 .97", dict(hidden=h["elu2"], optimizer="adam(2e-3, beta_1=0.96)"), TABLES),
        ("beta_2 .9", dict(hidden=h["relu5"], optimizer="adam(2e-3, beta_2=0.97)"), TABLES),
        ("beta_2 .9999", dict(hidden=h["silu3"], optimizer="adam(2e-3, beta_2=0.99)"), TABLES),
        ("without momentum", dict(hidden=h["relu2"], optimizer="adam(3e-3, beta_1=0.1)"), TABLES),
        ("nadam", dict(hidden=h["celu3"], optimizer="nadam(1.5e-3)"), TABLES),
        ("lamb", dict(hidden=h["relu2"], optimizer="lamb(0.01)"), TABLES),
        ("muon", dict(hidden=h["silu3"], optimizer="muon(2e-3)"), TABLES),
        ("lion", dict(hidden=h["relu5"], optimizer="lion(2e-4)"), TABLES),
        ("adagrad", dict(hidden=h["relu2"], optimizer="adagrad(0.06)"), TABLES),
        ("rmsprop, momentum", dict(hidden=h["tanh2"], optimizer="rmsprop(1e-3, momentum=0.4)"), TABLES),
        ("schedule free", dict(hidden=h["elu2"], optimizer="schedule_free_adamw(3e-3)"), TABLES),
        ("decoupled decay", dict(hidden=h["relu2"], optimizer="adamw(3e-3, weight_decay=0.05)"), TABLES),
        ("average", dict(hidden=h["silu3"], optimizer="adam(3e-3, use_ema=true, ema_momentum=0.96)"), TABLES),
        ("three batches", dict(hidden=h["relu2"], optimizer="adam(4e-3, gradient_accumulation_steps=4)"), TABLES),
        ("cosine", dict(hidden=h["relu5"], optimizer="adam(cosine_decay(5e-3, all))"), TABLES),
        ("warm-up, cosine", dict(hidden=h["silu3"], optimizer="sgd(one_cycle_cosine(0.08, all), momentum=0.9)"), TABLES),
        ("coslog", dict(hidden=h["relu2"], optimizer="adam(coslog(5e-3))"), TABLES),
        ("inverse time", dict(hidden=h["tanh2"], optimizer="adam(inverse_time_decay(6e-3, 120, 0.4))"), TABLES),
        ("steps down", dict(hidden=h["elu2"], optimizer="adam(polynomial_decay(4e-3, all, 2e-4))"), TABLES),
        ("cyclical", dict(hidden=h["relu2"], optimizer="sgd(cyclical(0.008, 0.05, 80), momentum=0.6)"), TABLES),
        ("plateau", dict(hidden=h["silu3"], observers="reduce_lr_on_plateau(monitor=val_loss, factor=0.5, patience=7)"), TABLES),
        ("clipped by norm", dict(hidden=h["relu5"], optimizer="sgd(0.1, clipnorm=1)"), TABLES),
        ("slow lower layers", dict(hidden=h["relu2"], learning_rate_factors="dense=0.4"), TABLES),
        ("frozen for two epochs", dict(hidden=h["relu2"], freeze="dense", frozen_epochs=1), TABLES),
        ("freeze none", dict(hidden=h["elu2"], freeze="none"), TABLES),
        ("max_norm 1.5", dict(hidden=["2 * dense(50, activation=relu, kernel_constraint=max_norm(2))"]), TABLES),
        ("unit norm", dict(hidden=["2 * dense(50, activation=elu, kernel_constraint=unit_norm)"]), TABLES),
        ("spectral norm", dict(hidden=[f"2 * dense(50, activation=relu, {HE}, kernel_constraint=spectral_norm)"]), TABLES),
        ("l1", dict(hidden=[f"2 * dense(50, activation=relu, {HE}, kernel_regularizer=l1(2e-5))"]), TABLES),
        ("noise .08", dict(hidden=["gaussian_noise(0.06)", *h["silu3"]]), TABLES),
        ("gaussian dropout", dict(hidden=[f"2 * dense(80, activation=relu, {HE}) | gaussian_dropout(0.25)"], epochs=50), TABLES),
        ("noise between", dict(hidden=[f"dense(56, activation=relu, {HE})", "gaussian_noise(0.15)",
                                       f"dense(56, activation=relu, {HE})"]), TABLES),
        ("biases of -.1", dict(hidden=[f"2 * dense(50, activation=relu, {HE}, bias_initializer=constant(0.15))"]), TABLES),
        ("18 layers of selu", dict(hidden=[f"12 * dense(26, activation=selu, {LECUN})"], optimizer="adam(7e-4)"), TABLES),
        ("10 normalized layers", dict(hidden=["8 * dense(32) | layer_normalization | relu"], optimizer="adam(2e-3)"), TABLES),
        ("small initial weights", dict(hidden=["2 * dense(50, activation=relu, kernel_initializer=random_normal(stddev=0.18))"]),
         TABLES),
        ("batch 6", dict(hidden=h["relu2"], batch=10, optimizer="adam(1e-3)", epochs=20), TABLES),
        ("batch 96", dict(hidden=h["tanh2"], batch=72, optimizer="adam(8e-3)", epochs=60), TABLES),
        ("one wide layer", dict(hidden=[f"dense(600, activation=relu, {HE})"], optimizer="adam(8e-4)", epochs=25), TABLES),
        ("class weights", dict(hidden=h["relu2"], class_weight="balanced"), classes),
        ("mae", dict(hidden=h["relu2"], loss="mae"), SMOOTH),
        ("huber", dict(hidden=h["silu3"], loss="huber"), NUMBER_TABLES),
        ("zeros in the output", dict(hidden=h["relu2"], last="zeros"), TABLES),
    ]


def healthy_net(name, family, table, keys_of, change=""):
    """A healthy net; on a noisy table with the twin that is stopped at its best epoch."""
    twin = None
    if table in NOISY:
        twin = replaced(keys_of, observers=STOP)
    return Net(f"{name} {table} {PART}", family, table, keys_of, twin=twin, part=PART, change=change)


def healthy():
    """Healthy nets on three tables each, then hard negatives."""
    out = []
    for i, (name, hidden) in enumerate(HIDDEN.items()):
        for k in range(3):
            table = TABLES[(2 * i + 3 * k) % len(TABLES)]
            out.append(healthy_net(name, "healthy", table, keys(table, hidden, epochs=40)))
    for i, (name, given, among) in enumerate(hard_negatives()):
        for table in among if among is NOISY else [among[(2 * i + i // 5) % len(among)]]:
            given = dict(given)
            change = given.pop("change", "")
            if given.get("last") == "zeros":
                given["last"] = head(table)[:-1] + ", kernel_initializer=zeros)"
            out.append(healthy_net(name, "hard negative", table, keys(table, **{"epochs": 40, **given}), change))
    for table in ("pulse", "seals", "strips"):
        out.append(healthy_net("raw, normalized", "hard negative", table,
                               keys(table, ["normalization", *HIDDEN["silu3"]], epochs=40), "raw 3"))
    return out


def faulty():
    """Faulty nets: the kinds of the sets before, then those that are new."""
    m = Maker(HIDDEN, PLAIN, PART)
    clear = [t for t in TABLES if t not in NOISY]  # tables where harm shows

    def make(family, codes, strengths, fault, count=2, among=clear, start=0, **more):
        m.make(family, codes, strengths, fault, count=count, among=among[start % len(among):] + among[:start % len(among)],
               **more)

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

    make("vanishing sigmoid", "G101", [16, 12], lambda b, s, t, i: (replaced(
        b, model=[f"{s} * dense(30, activation=sigmoid)", end(b)], optimizer="nadam(8e-4)"), "dense"), count=3, start=1)
    make("vanishing small weights", "S303 G101", [0.01, 0.018], lambda b, s, t, i: (replaced(
        b, model=[f"6 * dense(40, activation=tanh, kernel_initializer=truncated_normal(stddev={s}))", end(b)],
        optimizer="sgd(0.04)"), "dense"), start=2, wide="G104")
    make("exploding weights", "S303 G102", [1.5, 1.0], hidden(
        "9 * dense(40, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(2e-3)"), start=3,
        wide="G110 S305 D203")
    make("dead by bias", "G103", [-10, -7], changed("relu5", lambda i: i % 4, lambda x, s: argument(
        x, f"bias_initializer=constant({s})"), "sgd(0.04)"), start=4)
    make("oscillating", "S305", [3.0, 1.9], optimizer("sgd({s}, momentum=0.92)"), start=0, wide="G110 G103 G104")
    make("rate of adam too high", "S305", ["adamw(0.6)", "rmsprop(0.6)", "adam(0.8)"], optimizer(), count=3, start=2,
         wide="G103 G110 G104")
    make("rate of sgd too high", "S305", [45.0, 9.0], optimizer("sgd({s})"), start=5, wide="G103 G110 G104")
    make("rate far too low", "S306", ["sgd(8e-7)", "nadam(2e-7)", "adam(1e-7)"], optimizer(), count=3, start=1)
    make("too few epochs", "S306", [1, 2], lambda b, s, t, i: replaced(
        b, epochs=s, optimizer=("adam(4e-4)", "sgd(0.005)")[i % 2]), count=4, start=2, wide="O402")
    make("output without softmax", "S301", ["tanh", "sigmoid"], lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense({tables.CLASSES[t]}, activation={s})"], loss="sparse_categorical_crossentropy"),
        among=CLASS_TABLES, harm="certain", wide="S300")
    make("output of one unit", "S301", ["sigmoid", "softmax"], lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense(1, activation={s})"]), among=CLASS_TABLES, harm="certain", start=1, wide="S300")
    make("bounded output", "S301", ["sigmoid", "tanh", "relu6"], lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + [f"dense(1, activation={s})"], loss="mse"), among=["pulse", "visits", "dunes"], count=3)
    make("loss of another task", "S301", ["mae", "huber"], lambda b, s, t, i: replaced(b, loss=s), among=CLASS_TABLES,
         harm="certain", start=2, wide="S300")
    make("raw inputs", "D202", ["raw 3", "raw 4"], lambda b, s, t, i: replaced(b, optimizer="sgd(0.02)"),
         among=[t for t in REAL_TABLES if t not in NOISY], data="rows", count=3, start=1)
    make("softmax twice", "S301", ["from_logits"], lambda b, s, t, i: replaced(
        b, loss="sparse_categorical_crossentropy(from_logits=true)"), among=CLASS_TABLES, harm="certain", count=1, start=1)
    make("equal weights", "S304", ["zeros", "constant(0.12)"], changed("tanh2", lambda i: i % 2, initialized, "adam(3e-3)"),
         wide="S303", start=3)
    make("large weights", "S303", [5.0, 8.0], changed("relu5", lambda i: 1, lambda x, s: initialized(
        x, f"random_normal(stddev={s})"), "sgd(2e-3)"), start=4, wide="S305 G110 G103")
    make("saturated", "G104 S303", [5.0, 8.0], changed("tanh4", lambda i: i % 2, lambda x, s: initialized(
        x, f"random_normal(stddev={s})"), "sgd(0.02)"), start=5)
    make("activation removed", "S302", ["all"], hidden("3 * dense(40)"), among=BENT, count=3)
    make("softmax hidden", "S302", [2, 3], lambda b, s, t, i: replaced(
        b, model=[f"{s} * dense(26, activation=softmax)", end(b)], optimizer="adam(1e-3)"), start=0, wide="G101")
    make("penalty too large", "O403", ["l1(0.6)", "l2(3)"], hidden(
        "2 * dense(44, activation=relu, kernel_regularizer={s})"), start=1, wide="O402")
    make("dropout too large", "O403", [0.87, 0.92], hidden(f"3 * dense(50, activation=relu, {HE}) | dropout({{s}})"), start=2,
         wide="O402")
    make("batch of all rows", "S309 S306", [480], lambda b, s, t, i: replaced(
        b, data=b["data"].replace("batch(32)", f"batch({s})"), optimizer="sgd(0.015)", epochs=14), start=3, wide="O402")
    make("batch normalization of few rows", "S309", [1, 2], lambda b, s, t, i: replaced(
        b, model=["2 * dense(40) | batch_normalization | elu", end(b)], data=b["data"].replace("batch(32)", f"batch({s})"),
        epochs=6, twin=replaced(b, model=["2 * dense(40) | batch_normalization | elu", end(b)])), start=4)
    make("labels permuted", "D213 D214 O401", ["permuted", "mixed", "permuted .8"], rows, data="rows", count=4, start=1)
    make("label noise", "D214 O401", ["noise .4", "noise .5", "noise .3"], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(110, activation=relu, {HE})", end(b)], epochs=50), data="rows", count=3,
        wide="O402 D213 D215", among=["seals", "petals2", "strips"])
    make("noisy numbers", "D214 O401", ["noise .4", "noise .5", "noise .3"], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(110, activation=relu, {HE})", end(b)], epochs=60), data="rows", count=3,
        wide="O402 D213 D215", among=["pulse", "dunes"])
    make("class lacking", "D207 D212", ["lacking"], lambda b, s, t, i: replaced(b, validation="split(0.2)"), among=SHARP,
         data="rows", wide="D211")
    make("rare classes", "D206", ["rare .01", "rare .03"], rows, among=SHARP, data="rows", wide="O402 D207")
    make("leak", "D210", ["leak", "leak .02"], rows, data="rows", harm="inflated", start=2)
    make("rows twice", "D208 D209", ["double 8"], rows, among=["dunes", "seals", "pulse"], data="rows", harm="inflated",
         wide="D215 O401")
    make("outliers", "D205 D202", ["outlier 1e6", "outlier 1e5"], lambda b, s, t, i: replaced(b, optimizer="sgd(0.01)"),
         among=["strips", "petals2", "dunes"], data="rows", wide="S305 G110", start=1)
    make("outliers of the target", "D205 D203", ["far 1e4", "far 1e3"], rows, among=SMOOTH, data="rows", wide="S305 G110")
    make("gaps", "D201", ["gap"], rows, data="rows", harm="certain", count=1, start=3, wide="D200")
    make("sorted and not shuffled", "D212", ["sorted"], lambda b, s, t, i: replaced(
        b, data=b["data"].replace(" | shuffle", ""), optimizer="sgd(0.1)"), among=["seals", "dunes", "petals2", "pulse"],
        data="rows", count=4)
    make("sorted and split", "D212 D207", ["sorted"], lambda b, s, t, i: replaced(b, validation="split(0.3)"),
         among=["seals", "petals2", "pulse"], data="rows", wide="D211", count=3)
    make("too few rows", "D215 O401", ["few 40", "few 30"], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(90, activation=relu, {HE})", end(b)]), data="rows", start=1, wide="O402 D207")
    make("targets in another unit", "D203", ["price 1000", "price 1e5"], lambda b, s, t, i: replaced(
        b, optimizer=("sgd(0.01)", "adam(1e-3)")[i % 2]), among=SMOOTH, data="rows", wide="S305 G110 S306")
    make("frozen", "S310", ["all"], lambda b, s, t, i: replaced(
        b, model=[argument(x, "trainable=false") for x in HIDDEN["elu2"] + [end(b)]]), count=1, start=2)
    make("clipped to nothing", "S308 S306", [2e-4, 8e-4], optimizer("sgd(0.1, global_clipnorm={s})"), start=3)
    make("schedule too short", "S307", ["cosine_decay(0.03, 35)", "exponential_decay(0.02, 10, 0.3)"], optimizer("sgd({s})"),
         wide="S306 O402", start=4)
    make("rate that rises", "S305 S307", ["0.004 * 1.023 ** step", "0.002 * 1.027 ** step"], optimizer(
        "sgd(per_step('{s}'))"), wide="G110 G103 O402", start=5)
    make("momentum near 1", "S305", ["sgd(0.06, momentum=0.997)", "sgd(0.03, momentum=0.999)"], optimizer(), start=0,
         wide="G110 G103")
    make("constraint too tight", "O403", [0.06, 0.02], hidden(
        "2 * dense(44, activation=relu, kernel_constraint=max_norm({s}))"), start=1, wide="O402")
    make("decay too strong", "O403", ["sgd(0.1, weight_decay=0.8)"], optimizer(), start=2, wide="O402")
    make("tiny inputs", "D202", ["shrunk"], lambda b, s, t, i: replaced(b, optimizer="sgd(0.02)"),
         among=["petals2", "strips", "dunes"], data="rows")
    make("average of weights too long", "S306", ["adam(3e-3, use_ema=true, ema_momentum=0.9997)"], optimizer(), start=3)
    make("warm-up too long", "S307 S306", ["adam(warmup(80000, 4e-3))"], optimizer(), start=5, wide="O402")
    make("one unit between layers", "O402 S302", ["relu"], hidden(f"dense(50, activation=relu, {HE})",
         "dense(1, activation={s})", f"dense(50, activation=relu, {HE})"), among=["seals", "petals2"], count=2)
    make("validation scaled otherwise", "D211", ["25", "0.06"], lambda b, s, t, i: replaced(
        b, validation=f"csv('{t}_test.csv', target=y) | rescaling({s})"), among=["seals", "pulse", "petals2"],
        harm="certain")
    new_kinds(make, end, hidden, optimizer, rows)
    m.pair([("raw inputs", "rate far too low"), ("labels permuted", "rate of adam too high")], 2)
    return m.nets


def new_kinds(make, end, hidden, optimizer, rows):
    """Kinds of faults that the sets before do not have."""
    make("beta_1 near 1", "S305", ["nadam(2e-3, beta_1=0.9997)", "adam(1e-3, beta_1=0.9992)", "adamw(1e-3, beta_1=0.9999)"],
         optimizer(), count=4, start=0, wide="G110 G103 S306")
    make("beta_2 tiny", "S305", ["adam(3e-3, beta_2=0.02)", "adamw(2e-3, beta_2=0.15)", "adam(3e-3, beta_2=0.3)"], optimizer(),
         count=4, start=2, wide="G110 G103")
    make("noise as large as the inputs", "O403", [0.9, 1.2, 0.75], hidden(
        "gaussian_noise({s})", f"2 * dense(56, activation=relu, {HE})"), count=4, among=["petals2", "dunes", "strips", "pulse"],
        wide="O402")
    make("dropout on the inputs", "O403", [0.6, 0.5], hidden("dropout({s})", f"2 * dense(56, activation=relu, {HE})"),
         count=3, among=["petals2", "strips", "dunes"], wide="O402")
    make("never negative", "O403", ["non_neg"], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense(50, activation=relu, {HE}, kernel_constraint={s})", end(b)[:-1] + f", kernel_constraint={s})"]),
        count=3, among=["pulse", "wages", "fever"], wide="O402")
    make("wrong mode", "S311", ["early_stopping(mode=max, patience=1)", "best_weights(mode=max)", "early_stopping(monitor=val_loss, mode=max)"],
         lambda b, s, t, i: replaced(b, observers=s, optimizer="adam(1e-3)"), count=4, start=1, wide="S306 O402")
    make("no patience", "S311 S306", ["early_stopping", "early_stopping(patience=1)"], lambda b, s, t, i: replaced(
        b, observers=s, optimizer="sgd(0.05, momentum=0.8)"), count=3, start=2, wide="O402")
    make("class numbers as numbers", "S301", ["mse", "mae"], lambda b, s, t, i: replaced(
        b, model=b["model"][:-1] + ["dense(1)"], loss=s, metrics="r2_score"), among=["seals", "petals2"], harm="certain")
    make("frozen by key", "S310", ["first"], lambda b, s, t, i: replaced(
        b, model=["dense(24, activation=tanh, name=first, kernel_initializer=random_normal(stddev=0.025))", end(b)], freeze=s), count=2, start=2, wide="S303 G101")
    make("trained too long", "O401", [140, 90], lambda b, s, t, i: replaced(
        b, model=[f"2 * dense({s}, activation=relu, {HE})", end(b)], epochs=(90, 120)[i % 2],
        twin=replaced(b, model=[f"2 * dense({s}, activation=relu, {HE})", end(b)], epochs=100,
                      observers="early_stopping(patience=8, restore_best_weights=true)")), wide="D214 D215", count=6,
        among=NOISY)


def nets():
    return healthy() + faulty()
