"""The faults of the seventeenth set, and the families that only this set has, with the codes that are a right first root, which were
chosen by the names of the findings alone."""
import seventeenth
from frame import CHANGES, FAMILIES, Family, batch_of, biased, changed, model, output, overtrained, rows, \
    softmax_layers, spread, unshuffled, with_keys
from nets import HE, LECUN, keys, replaced
from sixteenth_faults import deep, every, in_bytes, monitored, noisy_number, unit_of_target, unknown


# ---- faults of the rows ----

def flipped(rows, r, share=0.38):
    """A share of the rows has the other one of two classes."""
    return [(x, 1 - y if r.random() < share else y) for x, y in rows]


def next_class(rows, r, share=0.5):
    """A share of the rows has the number of the next class."""
    classes = max(y for _, y in rows) + 1
    return [(x, (y + 1) % classes if r.random() < share else y) for x, y in rows]


def labels_sorted(rows, r):
    """The targets were sorted by themselves."""
    return [(x, y) for (x, _), y in zip(rows, sorted(y for _, y in rows))]


def by_first(rows, r):
    """The file is sorted by its first column."""
    return sorted(rows, key=lambda row: row[0][0])


def seldom_copied(rows, r, count=150, times=8):
    """Few rows, each copied, then mixed, before some were set aside."""
    rows = rows[:count] * times
    r.shuffle(rows)
    return rows


def in_other_unit(rows, r, noise=0.02):
    """The answer is there a second time, in another unit."""
    return [(x + [round(3.2 * y + 7 + r.gauss(0, noise), 3)], y) for x, y in rows]


def not_known_yet(rows, r):
    """New rows do not have it yet: the mean stands there."""
    mean = round(sum(3.2 * y + 7 for _, y in rows) / len(rows), 3)
    return every(rows, lambda x: x + [mean])


def settled(rows, r):
    """A column that is filled only after the answer is known: it is above 0 for the second class alone."""
    return [(x + [round(r.uniform(20, 90), 1) if y == 1 else 0.0], y) for x, y in rows]


def unsettled(rows, r):
    """New rows have 0 in it."""
    return every(rows, lambda x: x + [0.0])


def infinite(rows, r):
    """The logarithm of 0 in some cells."""
    return [(["-inf" if i % 30 == 11 and j == 0 else v for j, v in enumerate(x)], y) for i, (x, y) in enumerate(rows)]


def codes_in_words(rows, r):
    """A column has words for its numbers."""
    return every(rows, lambda x: ["low" if x[0] < 0 else "high"] + x[1:])


def joined_with_nothing(rows, r, share=0.75):
    """A join found nothing for most columns, which were filled with 0."""
    off = int(share * len(rows[0][0]))
    return every(rows, lambda x: [0.0] * off + x[off:])


def wrong_comma(rows, r, share=0.02):
    """The comma of some targets is lost."""
    return [(x, round(y * 1e4, 1) if r.random() < share else y) for x, y in rows]


def other_sensor(rows, r, share=0.2):
    """The last rows come from a sensor with another scale and another zero."""
    begin = int((1 - share) * len(rows))
    return [([round(3 * v + 4, 4) for v in x] if i >= begin else x, y) for i, (x, y) in enumerate(rows)]


def noise_columns(rows, r):
    return every(rows, lambda x: x + [round(r.gauss(0, 1), 3) for _ in range(8)])


def means_for_gaps(rows, r):
    return every(rows, lambda x: [0.0 if r.random() < 0.01 else v for v in x])


def a_few_twice(rows, r):
    return rows + rows[:4]


