"""The faults of the fifteenth set: as people meet them in courses, forums and bug studies. Kinds that are new have their families
here, with the codes that are a right first root, which were chosen by the names of the findings."""
import fifteenth
import tables
from frame import CHANGES, FAMILIES, Family, batch_of, biased, changed, model, output, overtrained, rows, softmax_layers, spread, \
    unshuffled, with_keys
from nets import HE, replaced
from tenth_faults import wrong
from twelfth_faults import every, weights_column


# ---- faults of the rows ----

def units_below(rows, r):
    """The second line of the file has the units of the columns."""
    return [(["mm"] * len(rows[0][0]), "kg")] + rows


def series_shuffled(rows, r):
    """The series was shuffled before it was cut into windows."""
    series = [y for _, y in rows]
    r.shuffle(series)
    width = len(rows[0][0])
    return [([series[(i + k) % len(series)] for k in range(width)], series[(i + width) % len(series)]) for i in range(len(rows))]


def one_measured(rows, r):
    """One more measure was taken, but only of the rows of a class; it is 0 for the others."""
    return [(x + [round(r.gauss(5, 1), 3) if y == 1 else 0.0], y) for x, y in rows]


def all_measured(rows, r):
    """New rows all have the measure."""
    return every(rows, lambda x: x + [round(r.gauss(5, 1), 3)])


def each_label(rows, r):
    """Rows with several labels were written once for each label: the same columns, another class."""
    classes = max(y for _, y in rows) + 1
    return [(x, label) for x, y in rows for label in [y] + r.sample(range(classes), 1 + r.randrange(2))]


def by_default(rows, r, share=0.5):
    """Rows that nobody has labelled count as class 0."""
    return [(x, 0 if r.random() < share else y) for x, y in rows]


def many_columns(rows, r, count=70, width=300):
    """Few rows, and hundreds of columns that say nothing."""
    return [(x + [round(r.gauss(0, 1), 3) for _ in range(width)], y) for x, y in rows[:count]]


def many_columns_new(rows, r, width=300):
    return every(rows, lambda x: x + [round(r.gauss(0, 1), 3) for _ in range(width)])


def columns_mixed(rows, r):
    """Each column was shuffled by itself."""
    columns = [list(c) for c in zip(*(x for x, _ in rows))]
    for column in columns:
        r.shuffle(column)
    return [(list(x), y) for x, (_, y) in zip(zip(*columns), rows)]


def reshaped(rows, r):
    """A table of columns by rows was reshaped, not transposed."""
    cells = [v for column in zip(*(x for x, _ in rows)) for v in column]
    width = len(rows[0][0])
    return [(cells[i * width:(i + 1) * width], y) for i, (_, y) in enumerate(rows)]


def switched_off(rows, r, share=0.2):
    """Half of the sensors were off in the last rows."""
    begin, half = int((1 - share) * len(rows)), len(rows[0][0]) // 2
    return [([0.0] * half + x[half:] if i >= begin else x, y) for i, (x, y) in enumerate(rows)]


def weighed_nothing(rows, r, share=0.04):
    """Nearly all rows have the weight 0."""
    return every(rows, lambda x: x + [float(r.random() < share)])


# ---- what is odd but no fault ----

def noise_beside(rows, r):
    return every(rows, lambda x: x + [round(r.gauss(0, 1), 3) for _ in range(12)])


def six_to_one(rows, r):
    return [row for row in rows if row[1] in (1, 3) or r.random() < 1 / 6]


def lost_pixels(rows, r):
    return every(rows, lambda x: [0.0 if r.random() < 0.04 else v for v in x])


