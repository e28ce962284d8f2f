"""The faults of the fourteenth set: as people meet them in courses, forums and bug studies. Kinds that are new have their families
here, with the codes that are a right first root, which were chosen by the names of the findings."""
import math

import fourteenth
from frame import CHANGES, FAMILIES, Family, batch_of, biased, changed, few_normalized, model, output, overtrained, rows, \
    softmax_layers, spread, unshuffled, with_keys
from nets import HE, replaced
from tenth_faults import one_sided, wrong
from twelfth_faults import every, weights_column


# ---- faults of the rows ----

def commas(rows, r):
    """Decimal commas in the first column."""
    return every(rows, lambda x: [str(x[0]).replace(".", ",")] + x[1:])


def log_of_zero(rows, r):
    """A logarithm was taken of a column that is 0 in a few rows."""
    return [([x[0], "-inf"] + x[2:] if i % 60 == 11 else x, y) for i, (x, y) in enumerate(rows)]


def answers_beside(rows, r):
    """The class as columns of 0 and 1, for another net, was left in the table."""
    classes = max(y for _, y in rows) + 1
    return [(x + [float(y == c) for c in range(classes)], y) for x, y in rows]


def answers_of_others(rows, r):
    """In new rows these columns are those of any row."""
    classes = max(y for _, y in rows) + 1
    return [(x + [float(rows[r.randrange(len(rows))][1] == c) for c in range(classes)], y) for x, y in rows]


def too_far(rows, r):
    """The window of a series reaches one step too far: its last number is the target."""
    return [(x[1:] + [y], y) for x, y in rows]


def not_known(rows, r):
    """The next number is not known, so the last one stands for it."""
    return every(rows, lambda x: x[1:] + [x[-1]])


def by_default(rows, r, value=1000.0):
    """The column that matters most has its default in all rows of the export."""
    return every(rows, lambda x: [value] + x[1:])


def tails(rows, r, power=2.4):
    """Columns as they were before their logarithm was taken."""
    return every(rows, lambda x: [round(math.exp(power * v), 4) for v in x])


def turned(rows, r):
    """Pictures turned by quarters, to have more of them, though arrows mean another class then."""
    def turn(x):
        for _ in range(r.randrange(4)):
            x = [x[8 * (7 - j) + i] for i in range(8) for j in range(8)]
        return x
    return every(rows, turn)


def whole(rows, r):
    """Columns that were scaled to 0 to 1, and then saved as whole numbers."""
    ends = [(min(c), max(c)) for c in zip(*(x for x, _ in rows))]
    return every(rows, lambda x: [int((v - low) / max(high - low, 1e-9)) for v, (low, high) in zip(x, ends)])


def in_blocks(rows, r, size=40):
    """Rows class by class in blocks, as a loader gives them that reads a folder for each class."""
    blocks, of = [], {}
    for row in rows:
        of.setdefault(row[1], []).append(row)
    for some in of.values():
        blocks += [some[k:k + size] for k in range(0, len(some), size)]
    r.shuffle(blocks)
    return [row for block in blocks for row in block]


def weighed_nothing(rows, r):
    """The rows of two classes have the weight 0."""
    return [(x + [float(y > 1)], y) for x, y in rows]


def two_raters(rows, r):
    """The class is the mean of what two people said."""
    return [(x, y + 0.5 if r.random() < 0.2 else y) for x, y in rows]


# ---- what is odd but no fault ----

def one_far(rows, r):
    return every(rows, lambda x: [v * 400 if r.random() < 0.002 else v for v in x])


def ten_to_one(rows, r):
    return [row for row in rows if row[1] > 1 or r.random() < 0.1]


def weights(rows, r):
    return every(rows, lambda x: x + [round(r.uniform(0.4, 1.8), 2)])


