"""The faults of the eighteenth set, and the families that only this set has, with the codes that are a right first root, which were
chosen by the names of the findings alone."""
import eighteenth
from frame import CHANGES, FAMILIES, Family, batch_of, biased, changed, model, output, overtrained, rows, spread, unshuffled, \
    weighted, with_keys
from nets import HE, keys, replaced
from sixteenth import residual
from sixteenth_faults import deep, every, in_bytes, noisy_number, unit_of_target, unknown


# ---- faults of the rows ----

def far_off(rows, r, plus=400.0):
    """All columns are far from 0."""
    return every(rows, lambda x: [round(v + plus, 3) for v in x])


def one_large(rows, r, size=3e4):
    """One column is in a small unit, so that it is large."""
    return every(rows, lambda x: [round(v * size, 1) if j == 1 else v for j, v in enumerate(x)])


def shuffled_apart(rows, r):
    """Inputs and targets of two thirds of the rows were shuffled apart."""
    begin = len(rows) // 3
    targets = [y for _, y in rows[begin:]]
    r.shuffle(targets)
    return rows[:begin] + [(x, y) for (x, _), y in zip(rows[begin:], targets)]


def any_label(rows, r, share=0.5):
    """A share of the rows has any class."""
    classes = max(y for _, y in rows) + 1
    return [(x, r.randrange(classes) if r.random() < share else y) for x, y in rows]


def other_class(rows, r, share=0.4):
    """A share of the rows has the other one of two classes."""
    return [(x, 1 - y if r.random() < share else y) for x, y in rows]


def known_later(rows, r, noise=0.03):
    """A column that follows from the answer."""
    return [(x + [round(50 - 8 * y + r.gauss(0, noise), 3)], y) for x, y in rows]


def not_yet(rows, r):
    """New rows have the mean of that column."""
    mean = round(sum(50 - 8 * y for _, y in rows) / len(rows), 3)
    return every(rows, lambda x: x + [mean])


def over_sampled(rows, r, count=110, times=9):
    """Few rows, drawn again and again, before some were set aside."""
    return [rows[r.randrange(count)] for _ in range(count * times)]


def divided_by_zero(rows, r):
    """Some cells of the second column are no numbers."""
    return [(["nan" if i % 40 == 3 and j == 1 else v for j, v in enumerate(x)], y) for i, (x, y) in enumerate(rows)]


def zeros_by_loader(rows, r, share=0.8):
    """The loader left most columns empty: they are 0."""
    kept = int((1 - share) * len(rows[0][0]))
    return every(rows, lambda x: [v if j < kept else 0.0 for j, v in enumerate(x)])


def code_in_target(rows, r, share=0.015):
    """Unknown targets have a code."""
    return [(x, -9999.0 if r.random() < share else y) for x, y in rows]


def other_camera(rows, r, share=0.2):
    """The last rows come from a camera whose pictures are dark and turned over."""
    begin = int((1 - share) * len(rows))
    return [([round(0.3 * (1 - v), 4) for v in x] if i >= begin else x, y) for i, (x, y) in enumerate(rows)]


def constant_beside(rows, r):
    return every(rows, lambda x: x + [7.0])


def three_to_one(rows, r):
    return [row for row in rows if row[1] in (0, 3, 5) or r.random() < 0.4]


SAME = "same"
CHANGES.update({
    "far off": (far_off, {}, SAME), "one large": (one_large, {}, SAME), "raw": (lambda rows, r: rows, {}, None),
    "bytes": (in_bytes, {}, SAME),
    "shuffled apart": (shuffled_apart, {}, None), "any of .5": (any_label, {}, None), "other of .4": (other_class, {}, None),
    "known later": (known_later, {}, not_yet), "known later, noise": (known_later, {"noise": 0.4}, not_yet),
    "over-sampled": (over_sampled, {}, None), "no numbers": (divided_by_zero, {}, None), "left empty": (zeros_by_loader, {}, SAME),
    "code in targets": (code_in_target, {}, None), "other camera": (other_camera, {}, None),
    "constant beside": (constant_beside, {}, SAME), "three to one": (three_to_one, {}, None),
    "number + 1.8": (noisy_number, {"size": 1.8}, None), "unknown -50000": (unknown, {"code": -50000.0, "share": 0.03}, SAME),
    "in dollars": (unit_of_target, {"size": 9e4, "plus": 2e5}, SAME),
    "per mille": (unit_of_target, {"size": 150.0, "plus": 900.0}, SAME),
    "few 55": (CHANGES["few 30"][0], {"count": 55}, None),
    "rare .02": (CHANGES["rare .01"][0], {"keep": 0.02}, None),
    "permuted .9": (CHANGES["permuted"][0], {"share": 0.9}, None)})


