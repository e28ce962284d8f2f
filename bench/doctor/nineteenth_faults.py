"""The faults of the nineteenth set, and the families that only this set has, with the codes that are a right first root, which were
chosen by the names of the findings alone."""
import nineteenth
from eighteenth_faults import of, every
from frame import CHANGES, FAMILIES, Family, batch_of, biased, changed, model, output, overtrained, rows, spread, unshuffled, \
    with_keys
from nets import HE, keys, replaced
from sixteenth import residual
from sixteenth_faults import deep, noisy_number, unit_of_target, unknown


# ---- faults of the rows ----

def stamped(rows, r):
    """The first column is a time in seconds since 1970."""
    return every(rows, lambda x: [round(1.7e9 + 1e6 * v, 1) if j == 0 else v for j, v in enumerate(x)])


def far_and_wide(rows, r):
    """Each column is in a unit of its own and far from 0."""
    return every(rows, lambda x: [round((20 + 5 * v) * 4 ** (j % 4), 3) for j, v in enumerate(x)])


def in_grey(rows, r, size=255.0):
    """Pixels are bytes."""
    return every(rows, lambda x: [round(v * size, 1) for v in x])


def sorted_alone(rows, r):
    """The column of the targets was sorted, and the others were not."""
    return [(x, y) for (x, _), y in zip(rows, sorted(y for _, y in rows))]


def shifted_by(rows, r, places=3):
    """The targets are some rows further down."""
    return [(x, rows[i - places][1]) for i, (x, _) in enumerate(rows)]


def clicked(rows, r, share=0.55):
    """A share of the labels was given without looking."""
    classes = max(y for _, y in rows) + 1
    return [(x, r.randrange(classes) if r.random() < share else y) for x, y in rows]


def reversed_answer(rows, r, share=0.38):
    """A share of two answers is the wrong one."""
    return [(x, 1 - y if r.random() < share else y) for x, y in rows]


def few_wrong(rows, r, share=0.03):
    classes = max(y for _, y in rows) + 1
    return [(x, r.randrange(classes) if r.random() < share else y) for x, y in rows]


def after_the_fact(rows, r, wrong=0.03):
    """A column that is filled when the answer is known."""
    return [(x + [float(y if r.random() >= wrong else 1 - y)], y) for x, y in rows]


def still_empty(rows, r):
    return every(rows, lambda x: x + [0.0])


def total_of(rows, r, noise=0.15):
    """A column that is a sum in which the answer is."""
    return [(x + [round(3 * y + x[0] + r.gauss(0, noise), 3)], y) for x, y in rows]


def total_without(rows, r):
    """New rows have the sum of the rest."""
    return every(rows, lambda x: x + [x[0]])


def resampled(rows, r, count=130, times=8):
    """Few rows, drawn again and again to have more, before some were set aside."""
    return [rows[r.randrange(count)] for _ in range(count * times)]


def lost(rows, r, share=0.02):
    """Some cells of all columns are no numbers."""
    return every(rows, lambda x: ["nan" if r.random() < share else v for v in x])


def not_joined(rows, r, share=0.75):
    """Most columns did not come with a join: they are 0."""
    kept = int((1 - share) * len(rows[0][0]))
    return every(rows, lambda x: [0.0 if j >= kept else v for j, v in enumerate(x)])


def last_year(rows, r, share=0.2, plus=2.5):
    """In the last rows a third of the columns is larger."""
    begin = int((1 - share) * len(rows))
    return [([round(v + plus, 4) if j % 3 == 0 else v for j, v in enumerate(x)] if i >= begin else x, y)
            for i, (x, y) in enumerate(rows)]


def a_class_rarer(rows, r):
    return [row for row in rows if row[1] != 2 or r.random() < 0.4]


SAME = "same"
CHANGES.update({
    "stamped": (stamped, {}, SAME), "in other units": (far_and_wide, {}, SAME), "as files have it": (lambda rows, r: rows, {}, None),
    "in grey": (in_grey, {}, SAME), "half as bright": (in_grey, {"size": 0.5}, SAME),
    "divided twice": (in_grey, {"size": 1 / 255}, SAME),
    "sorted alone": (sorted_alone, {}, None), "by three": (shifted_by, {}, None),
    "mostly permuted": (CHANGES["permuted"][0], {"share": 0.85}, None),
    "clicked .55": (clicked, {}, None), "reversed .38": (reversed_answer, {}, None), "3 in 100": (few_wrong, {}, None),
    "number + 1.6": (noisy_number, {"size": 1.6}, None),
    "after the fact": (after_the_fact, {}, still_empty), "total": (total_of, {}, total_without),
    "resampled": (resampled, {}, None), "lost": (lost, {}, None),
    "not joined": (not_joined, {}, SAME), "last year": (last_year, {}, None),
    "two constants": (lambda rows, r: every(rows, lambda x: x + [1.0, 3.0]), {}, SAME),
    "a column twice": (lambda rows, r: every(rows, lambda x: x + [x[3]]), {}, SAME), "a class is rarer": (a_class_rarer, {}, None),
    "coded -999": (unknown, {"code": -999.0, "share": 0.05}, SAME), "far 99999": (CHANGES["far 1e3"][0], {"size": 99999.0}, None),
    "in milligrams": (unit_of_target, {"size": 1.6e4, "plus": 3.5e4}, SAME),
    "in points": (unit_of_target, {"size": 60.0, "plus": 400.0}, SAME),
    "only 50": (CHANGES["few 30"][0], {"count": 50}, None),
    "kept .015": (CHANGES["rare .01"][0], {"keep": 0.015}, None)})