SAME, FEW = "same", CHANGES["few 30"][0]
PERCENT = CHANGES["percent"][0]
CHANGES.update({
    "commas": (commas, {}, SAME), "log of 0": (log_of_zero, {}, None), "answers beside": (answers_beside, {}, answers_of_others),
    "too far": (too_far, {}, not_known), "by default": (by_default, {}, None), "tails": (tails, {}, SAME),
    "tails 3.2": (tails, {"power": 3.2}, SAME), "turned": (turned, {}, None), "whole": (whole, {}, SAME),
    "in blocks": (in_blocks, {}, None), "weighed nothing": (weighed_nothing, {}, SAME), "two raters": (two_raters, {}, None),
    "in units": (lambda rows, r: rows, {}, None), "one far": (one_far, {}, None), "ten to one": (ten_to_one, {}, SAME),
    "weights": (weights, {}, SAME),
    "columns twice": (lambda rows, r: every(rows, lambda x: x + x), {}, SAME),
    "column of 1": (lambda rows, r: every(rows, lambda x: x + [1.0]), {}, SAME),
    "target 4e4": (PERCENT, {"size": 1.3e4, "plus": 4e4}, SAME), "price 7e3": (PERCENT, {"size": 7e3, "plus": 2e4}, SAME),
    "permuted .85": (CHANGES["permuted"][0], {"share": 0.85}, None), "wrong .5": (wrong, {"share": 0.5}, None),
    "one-sided .6": (one_sided, {"share": 0.6}, None),
    "few 50": (FEW, {"count": 50}, None), "rare .02": (CHANGES["rare .01"][0], {"keep": 0.02}, None),
    "outlier 6e5": (CHANGES["outlier 1e5"][0], {"size": 6e5}, None), "far 5e3": (CHANGES["far 1e3"][0], {"size": 5e3}, None),
    "double 5": (CHANGES["double 4"][0], {"times": 5}, None), "noise .48": (CHANGES["noise .4"][0], {"share": 0.6}, None),
    "region .4": (CHANGES["region .3"][0], {"share": 0.4}, None), "leak .1": (CHANGES["leak"][0], {"noise": 0.1}, CHANGES["leak"][2])})


# ---- new kinds ----

LARGE = model(f"2 * dense(128, activation=relu, {HE})", epochs=50)
SPARSE = "sparse_categorical_crossentropy"


def blocks(b, s, t, i):
    """Batches of one class, and batch normalization; the twin is shuffled."""
    twin = replaced(b, model=[f"2 * dense(52, {HE}) | batch_normalization | relu", b["model"][-1]])
    return {**replaced(twin, data=b["data"].replace(" | shuffle", "")), "twin": twin}


def coded(*layers):
    """Codes that are read wrongly; the twin embeds them."""
    def made(b, s, t, i):
        twin = replaced(b, model=["embedding(8, 5)", "flatten", f"2 * dense(60, activation=relu, {HE})", b["model"][-1]])
        return {**model(*layers, f"2 * dense(60, activation=relu, {HE})")(b, s, t, i), "twin": twin}
    return made


def from_zero(b, s, t, i):
    """Vectors of codes that begin at 0, and a relu behind them, whose gradient is 0 at 0."""
    layers = ["embedding(8, 4{})", "flatten", f"2 * dense({s}, activation=relu, {HE})", b["model"][-1]]
    return {**replaced(b, model=[layers[0].format(", embeddings_initializer=zeros")] + layers[1:]),
            "twin": replaced(b, model=[layers[0].format("")] + layers[1:])}