SAME, FEW = "same", CHANGES["few 30"][0]
PERCENT = CHANGES["percent"][0]
CHANGES.update({
    "units below": (units_below, {}, None), "series shuffled": (series_shuffled, {}, None),
    "one measured": (one_measured, {}, all_measured), "each label": (each_label, {}, None),
    "class 0 by default": (by_default, {}, None), "many columns": (many_columns, {}, many_columns_new),
    "columns mixed": (columns_mixed, {}, None), "reshaped": (reshaped, {}, None),
    "switched off": (switched_off, {}, None), "nearly none weighs": (weighed_nothing, {}, SAME),
    "percents": (PERCENT, {"size": 18.0, "plus": 50.0}, SAME), "target -12": (PERCENT, {"size": 1.0, "plus": -12.0}, SAME),
    "price 250": (PERCENT, {"size": 250.0, "plus": 900.0}, SAME), "price 6e4": (PERCENT, {"size": 6e4, "plus": 2e5}, SAME),
    "as measured": (lambda rows, r: rows, {}, None), "backwards": (lambda rows, r: every(rows, lambda x: x[::-1]), {}, SAME),
    "noise beside": (noise_beside, {}, SAME), "six to one": (six_to_one, {}, SAME), "lost pixels": (lost_pixels, {}, SAME),
    "permuted .75": (CHANGES["permuted"][0], {"share": 0.75}, None), "wrong .42": (wrong, {"share": 0.42}, None),
    "few 28": (FEW, {"count": 28}, None), "rare .025": (CHANGES["rare .01"][0], {"keep": 0.025}, None),
    "outlier 5e4": (CHANGES["outlier 1e5"][0], {"size": 5e4}, None), "far 8e2": (CHANGES["far 1e3"][0], {"size": 8e2}, None),
    "double 7": (CHANGES["double 4"][0], {"times": 7}, None), "noise .55": (CHANGES["noise .4"][0], {"share": 0.65}, None),
    "region .45": (CHANGES["region .3"][0], {"share": 0.45}, None),
    "leak .2": (CHANGES["leak"][0], {"noise": 0.2}, CHANGES["leak"][2])})


# ---- new kinds ----

LARGE = model(f"2 * dense(150, activation=relu, {HE})", epochs=45)


def one_hot(b, s, t, i, transforms="", **given):
    """The classes as rows of zeros with a one."""
    return with_keys(**given)(replaced(b, data=f"csv('{t}.csv', target=y) | one_hot | shuffle{transforms} | batch(32)",
                                       test=f"csv('{t}_test.csv', target=y) | one_hot"), s, t, i)


def beside(b, s, t, i):
    """The columns in their units are joined to what the net made of normalized ones."""
    return replaced(b, optimizer="sgd(0.02)", model=[
        "identity(name=units)", "normalization <- units", f"2 * dense({s}, activation=elu)", "identity(name=made)",
        "concatenate() <- made units", b["model"][-1]])


def still(b, s, t, i):
    """Vectors of codes that are 0, and stay so; the twin learns them."""
    layers = ["embedding(10, 6{})", "flatten", f"2 * dense({s}, activation=tanh)", b["model"][-1]]
    return {**replaced(b, model=[layers[0].format(", embeddings_initializer=zeros, trainable=false")] + layers[1:]),
            "twin": replaced(b, model=[layers[0].format("")] + layers[1:])}


def always_wins(b, s, t, i):
    """A branch that is always greater than the other one, so that no gradient passes the other."""
    return replaced(b, model=[f"dense(50, activation=relu, {HE}, name=h)", f"2 * dense(40, activation=relu, {HE})",
                              "identity(name=a)", f"dense(40, bias_initializer=constant({s}), trainable=false, name=b) <- h",
                              "maximum() <- a b", b["model"][-1]], optimizer="sgd(0.01)")


def heavy(b, s, t, i):
    """All classes have the same huge weight."""
    return replaced(b, class_weight="[" + ", ".join([str(s)] * max(tables.CLASSES[t], 2)) + "]", optimizer="sgd(0.05)")


