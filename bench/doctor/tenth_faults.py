"""The faults of the tenth judged set: as people ask about them in forums. Kinds that are new have their families here."""

import tables
import tenth
from frame import CHANGES, FAMILIES, Family, batch_of, biased, changed, few_normalized, frozen, model, output, \
    overtrained, rows, softmax_layers, spread, with_keys
from nets import HE, no_leak, replaced


# ---- faults of the rows ----

def unknown(rows, r, size=-999.0, share=0.1):
    """Cells that are not known have a number as their code."""
    return [([size if r.random() < share else v for v in x], y) for x, y in rows]


def dates(rows, r):
    """One column is a date as a number: 20240131."""
    return [(x[:-1] + [20200000 + 10000 * r.randrange(5) + 100 * r.randrange(1, 13) + r.randrange(1, 29)], y) for x, y in rows]


def copied(rows, r, share=0.02):
    """A few rows are there twice."""
    return rows + [row for row in rows if r.random() < share]


def near_copies(rows, r, times=6):
    """A sixth of the rows, each several times with a little noise: multiplied before they were split."""
    return [([v + r.gauss(0, 0.02) for v in x], y) for x, y in rows[:len(rows) // times] for _ in range(times)]


def wrong(rows, r, share=0.03):
    """A share of the labels is drawn from the others' at random."""
    labels = [y for _, y in rows]
    return [(x, r.choice(labels) if r.random() < share else y) for x, y in rows]


def one_sided(rows, r, share=0.4):
    """Labels of one class are another one's in a share of its rows, as if two people had labelled."""
    return [(x, 0 if y == 1 and r.random() < share else y) for x, y in rows]


def proxy(rows, r):
    """A column that follows the target roughly."""
    return [(x + [y + r.gauss(0, 1.5)], y) for x, y in rows]


def rounded_leak(rows, r):
    """A column that was made from the target: its double, rounded, with a code for half of the errors of the scale."""
    return [(x + [round(20 * y) / 10 + 3], y) for x, y in rows]


def zero_column(rows, r):
    return [(x[:1] + [0.0] + x[1:], y) for x, y in rows]


def all_zero(rows, r):
    """A loader that returns nothing: all inputs are the same."""
    return [([0.0] * len(x), y) for x, y in rows]


def same_row(rows, r, share=0.9):
    """A loader that returns the first row again and again, with the labels of others."""
    return [(rows[0][0] if r.random() < share else x, y) for x, y in rows]


def backwards(rows, r):
    """The targets are in the opposite order of the rows."""
    return [(x, rows[-1 - i][1]) for i, (x, _) in enumerate(rows)]


def numbered(rows, r):
    """Rows in order of their class, with their number as a column."""
    return [(x + [i / 100], y) for i, (x, y) in enumerate(sorted(rows, key=lambda row: row[1]))]


def numbers_of_new(rows, r):
    return [(x + [(len(rows) + i) / 100], y) for i, (x, y) in enumerate(rows)]


def from_one(rows, r):
    """Class numbers begin with 1."""
    return [(x, y + 1) for x, y in rows]


def signs(rows, r):
    """Classes are -1 and 1."""
    return [(x, 2 * y - 1) for x, y in rows]


def words(rows, r, text="n/a"):
    """Some cells are text."""
    return [([text if i % 40 == 3 and j == 1 else v for j, v in enumerate(x)], y) for i, (x, y) in enumerate(rows)]


def commas(rows, r):
    """Numbers with a decimal comma."""
    return [([str(v).replace(".", ",") if j == 0 else v for j, v in enumerate(x)], y) for x, y in rows]


def pixels(rows, r):
    """From 0 to 255 in place of 0 to 1."""
    return [([round(255 * v) for v in x], y) for x, y in rows]


def powers(rows, r):
    """Targets were not put on a logarithmic scale."""
    return [(x, round(10 ** (2.5 * y), 4)) for x, y in rows]


def infinite(rows, r):
    """A ratio whose divisor was 0."""
    return [(x, "inf" if i % 60 == 9 else y) for i, (x, y) in enumerate(rows)]


SAME = "same"
CHANGES.update({
    "unknown 1e4": (unknown, {"size": 1e4, "share": 0.004}, None), "unknown -999": (unknown, {}, SAME),
    "unknown 9999": (unknown, {"size": 9999.0, "share": 0.03}, SAME), "dates": (dates, {}, SAME),
    "copied .02": (copied, {}, None), "near copies": (near_copies, {}, None), "wrong .03": (wrong, {}, None),
    "one-sided .4": (one_sided, {}, None), "one-sided .6": (one_sided, {"share": 0.6}, None), "proxy": (proxy, {}, SAME),
    "rounded leak": (rounded_leak, {}, no_leak), "zero column": (zero_column, {}, SAME), "all zero": (all_zero, {}, None),
    "same row": (same_row, {}, None), "backwards": (backwards, {}, None), "numbered": (numbered, {}, numbers_of_new),
    "from one": (from_one, {}, SAME), "signs": (signs, {}, SAME), "words": (words, {}, None), "commas": (commas, {}, None),
    "pixels": (pixels, {}, SAME), "powers": (powers, {}, SAME), "infinite": (infinite, {}, None),
    "wrong .5": (wrong, {"share": 0.5}, None), "few 20": (CHANGES["few 30"][0], {"count": 20}, None)})


# ---- new kinds ----

def own_rows(b, s, t, i):
    """Validation rows are the training rows. The net is large, and trained for long."""
    return replaced(b, model=[f"2 * dense(160, activation=relu, {HE})", b["model"][-1]], validation=f"csv('{t}.csv', target=y)",
                    epochs=60)


def late_relu(b, s, t, i):
    """An activation in front of the output's softmax."""
    return replaced(b, model=b["model"][:-1] + [f"dense({tables.CLASSES[t]}, activation={s})", "softmax"],
                    optimizer="sgd(0.05, momentum=0.9)")


def behind_output(b, s, t, i):
    """Dropout or noise behind the output."""
    loss = {"loss": "sparse_categorical_crossentropy" if tables.CLASSES[t] else "mse"}
    return replaced(b, model=b["model"] + [s], **loss)


def debugging(b, s, t, i):
    """A few rows only, as when the file was tried out."""
    return replaced(b, data=b["data"].replace("| shuffle", f"| take({s}) | shuffle"),
                    model=[f"2 * dense(80, activation=relu, {HE})", b["model"][-1]])


def noisy_labels(b, s, t, i):
    """The transform label_noise was left in the file."""
    return replaced(b, data=b["data"].replace("| shuffle", f"| label_noise({s}) | shuffle"),
                    model=[f"2 * dense(110, activation=relu, {HE})", b["model"][-1]], epochs=50)


def one_hot_data(b, s, t, i):
    """Targets are rows of zeros with a one, but the loss is for class numbers."""
    return replaced(b, data=b["data"].replace("| shuffle", "| one_hot | shuffle"), loss=s)


def slow_averages(b, s, t, i):
    """Batch normalization whose averages for new rows hardly move."""
    layers = "2 * dense(44) | batch_normalization{} | relu"
    twin = replaced(b, model=[layers.format(""), b["model"][-1]], epochs=20)
    return {**replaced(twin, model=[layers.format(f"(momentum={s})"), b["model"][-1]]), "twin": twin}


def classes_off(b, s, t, i):
    """Another number of units than classes."""
    return replaced(b, model=b["model"][:-1] + [f"dense({tables.CLASSES[t] + s}, activation=softmax)"])


FAMILIES.update({
    "activation before softmax": Family("S301", "S302 G103", made=late_relu),
    "sigmoid twice": Family("S301", made=with_keys(loss="binary_crossentropy(from_logits=true)")),
    "logits without from_logits": Family("S301", made=output("dense(1, activation={s})", loss="binary_crossentropy",
                                                             optimizer="sgd(0.05)")),
    "softmax of one unit": Family("S301", "S300", "certain", made=output("dense(1, activation=softmax)")),
    "loss that does not fit numbers": Family("S301 D203", "G110", made=with_keys(loss="{s}")),
    "loss for one-hot": Family("S301 S300", "", "certain", made=with_keys(loss="{s}")),
    "one-hot, loss for numbers": Family("S301 S300", "", "certain", made=one_hot_data),
    "units and classes differ": Family("S301 S300", "D207", "certain", made=classes_off),
    "classes from 1": Family("S301 S300 D207 D200", "", "certain", "rows", rows),
    "classes -1 and 1": Family("S301 S300 D200", "", "certain", "rows", with_keys(loss="binary_crossentropy")),
    "losses summed": Family("S305", "G110 G103 S301", made=with_keys(loss="{s}", optimizer="sgd(0.1, momentum=0.9)")),
    "huber of tiny delta": Family("S306 S301", "O402 S308", made=with_keys(loss="huber({s})", optimizer="sgd(0.02)")),
    "cells of text": Family("D200 D201", "S300", "certain", "rows", rows),
    "targets not finite": Family("D201 D200", "", "certain", "rows", rows),
    "codes for unknown": Family("D205 D202", "S305 G110", data="rows", made=with_keys(optimizer="sgd(0.02)")),
    "column of dates": Family("D202", "D205 S305 G110", data="rows", made=with_keys(optimizer="sgd(0.02)")),
    "pixels to 255": Family("D202", "S305 G110 G103", data="rows", made=with_keys(optimizer="sgd(0.02)")),
    "loader that returns nothing": Family("D204 D208 D213", "D209", data="rows", made=rows),
    "loader that repeats a row": Family("D208 D209 D213 D214", "D204", data="rows", made=rows),
    "rows and targets in opposite order": Family("D213 D214 O401", "O402", data="rows", made=rows),
    "wrong statistics": Family("D202", "S303 G104 S305 G103", made=model(
        "normalization({s})", "2 * dense(48, activation=tanh)", optimizer="sgd(0.02)")),
    "a class labelled by two people": Family("D214 O401", "O402 D213 D215 D206", data="rows", made=model(
        f"2 * dense(110, activation=relu, {HE})", epochs=50)),
    "noise left in the file": Family("D214 O401", "O402 D213 D215", made=noisy_labels),
    "number of the row": Family("D216 D210 D212", "D202", "inflated", "rows", rows),
    "leak, rounded": Family("D210", "", "inflated", "rows", rows),
    "near copies": Family("D208 D209 O401 D215", "", "inflated", "rows", model(f"2 * dense(120, activation=relu, {HE})")),
    "validated on its own rows": Family("D209 O401", "", "inflated", made=own_rows),
    "targets not logarithmic": Family("D203 D205", "S305 G110", data="rows", made=rows),
    "validation of another camera": Family("D211", harm="certain", made=with_keys(
        validation="csv('{t}_test.csv', target=y) | rescaling({s})")),
    "rows for debugging": Family("D215 O401", "O402 D207 D206", made=debugging),
    "averages of normalization too slow": Family("S309", "O402 O403", made=slow_averages),
    "noise behind the output": Family("O403 S301", "O402", made=behind_output),
    "no epochs": Family("S306", "O402 S300", made=with_keys(epochs=int)),
    "few steps in an epoch": Family("S306", "O402", made=with_keys(steps_per_epoch=int, optimizer="adam(1e-3)")),
    "defaults that are slow": Family("S306", "O402", made=with_keys(optimizer="{s}")),
    "lookahead that stays": Family("S306", "O402", made=with_keys(optimizer="{s}")),
    "rate lowered too early": Family("S307 S311 S306", "O402", made=with_keys(observers="{s}", optimizer="sgd(0.02)")),
    "factors of 0": Family("S310", "S303 G101", made=model("2 * dense(20, activation=tanh, kernel_initializer=random_normal("
                                                           "stddev=0.03))", learning_rate_factors="{s}")),
    "class of weight 0": Family("D206", "O402 D207", made=lambda b, s, t, i: replaced(
        b, class_weight="[" + ", ".join("0" if k == 1 else "1" for k in range(max(tables.CLASSES[t], 2))) + "]")),
    "gates that begin at 0": Family("S304 S303", "G101 G105 S310", made=model(
        "dense(32, activation=tanh, kernel_initializer=zeros, name=a)", "dense(32, activation=tanh, kernel_initializer=zeros, "
        "name=b) <- a", "multiply() <- a b")),
    "relu of the negative": Family("G103 G105", "S302 S303", made=model(
        f"dense(40, activation=relu, {HE})", "rescaling(-1)", "relu", f"dense(30, activation=relu, {HE})")),
    "dead by depth": Family("G103 G101", "S303 G102", made=model(
        f"{{s}} * dense(4, activation=relu, {HE})", optimizer="sgd(0.01)")),
    "far too small": Family("O402", "S302 D215", made=model(f"dense({{s}}, activation=relu, {HE})")),
    "weights all positive": Family("S303", "G102 S305 G103 G104", made=model(
        "2 * dense(64, activation={s}, kernel_initializer=random_uniform(0, 1))", optimizer="sgd(0.01)")),
    "variance not divided": Family("S303", "G102 G104 S305", made=model(
        "3 * dense(64, activation={s}, kernel_initializer=truncated_normal(stddev=1))", optimizer="sgd(5e-3)")),
    "large output weights": Family("S303", "S305 D203 G110", made=output(
        "dense({classes}, activation=softmax, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(1e-3)")),
})

SIGMOIDS = model("{s} * dense(26, activation=hard_sigmoid)", optimizer="adam(1e-3)", layer="dense")
FAULTS = [
    ("activation before softmax", ["relu", "sigmoid"], "strokes tribes"),
    ("sigmoid twice", ["twice"], "checker answers0"),
    ("logits without from_logits", ["linear", "relu", "tanh"], "ink answers0 checker"),
    ("softmax of one unit", ["softmax"], "ink checker"),
    ("loss that does not fit numbers", ["mape", "msle", "poisson", "cosine_similarity"], "arm wave arm wave"),
    ("loss for one-hot", ["categorical_crossentropy", "kl_divergence"], "tunes tribes"),
    ("one-hot, loss for numbers", ["sparse_categorical_crossentropy"], "spirals"),
    ("units and classes differ", [-2], "strokes"),
    ("classes from 1", ["from one"], "kernels strokes"),
    ("classes -1 and 1", ["signs"], "ink checker"),
    ("losses summed", ["sparse_categorical_crossentropy(reduction=sum)", "mse(reduction=sum)"], "tunes arm"),
    ("huber of tiny delta", [1e-4, 1e-5], "arm wave"),
    ("cells of text", ["words", "commas"], "birds tribes"),
    ("targets not finite", ["infinite"], "arm"),
    ("codes for unknown", ["unknown -999", "unknown 9999"], "tribes arm strokes"),
    ("column of dates", ["dates"], "arm tunes"),
    ("pixels to 255", ["pixels"], "ink"),
    ("loader that returns nothing", ["all zero"], "tribes arm"),
    ("loader that repeats a row", ["same row"], "strokes ink"),
    ("rows and targets in opposite order", ["backwards"], "arm tunes"),
    ("wrong statistics", ["mean=120, variance=1", "mean=0, variance=1e-8"], "tribes arm"),
    ("a class labelled by two people", ["one-sided .4", "one-sided .6"], "tribes ink checker"),
    ("noise left in the file", [0.4, 0.5], "tribes strokes"),
    ("label noise", ["wrong .5"], "ink checker tunes"),
    ("noisy numbers", ["noise .4"], "arm ratings"),
    ("labels permuted", ["shifted", "mixed", "permuted"], "strokes birds wave"),
    ("number of the row", ["numbered"], "tunes tribes"),
    ("leak, rounded", ["rounded leak"], "arm tails"),
    ("near copies", ["near copies"], "polls red"),
    ("rows twice", ["double 8"], "ratings"),
    ("validated on its own rows", ["own"], "polls red"),
    ("targets not logarithmic", ["powers"], "arm wave"),
    ("targets in another unit", ["price 1e5"], "ratings spectra"),
    ("outliers of the target", ["far 1e4"], "wave"),
    ("validation of another camera", ["-1, 1", "1, 3"], "ink tunes"),
    ("rows for debugging", [20, 30], "strokes arm"),
    ("too few rows", ["few 20", "few 25"], "tunes ink"),
    ("class lacking", ["lacking"], "strokes tribes"),
    ("rare classes", ["rare .01", "rare .03"], "ink tunes"),
    ("sorted and not shuffled", ["sorted"], "tribes strokes ink"),
    ("sorted and split", ["sorted"], "tunes birds"),
    ("averages of normalization too slow", [0.9999, 0.9997], "tribes spirals"),
    ("batch normalization of few rows", [2], "strokes", few_normalized("2 * dense(40) | batch_normalization | relu")),
    ("batch of all rows", [480, 5000], "tunes arm", batch_of(optimizer="sgd(0.03)", epochs=15)),
    ("noise behind the output", ["gaussian_noise(6)", "dropout(0.9)"], "tribes arm"),
    ("no epochs", [0], "tunes"),
    ("few steps in an epoch", [1], "strokes arm"),
    ("defaults that are slow", ["adagrad(1e-3)", "adadelta(1e-3)", "ftrl(1e-3)"], "tunes strokes arm"),
    ("lookahead that stays", ["adam(1e-3, lookahead_steps=20, lookahead_rate=0.002)"], "tribes"),
    ("rate far too low", ["adamw(2e-7)", "lion(1e-7)"], "ink arm"),
    ("rate lowered too early", ["reduce_lr_on_plateau(factor=0.01, patience=1, min_delta=1)"], "tunes tribes"),
    ("schedule too short", ["piecewise_constant_decay([10, 20], [0.03, 1e-3, 1e-5])", "polynomial_decay(0.02, 25, 1e-7)",
                            "per_epoch('0.02 * 0.1 ** epoch')"], "strokes tunes arm"),
    ("warm-up too long", ["sgd(warmup(200000, 0.05))"], "arm"),
    ("rate that rises", ["0.002 * 1.03 ** step"], "tunes"),
    ("wrong mode", ["early_stopping(monitor=val_accuracy, mode=min, patience=1)", "early_stopping(monitor=val_accuracy, mode=min)"],
     "tunes strokes"),
    ("stopped at once", [2], "arm", with_keys(
        optimizer="adam(5e-4)", observers="early_stopping(monitor=val_loss, min_delta={s}, patience=1)")),
    ("factors of 0", ["['dense*=0']"], "strokes"),
    ("frozen", ["all"], "tribes", frozen(tenth.HIDDEN["gelu3"])),
    ("class of weight 0", ["0"], "tribes ink"),
    ("gates that begin at 0", ["zeros"], "arm tribes"),
    ("relu of the negative", ["-1"], "tunes arm"),
    ("dead by depth", [18, 26], "tribes arm"),
    ("dead by bias", [-7, -15], "strokes", changed(tenth.HIDDEN["relu2"], (0, 1), biased, "sgd(0.04)")),
    ("vanishing sigmoid", [12, 9], "tunes arm", SIGMOIDS),
    ("vanishing small weights", [0.01, 0.015], "tribes", model(
        "7 * dense(30, activation=softsign, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.05)", layer="dense")),
    ("exploding weights", [0.9, 1.6], "strokes arm", model(
        "9 * dense(32, activation=leaky_relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(1e-3)")),
    ("weights all positive", ["relu", "sigmoid", "tanh"], "ink tribes tunes"),
    ("variance not divided", ["tanh", "relu"], "strokes tunes"),
    ("large output weights", [30, 15], "tribes tunes"),
    ("saturated", [6.0], "arm", changed(tenth.HIDDEN["tanh2"], (0, 1), spread, "sgd(0.02)")),
    ("equal weights", ["constant(0.05)", "ones"], "strokes tribes", model(
        "2 * dense(40, activation=tanh, kernel_initializer={s})")),
    ("biases that saturate", [12], "tunes", model(
        "2 * dense(40, activation=sigmoid, bias_initializer=constant({s}))", optimizer="sgd(0.03)")),
    ("far too small", [1], "strokes tribes"),
    ("activation removed", ["all"], "checker spirals", model("3 * dense(32)")),
    ("softmax hidden", [3, 2], "strokes arm", softmax_layers(24)),
    ("one unit between layers", ["tanh"], "tribes"),
    ("oscillating", [4.0], "tunes", with_keys(optimizer="sgd({s}, momentum=0.9)")),
    ("rate of adam too high", ["adam(0.6)", "lamb(3)", "lion(0.08)"], "strokes tunes arm"),
    ("rate of sgd too high", ["one_cycle(40, all)", "cyclical(1, 25, step_size=40)", "10"], "tribes arm ink"),
    ("momentum near 1", ["sgd(0.05, momentum=0.998)"], "tunes"),
    ("beta_1 near 1", ["adam(2e-3, beta_1=0.9998)"], "arm"),
    ("penalty too large", ["l1_l2(0.3, 0.3)", "l2(2)"], "tunes arm"),
    ("penalty on outputs", ["l2(5)"], "strokes", model("2 * dense(40, activation=gelu, activity_regularizer={s})")),
    ("decay too strong", ["adamw(3e-3, weight_decay=1)", "sgd(0.1, weight_decay=0.6)"], "strokes tribes"),
    ("dropout too large", [0.95, 0.9], "strokes tunes", model(f"3 * dense(60, activation=relu, {HE}) | gaussian_dropout({{s}})")),
    ("noise as large as the inputs", [1.2], "tribes strokes"),
    ("constraint too tight", [0.02], "strokes", model(
        "2 * dense(40, activation=relu, kernel_constraint=min_max_norm(0, {s}))")),
    ("never negative", ["non_neg"], "strokes tunes arm"),
    ("clipped to nothing", [2e-4], "tribes arm"),
    ("gradients gathered too long", [120], "tunes", with_keys(optimizer="sgd(0.05, gradient_accumulation_steps={s})")),
    ("average of weights too long", ["adam(2e-3, use_ema=true, ema_momentum=0.9999)"], "strokes"),
    ("trained too long", [140, 200], "polls red loans photos", overtrained((80, 60))),
]
PAIRS = [("codes for unknown", "rate far too low"), ("vanishing sigmoid", "rate of adam too high")]