# ---- nets of another form ----

def coded(hidden=(f"dense(48, activation=relu, {HE})",), front=("embedding(25, 8)", "flatten"), **given):
    """Codes as vectors that are learned."""
    return keys("routes", list(front) + list(hidden), **{"epochs": 20, **given})


def two_answers(weights="[1, 1]", **given):
    """One of three, and a yes or no."""
    columns = "inputs=['x0:x6'], target=[[y], [x7]]"
    return keys("duties", [f"2 * dense(48, activation=relu, {HE})", "identity(name=both)", "dense(3, activation=softmax, name=kind)"],
                optimizer="adam(2e-3)", last="dense(1, activation=sigmoid, name=yes) <- both", outputs="[kind, yes]",
                loss_weights=weights, **{"epochs": 30, "data": f"csv('duties.csv', {columns}) | shuffle | batch(32)",
                                         "test": f"csv('duties_test.csv', {columns})", **given})


def of(make, **given):
    """A net of another form with a fault; its twin is the same net without it. A text "{s}" is the strength."""
    return lambda b, s, t, i: {**make(**{k: s if v == "{s}" else v for k, v in given.items()}), "twin": make()}


def stopped(b, s, t, i):
    """The net as it is, stopped at its best epoch, and so is its twin: it does not overfit beside its fault."""
    new = replaced(b, observers=eighteenth.STOP, epochs=60)
    return {**new, "twin": new}


def weighted_and_stopped(b, s, t, i):
    """The second class weighs as much as the strength; the net and its twin are stopped at their best epochs."""
    return {**weighted(stopped(b, s, t, i), s, t, i), "twin": stopped(b, s, t, i)["twin"]}


def watched(b, s, t, i):
    """A large net trains long with an observer that watches the wrong figure; its twin watches the right one."""
    new = replaced(b, model=[f"2 * dense(140, activation=relu, {HE})", b["model"][-1]], epochs=90, observers=s)
    return {**new, "twin": replaced(new, observers=eighteenth.STOP)}


def frozen_base(b, s, t, i):
    """The lower layers are frozen as if they had been trained before."""
    new = replaced(b, model=[f"3 * dense({s}, activation=tanh)", b["model"][-1]])
    return {**new, "freeze": "dense|dense_1|dense_2", "twin": new}


def normalized_in_pairs(layers, epochs=12):
    """Batch normalization in batches of a few rows; the twin has the usual batch."""
    def made(b, s, t, i):
        twin = replaced(b, model=[layers, b["model"][-1]])
        return {**batch_of(epochs=epochs)(twin, s, t, i), "twin": twin}
    return made