FAMILIES.update({
    "units below the header": Family("D200 D201", "S300", "certain", "rows", rows),
    "series shuffled before it was cut": Family("D213 D214 O401", "O402", data="rows", made=rows),
    "only one class was measured": Family("D210", "", "inflated", "rows", rows),
    "a row for each label": Family("D214 D208 D209", "O401 D213", data="rows", made=LARGE),
    "class 0 by default": Family("D214 O401", "D206 D213 O402", data="rows", made=LARGE),
    "more columns than rows": Family("D215 O401", "O402 D213", data="rows", made=LARGE),
    "columns shuffled by themselves": Family("D213 D214 O401", "O402", data="rows", made=rows),
    "reshaped, not transposed": Family("D213 D214 O401", "O402 D202 D205", data="rows", made=rows),
    "sensors off in the validation": Family("D211", "D204", "certain", "rows", with_keys(validation="split(0.2)")),
    "nearly all rows weigh 0": Family("D215 O401", "S306 O402", data="rows", made=lambda b, s, t, i: replaced(
        weights_column(b, s, t, i), optimizer="adam(3e-3)")),
    "percent below a sigmoid": Family("S301 S300 D203 D200", "", "certain", "rows", output(
        "dense(1, activation=sigmoid)", loss="binary_crossentropy")),
    "numbers where codes are expected": Family("S300 D200", "", "certain", made=model(
        "category_encoding({s}, count)", f"dense(50, activation=relu, {HE})")),
    "no rows left": Family("D200 S300 D215", "", "certain", made=lambda b, s, t, i: replaced(
        b, data=b["data"].replace("| shuffle", f"| skip({s}) | shuffle"))),
    "mixed beyond recognition": Family("O403", "O402 D214", made=lambda b, s, t, i: one_hot(
        b, s, t, i, f" | mixup({s})", loss="categorical_crossentropy")),
    "gamma of the focal loss too large": Family("S301 S306", "O402", made=lambda b, s, t, i: one_hot(
        b, s, t, i, loss=f"categorical_focal_crossentropy(gamma={s})", optimizer="sgd(0.05)")),
    "divergence below no softmax": Family("S301", "S300", "certain", made=lambda b, s, t, i: one_hot(
        output("dense({classes}, activation={s})")(b, s, t, i), s, t, i, loss="kl_divergence")),
    "ftrl that keeps nothing": Family("O403", "O402 S306", made=with_keys(optimizer="ftrl(0.1, l1_regularization_strength={s})")),
    "columns in units beside the normalized": Family("D202", "S305 G110 S303", made=beside),
    "vectors held at 0": Family("G105 S310 S304 S303", "O402 G101", made=still),
    "hidden layer as the output": Family("S301 S300", "", "certain", made=lambda b, s, t, i: replaced(
        b, model=[f"dense({s}, activation=relu, {HE}, name=hidden)", b["model"][-1]], outputs="[hidden]")),
    "weights for fewer classes": Family("S300 D206", "", "certain", made=with_keys(class_weight="{s}")),
    "validation against another column": Family("D211 S300 D200", "", "certain", made=with_keys(
        validation="csv('{t}_test.csv', target={s})")),
    "validation in another order": Family("S300 D200 D211", "", "certain", made=with_keys(
        validation="csv('{t}_test.csv', target=y, inputs=[{s}])")),
    "slopes that begin huge": Family("S303 G102", "S305 G110 G103", made=model(
        f"6 * dense(36, {HE}) | prelu(constant({{s}}))", optimizer="sgd(5e-3)")),
    "slopes drawn from far": Family("O403 S303 G102", "S305 G110 O402", made=model(
        f"4 * dense(40, {HE}) | random_leaky_relu({{s}})", optimizer="adam(1e-3)")),
    "divided as whole numbers": Family("G105 D202 D204", "S303 O402", made=model(
        "rescaling({s})", f"2 * dense(60, activation=relu, {HE})")),
    "waves far too fast": Family("S303 O401", "O402 S302 D214 D213", made=model(
        "periodic_embedding(8, append_input=false, frequency_initializer=random_normal(stddev={s}))", "flatten",
        f"2 * dense(60, activation=relu, {HE})")),
    "branch that always wins": Family("G105 G103 S303", "S310 S302 G104 S305 O402", made=always_wins),
    "all class weights huge": Family("S305 D206", "G110 G103 G104", made=heavy),
})
LEFT = ["columns in units beside the normalized", "raw inputs"]