SAME = "same"
CHANGES.update({
    "flipped .38": (flipped, {}, None), "next class": (next_class, {}, None), "labels sorted": (labels_sorted, {}, None),
    "by first": (by_first, {}, None), "copied": (seldom_copied, {}, None), "in another unit": (in_other_unit, {}, not_known_yet),
    "settled": (settled, {}, unsettled), "infinite": (infinite, {}, None), "words for numbers": (codes_in_words, {}, SAME),
    "joined with nothing": (joined_with_nothing, {}, SAME), 
    "lost comma": (wrong_comma, {}, None), "other sensor": (other_sensor, {}, None), "noise columns": (noise_columns, {}, SAME),
    "means for gaps": (means_for_gaps, {}, SAME), "a few twice": (a_few_twice, {}, None), "raw": (lambda rows, r: rows, {}, None),
    "pixels of 255": (in_bytes, {}, SAME), 
    "number + 2": (noisy_number, {"size": 2.0}, None), "unknown 99999": (unknown, {"code": 99999.0, "share": 0.02}, SAME),
    
    "in euros": (unit_of_target, {"size": 700.0, "plus": 4000.0}, SAME),
    "in grams": (unit_of_target, {"size": 3e6, "plus": 2e7}, SAME),
    "few 48": (CHANGES["few 30"][0], {"count": 48}, None),
    "rare .03": (CHANGES["rare .01"][0], {"keep": 0.03}, None), "permuted .85": (CHANGES["permuted"][0], {"share": 0.85}, None),
    "tiny": (CHANGES["shrunk"][0], {"size": 8000.0}, SAME)})


# ---- nets of another form ----

def coded(hidden=(f"dense(40, activation=relu, {HE})",), width=6, front=("embedding(20, {width})", "flatten"), **given):
    """Codes as vectors that are learned."""
    return keys("meals", [w.format(width=width) for w in front] + list(hidden), **{"epochs": 40, **given})


def cleaned(between=8, last="dense(14)", act="tanh", **given):
    """Numbers with noise go through few numbers and come out without it."""
    columns = "inputs=['x0:x13'], target=['x14:x27']"
    return keys("folds", [f"dense(48, activation={act})", f"dense({between})", f"dense(48, activation={act})"], last=last, **{
        "epochs": 40, "data": f"csv('folds.csv', {columns}) | shuffle | batch(32)",
        "test": f"csv('folds_test.csv', {columns})", **given})


def two_answers(weights="[1, 1]", rate="adam(3e-3)", **given):
    """One of four, and a yes or no."""
    columns = "inputs=['x0:x7'], target=[[y], [x8]]"
    return keys("forms", [f"2 * dense(56, activation=relu, {HE})", "identity(name=both)", "dense(4, activation=softmax, name=kind)"],
                optimizer=rate, last="dense(1, activation=sigmoid, name=yes) <- both", outputs="[kind, yes]", loss_weights=weights, **{
                    "epochs": 40, "data": f"csv('forms.csv', {columns}) | shuffle | batch(32)",
                    "test": f"csv('forms_test.csv', {columns})", **given})


def of(make, **given):
    """A net of another form with a fault; its twin is the same net without it. A text "{s}" is the strength."""
    return lambda b, s, t, i: {**make(**{k: s if v == "{s}" else v for k, v in given.items()}), "twin": make()}


def stopped(b, s, t, i):
    """The net as it is, stopped at its best epoch, and so is its twin: it does not overfit beside its fault."""
    new = replaced(b, observers=seventeenth.STOP, epochs=60)
    return {**new, "twin": new}


def validated_by_itself(b, s, t, i):
    """A large net is validated by the rows that it is trained on."""
    new = replaced(b, model=[f"2 * dense({s}, activation=relu, {HE})", b["model"][-1]], epochs=60)
    return {**new, "validation": f"csv('{t}.csv', target=y)", "twin": replaced(new, observers=seventeenth.STOP)}


def frozen_below(b, s, t, i):
    """All layers but the last are frozen, as for a net that was trained before, but it was not."""
    new = replaced(b, model=[f"4 * dense({s}, activation=relu, {HE})", b["model"][-1]])
    return {**new, "freeze": "dense|dense_1|dense_2|dense_3", "twin": new}