# ---- nets of another form ----

def coded(hidden=(f"dense(40, activation=relu, {HE})",), front=("embedding(18, 6)", "flatten"), **given):
    """Codes as vectors that are learned."""
    return keys("stalls", list(front) + list(hidden), **{"epochs": 25, **given})


def stopped(b, s, t, i):
    """The net as it is, stopped at its best epoch, and so is its twin: it does not overfit beside its fault."""
    new = replaced(b, observers=nineteenth.STOP, epochs=60)
    return {**new, "twin": new}


def watched(b, s, t, i):
    """A large net trains long with an observer that watches the wrong figure; its twin watches the right one."""
    new = replaced(b, model=[f"2 * dense(150, activation=relu, {HE})", b["model"][-1]], epochs=80, observers=s)
    return {**new, "twin": replaced(new, observers=nineteenth.STOP)}


def frozen_below(b, s, t, i):
    """The lower layers are frozen as those of a trained net would be, and were never trained."""
    new = replaced(b, model=[f"dense({s}, activation=relu)", f"dense({s}, activation=relu)", b["model"][-1]])
    return {**new, "freeze": "dense|dense_1", "twin": new}


def normalized_of_few(layers, epochs):
    """Batch normalization in batches of a few rows; the twin has the usual batch."""
    def made(b, s, t, i):
        twin = replaced(b, model=[layers, b["model"][-1]])
        return {**batch_of(epochs=epochs)(twin, s, t, i), "twin": twin}
    return made