FAMILIES.update({
    "decimal commas": Family("D200 D201", "S300", "certain", "rows", rows),
    "logarithm of 0": Family("D201 D200", "", "certain", "rows", rows),
    "answers as columns": Family("D210", "", "inflated", "rows", rows),
    "window too far": Family("D210", "", "inflated", "rows", rows),
    "column that is its default": Family("D204", "D211 O402", data="rows", made=rows),
    "logarithm not taken": Family("D202 D205", "S305 G110 G103", data="rows", made=with_keys(optimizer="sgd(0.02)")),
    "pictures turned": Family("D214 O401", "D213 O402", data="rows", made=LARGE),
    "first rows of a sorted table": Family("D207 D206 D212", "D215 S301 O401 D211 D204", data="rows", made=lambda b, s, t, i: replaced(
        b, data=b["data"].replace("| shuffle", "| take(420) | shuffle"))),
    "shares of the split swapped": Family("D215 O401", "O402 D207 D206", made=lambda b, s, t, i: replaced(
        LARGE(b, s, t, i), validation=f"split({s}, shuffle=true)")),
    "saved as whole numbers": Family("D204 D208 D213", "D209 D214 O402 G105", data="rows", made=rows),
    "class by class in blocks": Family("D212 S309", "D211", data="rows", made=blocks),
    "rows of two classes weigh 0": Family("D206", "O402 D207", data="rows", made=lambda b, s, t, i: replaced(
        weights_column(b, s, t, i), optimizer=b["optimizer"])),
    "mean of two labels": Family("D200 S301 S300", "", "certain", "rows", rows),
    "adagrad that begins tired": Family("S306", "O402", made=with_keys(optimizer="adagrad(0.05, initial_accumulator_value={s})")),
    "squares never forgotten": Family("S305", "G110 G103 G104", made=with_keys(optimizer="rmsprop(0.01, rho={s})")),
    "layer less itself": Family("G105", "O402 S302 S304", made=model(
        f"dense(56, activation=relu, {HE}, name=a)", "subtract() <- a a", f"dense({{s}}, activation=relu, {HE})")),
    "almost 0 near 0": Family("G101 G105 S303", "S302 S306 O402", made=model(
        "{s} * dense(40, activation=tanh_shrink)", optimizer=("sgd(0.05)", "adam(1e-3)"))),
    "vectors that begin at 0": Family("S303 S304 G103 G105", "G101", made=from_zero),
    "normalization the wrong way round": Family("D202 S303", "S305 G110 G103 G104", made=model(
        "normalization(mean=110, variance={s}, invert=true)", "2 * dense(60, activation=relu)", optimizer="sgd(0.02)")),
    "gamma that begins huge": Family("S303 G104", "S305 G110 G102", made=model(
        "3 * dense(44) | batch_normalization(gamma_initializer=constant({s})) | activation(tanh)", optimizer="sgd(0.02)")),
    "beta far below 0": Family("G103 S303", "G105", made=model(
        "2 * dense(54) | batch_normalization(beta_initializer=constant({s})) | relu", optimizer="sgd(0.03)")),
    "sparsemax below cross-entropy": Family("S301", "S300", "certain", made=output(
        "dense({classes}, activation=sparsemax)", loss=SPARSE)),
    "loss that tolerates everything": Family("S301 S306", "O402", made=with_keys(
        loss="categorical_generalized_cross_entropy({s})", optimizer="sgd(0.05)")),
    "overlap for a yes or no": Family("S301", "S300 O402 S306", made=with_keys(loss="{s}")),
    "only the sign is left": Family("S301 G105", "S302 O402", made=output("dense(1) | {s}")),
    "argument that does not exist": Family("S300", "", "certain", made=lambda b, s, t, i: replaced(
        b, optimizer=s) if s.startswith("adam") else replaced(b, model=[s, b["model"][-1]])),
    "gates of odd width": Family("S300", "", "certain", made=model("dense(45) | activation({s})")),
    "no code is known": Family("G105 D204", "O402 D213 D200", made=coded(
        "integer_lookup([{s}])", "embedding(4, 5)", "flatten")),
    "codes without their place": Family("O402", "O401 D213 D214 S302", made=coded("category_encoding(8, {s})")),
})
LEFT = ["millimetres as they are", "raw inputs", "middle and quartiles"]