def normalized_in_pairs(layers):
    """Batch normalization in batches of a few rows, for 15 epochs; the twin has the usual batch."""
    def made(b, s, t, i):
        twin = replaced(b, model=[layers, b["model"][-1]])
        return {**batch_of(epochs=15)(twin, s, t, i), "twin": twin}
    return made


def without_factor(b, s, t, i):
    """Factors of the rate that are nearly 0 hold the layers."""
    return replaced(b, learning_rate_factors=s)


LARGE = model(f"2 * dense(130, activation=relu, {HE})", epochs=60)
FAMILIES.update({
    "classes flipped": Family("D214 O401", "O402 D213 D215", data="rows", made=LARGE),
    "next class": Family("D214 O401", "D213 O402 D215", data="rows", made=LARGE),
    "labels sorted by themselves": Family("D213 D212 D214 O401", "D211 D207", data="rows", made=rows),
    "sorted by a column and split": Family("D212 D211", "O401 D215", data="rows", made=with_keys(validation="split(0.5)")),
    "few rows, copied": Family("D208 D209", "D215 O401", "inflated", "rows", stopped),
    "validated by its own rows": Family("D209 D208", "O401", "inflated", made=validated_by_itself),
    "answer in another unit": Family("D210", "D211", "inflated", "rows", stopped),
    "filled afterwards": Family("D210", "D211", "inflated", "rows", stopped),
    "infinite cells": Family("D201 D200", "S300", "certain", "rows", rows),
    "words for numbers": Family("D200 D201", "S300", "certain", "rows", rows),
    "joined with nothing": Family("D204", "O402", data="rows", made=rows),
    "comma lost in targets": Family("D205 D203", "S305 G110 D214", data="rows", made=rows),
    "other sensor in the validation": Family("D211", "", "certain", "rows", with_keys(validation="split(0.2)")),
    "pixels not divided": Family("D202", data="rows", made=with_keys(optimizer="sgd(0.02, momentum=0.9)")),
    "code for unknown": Family("D205 D202", "S305 G110 G103", data="rows", made=rows),
    "numbers of codes": Family("O402 D202", "S303", made=of(coded, front=())),
    "vectors of one number": Family("O402", "O403", made=of(coded, width="{s}")),
    "output that is never negative": Family("S301", "O402", made=of(cleaned, last="{s}")),
    "one number between": Family("O402 S302", made=of(cleaned, between="{s}")),
    "first answer weighs nothing": Family("S306 S301 O402", "S310", made=of(two_answers, weights="{s}")),
    "deep without skips": Family("G101 G103 S303 G105", "O402 G102", made=deep(
        "dense(28, activation=leaky_relu)", lambda s: seventeenth.residual(s // 2, 28, "relu", ", kernel_initializer=zeros"),
        optimizer="adam(1e-3)")),
    "narrow and deep": Family("G103 G101 O402", "S303 G105", made=deep(
        f"dense(4, activation=relu, {HE})", lambda s: [f"{s} * dense(24, activation=selu, {LECUN})"], optimizer="adam(1e-3)")),
    "rescaled inputs saturate": Family("D202 G104 S303", "G101", made=model(
        "rescaling({s})", "2 * dense(64, activation=tanh)", optimizer="sgd(0.1)")),
    "too few units": Family("O402", "G103", made=model("dense({s}, activation=tanh)")),
    "no hidden layer": Family("O402 S302", made=model()),
    "wrong figure watched": Family("O401 S311", "D214 D215", made=monitored()),
    "plateau in the wrong mode": Family("S307 S311", "S306 O402", made=with_keys(observers="{s}", optimizer="sgd(0.1)")),
    "labels smoothed away": Family("O403 S301 D214", "O402 S306", made=lambda b, s, t, i: replaced(
        b, data=f"csv('{t}.csv', target=y) | one_hot | shuffle | batch(32)", test=f"csv('{t}_test.csv', target=y) | one_hot",
        loss=f"categorical_crossentropy(label_smoothing={s})")),
    "layers held by a factor": Family("S310 S306", "O402 S303 G101", made=without_factor),
    "frozen below": Family("S310", "O402 S303 G101", made=frozen_below),
    "identity as the output of counts": Family("S301", "G110 S305 O402", made=output("dense(1)", loss="poisson")),
    "baseline out of reach": Family("S311", "S306 O402", made=with_keys(observers="{s}", optimizer="adam(2e-3)")),
})
LEFT = ["raw inputs"]
RARE = ["first answer weighs nothing", "labels smoothed away", "vectors of one number", "gradients gathered too long",
        "layers held by a factor", "identity as the output of counts", "baseline out of reach", "rescaled inputs saturate",
        "plateau in the wrong mode"]
RATES = ["rate", "momentum", "epochs", "oscillating", "schedule", "warm-up", "decay", "clipped", "gathered", "trained too long",
         "two faults"]  # words of families whose fault is in the optimizer or the epochs
HIDDEN = seventeenth.HIDDEN

FAULTS = [
    # rates and optimizers
    ("rate of adam too high", ["adam(0.3)", "nadam(0.5)", "adam(0.6)"], "initials cliques kettles"),
    ("rate of sgd too high", [4, 12], "postcodes cliques"),
    ("oscillating", ["sgd(1.5, momentum=0.9)"], "initials", with_keys(optimizer="{s}")),
    ("rate far too low", ["rmsprop(1e-6)", "adam(4e-6)", "sgd(2e-4)"], "blips kettles initials"),
    ("momentum near 1", ["sgd(0.1, momentum=0.998)"], "haulage"),
    ("too few epochs", [1], "initials", with_keys(epochs=int, optimizer="adam(5e-4)")),
    # the last layer and the loss
    ("output of one unit", ["softmax"], "swirls"),
    ("output of one unit", ["sigmoid"], "cliques"),
    ("loss of another task", ["mae"], "blips"),
    ("softmax twice", ["from_logits"], "initials"),
    ("bounded output", ["tanh", "sigmoid"], "kettles haulage"),
    ("output without softmax", ["tanh"], "cliques"),
    ("output that is never negative", ["dense(14, activation=relu)"], "folds"),
    ("identity as the output of counts", [1], "callers"),
    # data that are not scaled
    ("raw inputs", ["raw"], "kettles earners pamphlets"),
    ("pixels not divided", ["pixels of 255"], "postcodes"),
    ("tiny inputs", ["tiny"], "cliques", with_keys(optimizer="sgd(0.1)")),
    ("rescaled inputs saturate", [80], "initials"),
    ("validation scaled otherwise", [0.02], "postcodes"),
    ("targets in another unit", ["in euros", "in grams"], "haulage kettles", with_keys(
        optimizer=("sgd(0.01, momentum=0.9)", "adam(1e-3)"))),
    # labels and rows
    ("labels permuted", ["permuted", "mixed", "permuted .85"], "postcodes haulage earners"),
    ("labels sorted by themselves", ["labels sorted"], "initials"),
    ("classes flipped", ["flipped .38"], "swirls"),
    ("next class", ["next class"], "postcodes"),
    ("noisy numbers", ["number + 2"], "haulage", LARGE),
    ("code for unknown", ["unknown 99999"], "initials"),
    ("comma lost in targets", ["lost comma"], "kettles"),
    ("infinite cells", ["infinite"], "pamphlets"),
    ("words for numbers", ["words for numbers"], "haulage"),
    ("joined with nothing", ["joined with nothing"], "cliques"),
    ("answer in another unit", ["in another unit"], "harvests"),
    ("filled afterwards", ["settled"], "chatter"),
    ("few rows, copied", ["copied"], "chatter"),
    ("validated by its own rows", [150], "chatter"),
    ("other sensor in the validation", ["other sensor"], "cliques"),
    ("rare classes", ["rare .03"], "blips"),
    ("class weights far apart", [300], "earners"),
    ("class lacking", ["lacking"], "initials"),
    ("sorted and not shuffled", ["sorted"], "blips", unshuffled("sgd(0.05, momentum=0.9)")),
    ("sorted and split", ["sorted"], "initials"),
    ("sorted by a column and split", ["by first"], "haulage"),
    ("too few rows", ["few 48"], "postcodes", LARGE),
    # starts, depth, activations
    ("equal weights", ["constant(0.1)", "zeros"], "initials blips", model(
        "2 * dense(60, activation=tanh, kernel_initializer={s})")),
    ("large weights", [6], "initials", changed(HIDDEN["relu3"], (1,), spread, "sgd(0.05)")),
    ("exploding weights", [0.8], "haulage", model(
        "10 * dense(48, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.05)")),
    ("vanishing small weights", [0.02], "cliques", model(
        "7 * dense(40, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.1)", layer="dense")),
    ("vanishing sigmoid", [9], "blips", model("{s} * dense(36, activation=sigmoid)", optimizer="adam(1e-3)", layer="dense")),
    ("deep without skips", [36], "initials"),
    ("narrow and deep", [24], "cliques"),
    ("dead by bias", [-9], "initials", changed(HIDDEN["relu3"], (1,), biased, "sgd(0.1)")),
    ("saturated", [12.0], "initials", changed(HIDDEN["tanh2"], (1,), spread, "sgd(0.02)")),
    ("softmax hidden", [3], "initials", softmax_layers(20, "adam(2e-3)")),
    ("activation removed", ["all"], "swirls", model("3 * dense(56)")),
    ("numbers of codes", [1], "meals"),
    ("vectors of one number", [1], "meals"),
    # size and regularization
    ("too few units", [2], "initials"),
    ("no hidden layer", [0], "swirls"),
    ("one number between", [1], "folds"),
    ("dropout too large", [0.92], "initials"),
    ("penalty too large", ["l1(0.03)"], "cliques"),
    ("labels smoothed away", [0.995], "initials"),
    # batches, schedules, observers, frozen layers
    ("batch of all rows", [1100], "blips", batch_of(optimizer="sgd(0.05, momentum=0.9)", epochs=20)),
    ("batch normalization of few rows", [2], "initials", normalized_in_pairs(f"2 * dense(56, {HE}) | batch_normalization | relu")),
    ("schedule too short", ["exponential_decay(0.05, 15, 0.5)", "one_cycle(0.1, 60)"], "initials blips"),
    ("warm-up too long", ["sgd(warmup(50000, constant(0.1)))"], "cliques"),
    ("plateau in the wrong mode", ["reduce_lr_on_plateau(patience=1, mode=max, factor=0.1)"], "initials"),
    ("wrong mode", ["early_stopping(monitor=val_accuracy, mode=min, patience=2)"], "initials", with_keys(
        observers="{s}", optimizer="adam(1e-3)")),
    ("no patience", ["early_stopping(patience=0, min_delta=0.1)"], "cliques", with_keys(observers="{s}", optimizer="adam(1e-3)")),
    ("baseline out of reach", ["early_stopping(monitor=val_accuracy, baseline=0.99, patience=3)"], "initials"),
    ("wrong figure watched", ["early_stopping(monitor=loss, patience=8)"], "harvests"),
    ("trained too long", [140], "harvests", overtrained((150, 120))),
    ("frozen below", [8], "initials"),
    ("layers held by a factor", ["['dense*=1e-6']"], "cliques"),
    ("first answer weighs nothing", ["[0.00001, 1]"], "forms"),
    ("clipped to nothing", [5e-4], "initials"),
    ("gradients gathered too long", [120], "initials", with_keys(optimizer="sgd(0.1, gradient_accumulation_steps={s})")),
]
PAIRS = [("raw inputs", "rate far too low")]