LARGE = model(f"2 * dense(130, activation=relu, {HE})", epochs=60)
STOPPED = Family("D210", "D211", "inflated", "rows", stopped)
FAMILIES.update({
    "a time as a column": Family("D202", "G103 S305 G104 D205", data="rows", made=with_keys(optimizer="adam(1e-3)")),
    "greys": Family("D202", "G103 S305", data="rows", made=with_keys(optimizer="sgd(0.05, momentum=0.9)")),
    "divided twice": Family("D202", "S306", data="rows", made=with_keys(optimizer="sgd(0.05)")),
    "targets sorted alone": Family("D213 D214 O401", "O402 D212", data="rows", made=rows),
    "labelled without looking": Family("D214 O401", "D213 O402 D215", data="rows", made=LARGE),
    "known afterwards": STOPPED,
    "sum with the answer": STOPPED,
    "sampled again": Family("D208 D209", "D215 O401", "inflated", "rows", stopped),
    "last rows of another year": Family("D211", "", "certain", "rows", with_keys(validation="split(0.2)")),
    "columns not joined": Family("D204", "O402", data="rows", made=rows),
    "monitor of the wrong way": Family("S307 S311", "S306 O402", made=with_keys(observers="{s}", optimizer="sgd(0.05)")),
    "stack of relus": Family("G101 G103 S303 G105", "O402 G102", made=deep(
        "dense(32, activation=relu)", lambda s: residual(s // 2, 32, "relu", ", kernel_initializer=zeros"), optimizer="adam(1e-3)")),
    "too small": Family("O402", "G103", made=model("dense({s}, activation=relu)")),
    "narrow inside": Family("O402 S302", "G103", made=model(
        f"dense(64, activation=relu, {HE})", "dense({s}, activation=tanh)", f"dense(64, activation=relu, {HE})")),
    "only a line": Family("O402 S302", made=model()),
    "dropout everywhere": Family("O403", "O402", made=model(
        "dropout({s})", f"dense(64, activation=relu, {HE}) | dropout({{s}})", f"dense(64, activation=relu, {HE}) | dropout({{s}})")),
    "numbers for codes": Family("O402 D202", "S303", made=of(coded, front=())),
    "base never trained": Family("S310", "O402 S303 G101", made=frozen_below),
})
LEFT = ["raw inputs"]
RATES = ["rate", "momentum", "epochs", "oscillating", "schedule", "clipped", "too long", "decay", "two faults"]
HIDDEN = nineteenth.HIDDEN

FAULTS = [
    # rates and optimizers
    ("rate of adam too high", ["adam(0.2)", "rmsprop(0.15)"], "perfumes monograms"),
    ("rate of sgd too high", [3], "barcodes"),
    ("oscillating", ["sgd(0.8, momentum=0.95)"], "outlines", with_keys(optimizer="{s}")),
    ("rate far too low", ["adam(4e-6)", "sgd(3e-4)"], "postmarks monograms"),
    ("too few epochs", [3], "monograms", with_keys(epochs=int, optimizer="sgd(0.02)")),
    ("schedule too short", ["exponential_decay(0.05, 15, 0.6)"], "monograms"),
    ("decay too strong", ["adamw(3e-3, weight_decay=1)"], "monograms"),
    ("clipped to nothing", [1e-3], "ripples"),
    # the last layer and the loss
    ("softmax of one unit", ["binary_crossentropy"], "mail"),
    ("output of one unit", ["sigmoid"], "monograms"),
    ("score taken for a probability", [1], "quilts"),
    ("bounded output", ["sigmoid", "relu", "tanh"], "cement ripples lorries"),
    ("output without softmax", ["linear"], "barcodes"),
    ("softmax twice", ["from_logits"], "outlines"),
    # data that are not scaled
    ("raw inputs", ["as files have it"], "cement mail lorries"),
    ("greys", ["in grey"], "outlines"),
    ("divided twice", ["divided twice"], "postmarks"),
    ("a time as a column", ["stamped"], "perfumes"),
    ("validation scaled otherwise", [0.004], "postmarks"),
    ("targets in another unit", ["in points", "in milligrams"], "arms ripples", with_keys(optimizer=("sgd(0.01)", "adam(1e-3)"))),
    # labels and rows
    ("labels permuted", ["mostly permuted", "by three"], "perfumes barcodes"),
    ("targets sorted alone", ["sorted alone"], "cement"),
    ("labelled without looking", ["clicked .55", "reversed .38"], "outlines quilts"),
    ("noisy numbers", ["number + 1.6"], "arms", LARGE),
    ("code for unknown cells", ["coded -999"], "perfumes"),
    ("outliers of the target", ["far 99999"], "arms"),
    ("cells are no numbers", ["lost"], "lorries"),
    ("columns not joined", ["not joined"], "barcodes"),
    ("known afterwards", ["after the fact"], "donors"),
    ("sum with the answer", ["total"], "orchards"),
    ("sampled again", ["resampled"], "monograms"),
    ("last rows of another year", ["last year"], "monograms"),
    ("rare classes", ["kept .015"], "perfumes quilts"),
    ("class lacking", ["lacking"], "monograms"),
    ("sorted and not shuffled", ["sorted"], "postmarks", unshuffled("sgd(0.05)")),
    ("sorted and split", ["sorted"], "perfumes"),
    ("too few rows", ["only 50"], "postmarks", LARGE),
    # starts, depth, activations
    ("equal weights", ["zeros", "constant(0.1)"], "monograms perfumes", model(
        "2 * dense(56, activation=tanh, kernel_initializer={s})", layer="dense")),
    ("large weights", [20], "monograms", changed(HIDDEN["relu2"], (1,), spread, "sgd(0.05)")),
    ("exploding weights", [0.65], "barcodes", model(
        "8 * dense(44, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.05)")),
    ("vanishing small weights", [0.02], "outlines", model(
        "7 * dense(36, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.1)", layer="dense")),
    ("vanishing sigmoid", [7, 8], "perfumes monograms", model(
        "{s} * dense(40, activation=sigmoid)", optimizer=("sgd(0.1)", "adam(1e-3)"), layer="dense")),
    ("stack of relus", [44], "barcodes"),
    ("dead by bias", [-6], "monograms", changed(HIDDEN["relu2"], (1,), biased, "sgd(0.05)")),
    ("saturated", [12.0], "monograms", changed(HIDDEN["tanh2"], (1,), spread, "sgd(0.1)")),
    ("activation removed", ["all"], "quilts", model("3 * dense(48)")),
    ("numbers for codes", [1], "stalls"),
    # size and regularization
    ("too small", [2], "monograms"),
    ("narrow inside", [1], "perfumes"),
    ("only a line", [0], "arms"),
    ("dropout everywhere", [0.75], "barcodes"),
    ("penalty too large", ["l2(0.4)"], "perfumes"),
    ("trained too long", [200], "reds", overtrained((160, 160))),
    # batches, observers, frozen layers
    ("batch of all rows", [1040], "barcodes", batch_of(optimizer="sgd(0.05)", epochs=30)),
    ("batch normalization of few rows", [2], "monograms", normalized_of_few(f"3 * dense(40, {HE}) | batch_normalization | relu", 15)),
    ("no patience", ["early_stopping(patience=0, min_delta=0.3)"], "perfumes", with_keys(observers="{s}", optimizer="adam(1e-3)")),
    ("monitor of the wrong way", ["reduce_lr_on_plateau(monitor=val_accuracy, mode=min, patience=1, factor=0.2)"], "monograms"),
    ("wrong figure watched", ["early_stopping(monitor=loss, patience=8)"], "orchards"),
    ("base never trained", [10], "monograms"),
]
PAIRS = [("raw inputs", "rate far too low")]