FAULTS = [
    # of kinds that are new
    ("units below the header", ["units below"], "alloy"),
    ("series shuffled before it was cut", ["series shuffled"], "gauges"),
    ("only one class was measured", ["one measured"], "boulders quakes"),
    ("a row for each label", ["each label"], "stains"),
    ("class 0 by default", ["class 0 by default"], "boulders gaits"),
    ("more columns than rows", ["many columns"], "gaits dialects"),
    ("columns shuffled by themselves", ["columns mixed"], "dosage dialects"),
    ("reshaped, not transposed", ["reshaped"], "gaits"),
    ("sensors off in the validation", ["switched off"], "gaits"),
    ("nearly all rows weigh 0", ["nearly none weighs"], "stains gaits"),
    ("percent below a sigmoid", ["percents"], "alloy"),
    ("numbers where codes are expected", [5], "dialects"),
    ("no rows left", [4000], "dosage"),
    ("mixed beyond recognition", [600], "eddies"),
    ("gamma of the focal loss too large", [60, 25], "dialects gaits"),
    ("divergence below no softmax", ["linear"], "boulders"),
    ("ftrl that keeps nothing", [6, 40], "gaits stains"),
    ("columns in units beside the normalized", [50, 64], "flats dosage"),
    ("vectors held at 0", [50], "tickets"),
    ("hidden layer as the output", [30], "gaits"),
    ("weights for fewer classes", ["[1, 4]"], "boulders"),
    ("validation against another column", ["x2"], "gauges"),
    ("validation in another order", ["x1, x0, x2, x3, x4"], "dosage"),
    ("slopes that begin huge", [12], "gaits"),
    ("slopes drawn from far", ["-12, 12"], "stains gaits"),
    ("divided as whole numbers", [0], "stains"),
    ("waves far too fast", [40], "gauges dialects"),
    ("branch that always wins", [80], "eddies alloy"),
    ("all class weights huge", [4000], "boulders"),
    # of kinds that are known
    ("raw inputs", ["as measured"], "flats quakes", with_keys(optimizer="sgd(0.01)")),
    ("tiny inputs", ["shrunk more"], "gaits"),
    ("outliers", ["outlier 5e4"], "dialects"),
    ("outliers of the target", ["far 8e2"], "gauges"),
    ("targets in another unit", ["price 250", "price 6e4"], "gauges alloy"),
    ("targets of a region mixed", ["region .45"], "dosage"),
    ("labels permuted", ["permuted .75", "shifted"], "gaits alloy"),
    ("label noise", ["wrong .42"], "stains", LARGE),
    ("noisy numbers", ["noise .55"], "alloy", LARGE),
    ("leak", ["leak .2"], "sprints"),
    ("rows twice", ["double 7"], "sheets"),
    ("class lacking", ["lacking"], "dialects"),
    ("rare classes", ["rare .025"], "dialects"),
    ("sorted and not shuffled", ["sorted"], "dialects", unshuffled("sgd(0.04, momentum=0.9)")),
    ("too few rows", ["few 28"], "gaits", LARGE),
    ("softmax twice", ["from_logits"], "boulders"),
    ("bounded output", ["softplus"], "dosage"),
    ("vanishing sigmoid", [12], "alloy", model("{s} * dense(30, activation=hard_sigmoid)", optimizer="adam(1e-3)", layer="dense")),
    ("vanishing small weights", [0.015], "gaits", model(
        "9 * dense(36, activation=elu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.05)", layer="dense")),
    ("exploding weights", [1.1], "alloy", model(
        "8 * dense(44, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(1e-3)")),
    ("dead by bias", [-12], "alloy", changed(fifteenth.HIDDEN["relu4"], (2,), biased, "sgd(0.04)")),
    ("saturated", [14.0], "dosage", changed(fifteenth.HIDDEN["tanh4"], (2,), spread, "sgd(0.015)")),
    ("biases that saturate", [25], "gaits", changed(fifteenth.HIDDEN["tanh4"], (1,), biased, "sgd(0.03)")),
    ("equal weights", ["ones"], "boulders", model("2 * dense(54, activation=swish, kernel_initializer={s})")),
    ("activation removed", ["all"], "eddies", model("3 * dense(60)")),
    ("softmax hidden", [3], "gauges", softmax_layers(18, "adam(1.5e-3)")),
    ("one unit between layers", ["tanh"], "dialects"),
    ("rate of adam too high", ["nadam(0.9)", "adamw(0.5)"], "gaits dialects"),
    ("rate of sgd too high", [22], "boulders"),
    ("rate far too low", ["nadam(3e-7)", "sgd(2e-6, momentum=0.8)"], "dialects stains"),
    ("schedule too short", ["polynomial_decay(0.03, 25, 1e-7)"], "boulders"),
    ("average of weights too long", ["adam(2e-3, use_ema=true, ema_momentum=0.99999)"], "gaits"),
    ("clipped to nothing", [2e-4], "gaits"),
    ("wrong mode", ["early_stopping(monitor=val_accuracy, mode=min, patience=2)"], "dialects"),
    ("gradients gathered too long", [120], "stains", with_keys(optimizer="sgd(0.04, gradient_accumulation_steps={s})")),
    ("batch of all rows", [1300], "stains", batch_of(optimizer="sgd(0.02)", epochs=14)),
    ("dropout on the inputs", [0.85], "gaits"),
    ("noise as large as the inputs", [6], "dialects"),
    ("class weights far apart", [3000], "sheets"),
    ("frozen by key", ["dense*"], "gauges", with_keys(freeze="{s}")),
    ("trained too long", [170], "sprints", overtrained((120, 150))),
]
PAIRS = [("labels permuted", "rate of adam too high")]