LARGE = model(f"2 * dense(120, activation=relu, {HE})", epochs=60)
FAMILIES.update({
    "default of adadelta": Family("S306", "O402", made=with_keys(optimizer="{s}")),
    "score taken for a probability": Family("S301", "S300 G110 S305", made=output("dense(1)", loss="binary_crossentropy")),
    "softmax of one unit": Family("S301", "S300 O402", made=output("dense(1, activation=softmax)", loss="{s}")),
    "far from zero": Family("D202", "G103 S305", data="rows", made=with_keys(optimizer=("sgd(0.02)", "adam(1e-3)"))),
    "one large column": Family("D202", "G103 S305 G104 D205", data="rows", made=with_keys(optimizer="sgd(0.02)")),
    "bytes as inputs": Family("D202", "G103 S305", data="rows", made=with_keys(optimizer="sgd(0.03, momentum=0.9)")),
    "shuffled apart": Family("D213 D214 O401", "O402 D215", data="rows", made=rows),
    "any class": Family("D214 O401", "D213 O402 D215", data="rows", made=LARGE),
    "classes flipped": Family("D214 O401", "O402 D213 D215", data="rows", made=LARGE),
    "known later": Family("D210", "D211", "inflated", "rows", stopped),
    "drawn again": Family("D208 D209", "D215 O401", "inflated", "rows", stopped),
    "cells are no numbers": Family("D201 D200", "S300", "certain", "rows", rows),
    "columns left empty": Family("D204", "O402", data="rows", made=rows),
    "code in targets": Family("D205 D203", "S305 G110 D214", data="rows", made=rows),
    "code for unknown cells": Family("D205 D202", "S305 G110 G103", data="rows", made=rows),
    "other camera": Family("D211", "", "certain", "rows", with_keys(validation="split(0.2)")),
    "deep and plain": Family("G101 G103 S303 G105", "O402 G102", made=deep(
        "dense(30, activation=relu)", lambda s: residual(s // 2, 30, "relu", ", kernel_initializer=zeros"), optimizer="adam(1e-3)")),
    "deep tanh of small weights": Family("S303 G101", "G104 O402", made=model(
        "8 * dense(40, activation=tanh, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.1)", layer="dense")),
    "too narrow": Family("O402", "G103", made=model("dense({s}, activation=tanh)")),
    "narrow in the middle": Family("O402 S302", "G103", made=model(
        f"dense(56, activation=elu, {HE})", "dense({s}, activation=tanh)", f"dense(56, activation=elu, {HE})")),
    "linear for what is not": Family("O402 S302", made=model()),
    "dropout ahead of the output": Family("O403", "O402", made=model(f"2 * dense(48, activation=relu, {HE})", "dropout({s})")),
    "wrong figure watched": Family("O401 S311", "D214 D215", made=watched),
    "plateau at each epoch": Family("S307 S311", "S306 O402", made=with_keys(observers="{s}", optimizer="sgd(0.05)")),
    "frozen base": Family("S310", "O402 S303 G101", made=frozen_base),
    "an answer weighs nothing": Family("S301 S310 S306", "O402", made=of(two_answers, weights="{s}")),
    "codes as numbers": Family("O402 D202", "S303", made=of(coded, front=())),
})
LEFT = ["raw inputs"]
RATES = ["rate", "momentum", "epochs", "adadelta", "oscillating", "schedule", "clipped", "too long",
         "two faults"]  # words of families whose fault is in the optimizer or the epochs
HIDDEN = eighteenth.HIDDEN

FAULTS = [
    # rates and optimizers
    ("rate of adam too high", ["adam(0.25)", "rmsprop(0.4)"], "capitals quotes"),
    ("rate of sgd too high", [4], "plots"),
    ("oscillating", ["sgd(1, momentum=0.95)"], "numerals", with_keys(optimizer="{s}")),
    ("rate far too low", ["adam(3e-6)", "sgd(1e-4)", "sgd(1e-5, momentum=0.9)"], "tilts capitals quotes"),
    ("default of adadelta", ["adadelta(0.001)"], "pollen"),
    ("too few epochs", [2], "capitals", with_keys(epochs=int, optimizer="adam(1e-3)")),
    ("schedule too short", ["cosine_decay(0.05, decay_steps=40)"], "numerals"),
    ("plateau at each epoch", ["reduce_lr_on_plateau(patience=0, min_delta=0.5, factor=0.2)"], "wardrobe"),
    ("clipped to nothing", [3e-4], "pollen"),
    # the last layer and the loss
    ("softmax of one unit", ["binary_crossentropy"], "coins"),
    ("output of one unit", ["sigmoid"], "pollen"),
    ("score taken for a probability", [1], "gates"),
    ("bounded output", ["sigmoid", "relu"], "quotes districts"),
    ("loss of another task", ["mse"], "capitals"),
    ("output without softmax", ["relu"], "tracks"),
    ("softmax twice", ["from_logits"], "wardrobe"),
    # data that are not scaled
    ("raw inputs", ["raw"], "boilers plots"),
    ("bytes as inputs", ["bytes"], "wardrobe"),
    ("far from zero", ["far off"], "quotes"),
    ("one large column", ["one large"], "capitals"),
    ("validation scaled otherwise", [0.01], "numerals"),
    ("targets in another unit", ["per mille", "in dollars"], "quotes districts", with_keys(
        optimizer=("adam(2e-3)", "sgd(0.01)"))),
    # labels and rows
    ("labels permuted", ["permuted .9", "shifted"], "boilers tracks"),
    ("shuffled apart", ["shuffled apart"], "pollen"),
    ("any class", ["any of .5"], "wardrobe"),
    ("classes flipped", ["other of .4"], "gates", LARGE),
    ("noisy numbers", ["number + 1.8"], "quotes", LARGE),
    ("code for unknown cells", ["unknown -50000"], "pollen"),
    ("code in targets", ["code in targets"], "quotes"),
    ("cells are no numbers", ["no numbers"], "districts"),
    ("columns left empty", ["left empty"], "pollen"),
    ("known later", ["known later", "known later, noise"], "bottlings churn"),
    ("drawn again", ["over-sampled"], "wardrobe"),
    ("other camera", ["other camera"], "tilts"),
    ("rare classes", ["rare .02"], "pollen"),
    ("class weights far apart", [300], "churn", weighted_and_stopped),
    ("class lacking", ["lacking"], "pollen"),
    ("sorted and not shuffled", ["sorted"], "capitals wardrobe", unshuffled("sgd(0.03, momentum=0.9)")),
    ("sorted and split", ["sorted"], "plots"),
    ("too few rows", ["few 55"], "numerals", LARGE),
    # starts, depth, activations
    ("equal weights", ["zeros", "constant(0.05)"], "pollen capitals", model(
        "2 * dense(48, activation=relu, kernel_initializer={s})", layer="dense")),
    ("large weights", [15], "capitals", changed(HIDDEN["relu2"], (1,), spread, "sgd(0.05)")),
    ("exploding weights", [0.7], "tracks", model(
        "9 * dense(40, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.05)")),
    ("deep tanh of small weights", [0.015], "pollen"),
    ("vanishing sigmoid", [9], "capitals", model("{s} * dense(32, activation=sigmoid)", optimizer="adam(1e-3)", layer="dense")),
    ("deep and plain", [50], "capitals"),
    ("dead by bias", [-7], "pollen", changed(HIDDEN["relu2"], (1,), biased, "sgd(0.05)")),
    ("saturated", [16.0], "capitals", changed(HIDDEN["tanh3"], (1,), spread, "sgd(0.02)")),
    ("softmax hidden", [3], "tilts", model("{s} * dense(24, activation=softmax)", optimizer="adam(2e-3)")),
    ("activation removed", ["all"], "gates", model("2 * dense(60)")),
    ("codes as numbers", [1], "routes"),
    # size and regularization
    ("too narrow", [2], "numerals"),
    ("narrow in the middle", [1], "plots"),
    ("linear for what is not", [0], "quotes tracks"),
    ("dropout too large", [0.9], "tracks"),
    ("dropout ahead of the output", [0.95], "quotes"),
    ("penalty too large", ["l2(0.5)", "l1(0.15)"], "wardrobe quotes"),
    ("trained too long", [150], "gusts", overtrained((140, 140))),
    # batches, observers, frozen layers
    ("batch of all rows", [960], "capitals", batch_of(optimizer="sgd(0.05)", epochs=25)),
    ("batch normalization of few rows", [2], "pollen", normalized_in_pairs(f"2 * dense(48, {HE}) | batch_normalization | relu")),
    ("no patience", ["early_stopping(patience=0, min_delta=0.2)"], "tracks", with_keys(observers="{s}", optimizer="adam(1e-3)")),
    ("wrong mode", ["early_stopping(monitor=val_accuracy, mode=min, patience=3)"], "numerals", with_keys(
        observers="{s}", optimizer="adam(5e-4)")),
    ("wrong figure watched", ["early_stopping(monitor=loss, patience=10)"], "gusts"),
    ("frozen base", [12], "tilts"),
    ("an answer weighs nothing", ["[0, 1]"], "duties"),
]
PAIRS = [("raw inputs", "rate far too low")]