FAULTS = [
    # of kinds that are new
    ("decimal commas", ["commas"], "solar"),
    ("logarithm of 0", ["log of 0"], "freight"),
    ("answers as columns", ["answers beside"], "tablets sleep"),
    ("window too far", ["too far"], "trams"),
    ("column that is its default", ["by default"], "kiln solar"),
    ("logarithm not taken", ["tails", "tails 3.2"], "phones sleep"),
    ("pictures turned", ["turned"], "signs"),
    ("first rows of a sorted table", ["sorted"], "signs sleep"),
    ("shares of the split swapped", [0.97, 0.95], "kiln phones"),
    ("saved as whole numbers", ["whole"], "phones kiln"),
    ("class by class in blocks", ["in blocks"], "sleep bearings"),
    ("rows of two classes weigh 0", ["weighed nothing"], "tablets"),
    ("mean of two labels", ["two raters"], "bearings"),
    ("adagrad that begins tired", [1e6, 1e4], "bearings solar"),
    ("squares never forgotten", [0.9999999], "sleep"),
    ("layer less itself", [24, 60], "tablets kiln"),
    ("almost 0 near 0", [6, 9], "kiln sleep"),
    ("vectors that begin at 0", [52], "recipes"),
    ("normalization the wrong way round", [900, 2500], "sleep phones"),
    ("gamma that begins huge", [70], "phones"),
    ("beta far below 0", [-6, -15], "signs sleep"),
    ("sparsemax below cross-entropy", ["sparsemax"], "phones"),
    ("loss that tolerates everything", [1], "phones signs"),
    ("overlap for a yes or no", ["dice", "tversky(0.7, 0.3)"], "sluices sluices"),
    ("only the sign is left", ["rms_normalization", "unit_normalization"], "kiln solar"),
    ("argument that does not exist", ["dense(50, activations=relu)", "adam(lr_rate=0.01)"], "kiln sleep"),
    ("gates of odd width", ["swiglu"], "solar"),
    ("no code is known", ["11, 12, 13"], "recipes"),
    ("codes without their place", ["count", "multi_hot"], "recipes recipes"),
    # of kinds that are known
    ("raw inputs", ["in units"], "kiln tablets", with_keys(optimizer="sgd(0.02)")),
    ("outliers", ["outlier 6e5"], "sleep"),
    ("outliers of the target", ["far 5e3"], "trams"),
    ("targets in another unit", ["price 7e3"], "solar"),
    ("targets of a region mixed", ["region .4"], "kiln"),
    ("labels permuted", ["permuted .85", "mixed"], "sleep kiln"),
    ("label noise", ["wrong .5"], "bearings", LARGE),
    ("noisy numbers", ["noise .48"], "solar", LARGE),
    ("a class labelled by two people", ["one-sided .6"], "sleep", LARGE),
    ("leak", ["leak .1"], "yields"),
    ("rows twice", ["double 5"], "credits"),
    ("class lacking", ["lacking"], "tablets"),
    ("rare classes", ["rare .02"], "phones"),
    ("sorted and not shuffled", ["sorted"], "phones", unshuffled("sgd(0.05, momentum=0.9)")),
    ("too few rows", ["few 50"], "signs", LARGE),
    ("softmax twice", ["from_logits"], "sleep"),
    ("bounded output", ["relu6"], "trams"),
    ("vanishing sigmoid", [13], "sleep", model("{s} * dense(36, activation=sigmoid)", optimizer="adam(1e-3)", layer="dense")),
    ("vanishing small weights", [0.02], "solar", model(
        "8 * dense(40, activation=tanh, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.05)", layer="dense")),
    ("exploding weights", [0.8], "bearings", model(
        "10 * dense(40, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(1e-3)")),
    ("dead by bias", [-9], "sleep", changed(fourteenth.HIDDEN["relu3"], (1,), biased, "sgd(0.05)")),
    ("saturated", [9.0], "solar", changed(fourteenth.HIDDEN["tanh2"], (1,), spread, "sgd(0.015)")),
    ("large weights", [9.0], "kiln", changed(fourteenth.HIDDEN["relu3"], (1,), spread, "sgd(2e-3)")),
    ("equal weights", ["constant(0.1)"], "sleep", model("2 * dense(50, activation=tanh, kernel_initializer={s})")),
    ("activation removed", ["leaky_relu(1)"], "sluices", model("4 * dense(40) | {s}")),
    ("softmax hidden", [3], "tablets", softmax_layers(20)),
    ("rate of adam too high", ["adam(1.5)", "rmsprop(0.6)"], "phones kiln"),
    ("rate of sgd too high", [9], "sleep"),
    ("rate far too low", ["adam(2e-7)", "sgd(3e-6)"], "bearings kiln"),
    ("too few epochs", [2], "bearings", with_keys(epochs=int, optimizer="sgd(2e-3)")),
    ("schedule too short", ["cosine_decay(0.03, 30)"], "tablets"),
    ("rate that rises", ["0.004 * 1.02 ** step"], "kiln"),
    ("clipped to nothing", [5e-4], "tablets"),
    ("batch of all rows", [900], "kiln", batch_of(optimizer="sgd(0.02)", epochs=12)),
    ("batch normalization of few rows", [1], "sleep", few_normalized("2 * dense(46) | batch_normalization | activation(mish)")),
    ("dropout too large", [0.94], "tablets"),
    ("penalty too large", ["l1(0.4)"], "solar"),
    ("constraint too tight", [0.03], "sleep"),
    ("trained too long", [150], "yields", overtrained((110, 140))),
]
PAIRS = [("raw inputs", "rate far too low")]
