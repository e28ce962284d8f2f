"""The eighth judged set: real tables, series and pictures (eighth_tables.py), with 7 to 196 columns and 192 to 800 training
rows, besides tables made by rules; nets of 1 to 24 layers; optimizers, schedules, noise and observers that the sets before do
not have. Kinds of faults that are new: a large epsilon, rows in another unit, negated targets, few columns that a penalty
lets through. It was written for rules that were changed after the seventh set had been looked at, and before any of them was
tried on it. A healthy net on a noisy table has the same net, stopped at its best epoch, as its twin."""
import eighth_tables
from frame import CHANGES, FAMILIES, Family, Frame, batch_of, biased, changed, few_normalized, frozen, model, overtrained, \
    softmax_layers, spread, with_keys
from nets import HE, LECUN, initialized

PART = "eighth"
TABLES = list(eighth_tables.CLASSES)
NOISY = ["sugar", "degrees", "shellfish", "coin"]
NUMBER_TABLES = [t for t in TABLES if eighth_tables.CLASSES[t] == 0]
CLASS_TABLES = [t for t in TABLES if eighth_tables.CLASSES[t] > 2]
GLOROT = "kernel_initializer=glorot_normal"
HIDDEN = {
    "one relu": [f"dense(80, activation=relu, {HE})"],
    "relu3": [f"3 * dense(50, activation=relu, {HE})"],
    "tanh1": ["dense(64, activation=tanh)"],
    "tanh3": [f"3 * dense(40, activation=tanh, {GLOROT})"],
    "elu4": [f"4 * dense(32, activation=elu, {HE})"],
    "selu9": [f"9 * dense(24, activation=selu, {LECUN})"],
    "gelu2": [f"2 * dense(64, activation=gelu, {HE})"],
    "softplus2": [f"2 * dense(40, activation=softplus, {HE})"],
    "squareplus2": [f"2 * dense(40, activation=squareplus, {HE})"],
    "leaky7": [f"7 * dense(30, activation=leaky_relu, {HE})"],
    "hard silu": [f"2 * dense(54, activation=hard_silu, {HE})"],
    "glu": [f"2 * dense(60, {HE}) | activation(glu)"],
    "concatenated": [f"dense(30, activation=relu, {HE}, name=a)", f"dense(30, activation=tanh, name=b)", "concatenate() <- a b"],
    "norm relu5": [f"5 * dense(36, {HE}) | batch_normalization | relu"],
    "group norm": [f"2 * dense(48, {HE}) | layer_normalization | relu"],
    "funnel": [f"dense(90, activation=relu, {HE})", f"dense(45, activation=relu, {HE})", f"dense(20, activation=relu, {HE})"],
}
PLAIN = ["relu3", "tanh3", "elu4", "gelu2"]
STOP = "early_stopping(patience=8, restore_best_weights=true)"


def negate(rows, r, share=0.3):
    """Targets that are numbers have the wrong sign in a share of the rows."""
    return [(x, -y if r.random() < share else y) for x, y in rows]


def other_unit(rows, r, share=0.1, factor=1000.0):
    """A share of the rows was written in another unit."""
    return [([v * factor for v in x], y) if r.random() < share else (x, y) for x, y in rows]


CHANGES.update({"negated .3": (negate, {}, None), "negated .4": (negate, {"share": 0.4}, None),
                "other unit": (other_unit, {}, None), "other unit .05": (other_unit, {"share": 0.05, "factor": 1e4}, None)})
FAMILIES.update({
    "epsilon too large": Family("S306", "O402", made=with_keys(optimizer="{s}")),
    "rows in another unit": Family("D205 D202", "S305 G110", data="rows", made=with_keys(optimizer="sgd(0.01)")),
    "targets negated": Family("D214 O401", "O402 D213 D215", data="rows", made=model(
        f"2 * dense(100, activation=relu, {HE})", epochs=60)),
    "penalty on few columns": Family("O403", "O402", made=model(
        "dense(48, activation=relu, kernel_regularizer=l1({s}))", "dense(32, activation=relu)")),
})


def hard_negatives():
    """Healthy nets that look faulty: name, arguments of keys(), tables."""
    h = HIDDEN
    classes = [t for t in TABLES if eighth_tables.CLASSES[t]]
    two = [t for t in TABLES if eighth_tables.CLASSES[t] == 2]
    wide = [f"dense(400, activation=relu, {HE})", f"dense(100, activation=relu, {HE})"]
    return [
        ("stopped early", dict(hidden=h["relu3"], epochs=100, observers=STOP), NOISY),
        ("stopped early, wide", dict(hidden=wide, epochs=50, observers=STOP), NOISY),
        ("best kept", dict(hidden=h["gelu2"], keep="best", epochs=60), NOISY),
        ("best kept, wide", dict(hidden=wide, keep="best", epochs=40), NOISY),
        ("best weights", dict(hidden=h["elu4"], observers="best_weights", epochs=50), NOISY),
        ("small on noise", dict(hidden=["dense(6, activation=tanh)"], optimizer="adam(3e-3)"), NOISY),
        ("penalty on noise", dict(hidden=[f"2 * dense(36, activation=relu, {HE}, kernel_regularizer=l2(5e-3))"]), NOISY),
        ("dropout on noise", dict(hidden=[f"dense(120, activation=relu, {HE}) | dropout(0.5)"]), NOISY),
        ("few epochs on noise", dict(hidden=h["gelu2"], epochs=7), NOISY),
        ("linear on noise", dict(hidden=[], epochs=30), NOISY),
        ("stopped by accuracy", dict(hidden=h["relu3"], epochs=80, observers="early_stopping(monitor=val_accuracy, mode=max, "
         "patience=15, restore_best_weights=true)"), classes),
        ("stopped, not restored", dict(hidden=h["elu4"], epochs=70, observers="early_stopping(patience=10)"), TABLES),
        ("160 rows", dict(hidden=h["one relu"], epochs=70, observers=STOP, batch=16, change="few 160"), ["soils"]),
        ("240 rows", dict(hidden=h["gelu2"], epochs=70, observers=STOP, batch=16, change="few 240"), ["houses"]),
        ("240 rows, best kept", dict(hidden=h["relu3"], epochs=60, keep="best", batch=16, change="few 240"), ["clothes"]),
        ("200 rows, penalty", dict(hidden=[f"dense(48, activation=relu, {HE}, kernel_regularizer=l2(3e-3))"], batch=16,
                                   change="few 200"), ["mixtures"]),
        ("sgd, momentum .85", dict(hidden=h["relu3"], optimizer="sgd(0.02, momentum=0.85)"), TABLES),
        ("nesterov .95", dict(hidden=h["gelu2"], optimizer="sgd(0.006, momentum=0.95, nesterov=true)"), TABLES),
        ("plain sgd", dict(hidden=h["elu4"], optimizer="sgd(0.02)", epochs=60), TABLES),
        ("adam, 1e-2", dict(hidden=h["one relu"], optimizer="adam(0.01)", epochs=30), TABLES),
        ("adam, 5e-4", dict(hidden=h["relu3"], optimizer="adam(5e-4)", epochs=80), TABLES),
        ("large epsilon", dict(hidden=h["gelu2"], optimizer="adam(5e-3, epsilon=1e-3)"), TABLES),
        ("beta_1 .75", dict(hidden=h["tanh3"], optimizer="adam(3e-3, beta_1=0.75)"), TABLES),
        ("beta_2 .98", dict(hidden=h["elu4"], optimizer="adam(2e-3, beta_2=0.98)"), TABLES),
        ("amsgrad", dict(hidden=h["relu3"], optimizer="adamw(2e-3, weight_decay=0.02, amsgrad=true)"), TABLES),
        ("adamax", dict(hidden=h["one relu"], optimizer="adamax(8e-3)"), TABLES),
        ("nadam", dict(hidden=h["elu4"], optimizer="nadam(1e-3)"), TABLES),
        ("adafactor", dict(hidden=h["gelu2"], optimizer="adafactor(0.02)"), TABLES),
        ("adadelta", dict(hidden=h["one relu"], optimizer="adadelta(1)"), TABLES),
        ("adagrad", dict(hidden=h["relu3"], optimizer="adagrad(0.03)"), TABLES),
        ("rmsprop", dict(hidden=h["tanh3"], optimizer="rmsprop(1.5e-3)"), TABLES),
        ("lamb", dict(hidden=h["relu3"], optimizer="lamb(7e-3)"), TABLES),
        ("lion", dict(hidden=h["gelu2"], optimizer="lion(2.5e-4)"), TABLES),
        ("muon", dict(hidden=h["relu3"], optimizer="muon(3e-3)"), TABLES),
        ("schedule free", dict(hidden=h["tanh3"], optimizer="schedule_free_adamw(5e-3)"), TABLES),
        ("average .9", dict(hidden=h["relu3"], optimizer="adam(3e-3, use_ema=true, ema_momentum=0.9)"), TABLES),
        ("lookahead", dict(hidden=h["gelu2"], optimizer="adam(3e-3, lookahead_steps=6)"), TABLES),
        ("four batches", dict(hidden=h["one relu"], optimizer="adam(6e-3, gradient_accumulation_steps=4)"), TABLES),
        ("warm-up 100", dict(hidden=h["relu3"], optimizer="adam(warmup(100, 3e-3))"), TABLES),
        ("cosine with warm-up", dict(hidden=h["elu4"], optimizer="adam(cosine_decay(4e-3, all))"), TABLES),
        ("one cycle", dict(hidden=h["relu3"], optimizer="sgd(one_cycle(0.06, all), momentum=0.9)"), TABLES),
        ("restarts", dict(hidden=h["gelu2"], optimizer="adam(cosine_decay_restarts(4e-3, 250))"), TABLES),
        ("steps by epoch", dict(hidden=h["tanh3"], optimizer="adam(per_epoch('0.005 * 0.93 ** epoch'))"), TABLES),
        ("linear to zero", dict(hidden=h["relu3"], optimizer="adamw(polynomial_decay(4e-3, all, 1e-5))"), TABLES),
        ("flat cosine", dict(hidden=h["one relu"], optimizer="adam(flat_cos(5e-3, all))"), TABLES),
        ("cyclical", dict(hidden=h["gelu2"], optimizer="sgd(cyclical(0.01, 0.06, 120), momentum=0.7)"), TABLES),
        ("on a plateau", dict(hidden=h["elu4"], observers="reduce_lr_on_plateau(factor=0.3, patience=5)"), TABLES),
        ("clipped values", dict(hidden=h["relu3"], optimizer="sgd(0.05, momentum=0.5, clipvalue=0.3)"), TABLES),
        ("clipped norm", dict(hidden=h["tanh3"], optimizer="adam(3e-3, global_clipnorm=1)"), TABLES),
        ("slow first layer", dict(hidden=h["relu3"], learning_rate_factors="dense=0.2"), TABLES),
        ("max_norm 3", dict(hidden=["2 * dense(60, activation=relu, kernel_constraint=max_norm(3))"]), TABLES),
        ("unit norm", dict(hidden=["dense(60, activation=elu, kernel_constraint=unit_norm)"]), TABLES),
        ("l2 1e-3", dict(hidden=[f"2 * dense(50, activation=relu, {HE}, kernel_regularizer=l2(1e-3))"]), TABLES),
        ("activity l1", dict(hidden=[f"2 * dense(50, activation=relu, {HE}, activity_regularizer=l1(1e-5))"]), TABLES),
        ("noise .12", dict(hidden=["gaussian_noise(0.12)", *h["gelu2"]]), TABLES),
        ("dropout .25", dict(hidden=[f"2 * dense(100, activation=relu, {HE}) | dropout(0.25)"]), TABLES),
        ("alpha dropout", dict(hidden=[f"3 * dense(80, activation=selu, {LECUN}) | alpha_dropout(0.08)"]), TABLES),
        ("dropout on inputs .1", dict(hidden=["dropout(0.1)", *h["one relu"]]), TABLES),
        ("24 layers of selu", dict(hidden=[f"24 * dense(18, activation=selu, {LECUN})"], optimizer="adam(5e-4)", epochs=50), TABLES),
        ("14 normalized layers", dict(hidden=["14 * dense(24) | batch_normalization | relu"], optimizer="adam(1.5e-3)"), TABLES),
        ("two sigmoids", dict(hidden=["2 * dense(50, activation=sigmoid)"], optimizer="adam(6e-3)", epochs=60), TABLES),
        ("small initial weights", dict(hidden=["2 * dense(60, activation=relu, kernel_initializer=random_uniform(-0.2, 0.2))"]),
         TABLES),
        ("biases of .05", dict(hidden=[f"2 * dense(60, activation=relu, {HE}, bias_initializer=constant(0.05))"]), TABLES),
        ("no biases", dict(hidden=[f"2 * dense(60, activation=relu, {HE}, use_bias=false)"]), TABLES),
        ("bottleneck 6", dict(hidden=[f"dense(60, activation=relu, {HE})", "dense(6)", f"dense(60, activation=relu, {HE})"]),
         TABLES),
        ("batch 5", dict(hidden=h["one relu"], batch=5, optimizer="adam(5e-4)", epochs=15), TABLES),
        ("batch 64", dict(hidden=h["relu3"], batch=64, optimizer="adam(5e-3)", epochs=50), TABLES),
        ("wide 800", dict(hidden=[f"dense(800, activation=relu, {HE})"], optimizer="adam(5e-4)", epochs=20), TABLES),
        ("class weights", dict(hidden=h["one relu"], class_weight="balanced"), classes),
        ("smoothing", dict(hidden=h["relu3"], loss="binary_crossentropy(label_smoothing=0.05)"), two),
        ("mae", dict(hidden=h["gelu2"], loss="mae"), NUMBER_TABLES),
        ("huber", dict(hidden=h["relu3"], loss="huber"), NUMBER_TABLES),
        ("log_cosh", dict(hidden=h["tanh3"], loss="log_cosh"), NUMBER_TABLES),
        ("zeros in the output", dict(hidden=h["relu3"], last="zeros"), TABLES),
    ]


FAULTS = [
    ("vanishing sigmoid", [11, 21], "houses bars soils", model(
        "{s} * dense(26, activation=sigmoid)", optimizer="adam(1e-3)", layer="dense")),
    ("vanishing small weights", [0.009, 0.016], "mixtures chirps", model(
        "6 * dense(36, activation=tanh, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(0.05)", layer="dense")),
    ("exploding weights", [1.2, 2.4], "sparse soils", model(
        "8 * dense(40, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(1e-3)")),
    ("dead by bias", [-9, -13], "gears radar", changed(HIDDEN["relu3"], (0, 1, 2), biased, "sgd(0.04)")),
    ("oscillating", [2.8, 7.0], "houses chirps", with_keys(optimizer="sgd({s}, momentum=0.9)")),
    ("rate of adam too high", ["adam(0.7)", "nadam(0.9)", "rmsprop(0.9)"], "soils sparse bars"),
    ("rate of sgd too high", [12.0, 25.0], "chirps mixtures"),
    ("rate far too low", ["adamw(1e-7)", "sgd(1.5e-6)", "rmsprop(6e-8)"], "marks gears houses"),
    ("too few epochs", [1, 2], "mixtures chirps gears bars", with_keys(epochs=int, optimizer=("adam(3e-4)", "sgd(0.004)"))),
    ("output without softmax", ["linear", "softsign"], "marks bars"),
    ("output of one unit", ["tanh", "sigmoid"], "soils chirps"),
    ("bounded output", ["tanh", "relu", "sigmoid"], "mixtures spots sparse"),
    ("loss of another task", ["mse", "log_cosh"], "bars clothes"),
    ("raw inputs", ["raw 4", "raw 3"], "houses radar gears"),
    ("softmax twice", ["from_logits"], "soils"),
    ("equal weights", ["ones", "zeros"], "mixtures marks", changed(HIDDEN["tanh3"], (0, 1), initialized, "adam(3e-3)")),
    ("large weights", [7.0, 12.0], "gears soils", changed(HIDDEN["relu3"], (1,), spread, "sgd(2e-3)")),
    ("saturated", [7.0, 9.0], "sparse radar", changed(HIDDEN["tanh3"], (0, 1), spread, "sgd(0.02)")),
    ("activation removed", ["all"], "gears parity bars", model("3 * dense(30)")),
    ("softmax hidden", [2, 3], "chirps mixtures", softmax_layers(30)),
    ("penalty too large", ["l2(3.5)", "l1(0.7)"], "houses soils"),
    ("dropout too large", [0.89, 0.92], "mixtures bars"),
    ("batch of all rows", [480], "gears chirps", batch_of(optimizer="sgd(0.02)", epochs=12)),
    ("batch normalization of few rows", [2, 1], "soils bars", few_normalized("2 * dense(44) | batch_normalization | relu")),
    ("labels permuted", ["permuted", "permuted .8", "mixed"], "houses soils chirps"),
    ("label noise", ["noise .4", "noise .3", "noise .5"], "bars marks chirps"),
    ("noisy numbers", ["noise .5", "noise .4"], "gears houses"),
    ("targets negated", ["negated .4", "negated .3"], "mixtures gears"),
    ("class lacking", ["lacking"], "soils bars"),
    ("rare classes", ["rare .01", "rare .03"], "chirps marks"),
    ("leak", ["leak", "leak .02"], "mixtures bars"),
    ("rows twice", ["double 8", "double 4"], "gears radar"),
    ("outliers", ["outlier 1e6", "outlier 1e5"], "houses chirps"),
    ("rows in another unit", ["other unit", "other unit .05"], "mixtures soils"),
    ("outliers of the target", ["far 1e3", "far 1e4"], "sparse houses"),
    ("gaps", ["gap"], "radar"),
    ("sorted and not shuffled", ["sorted"], "soils mixtures marks"),
    ("sorted and split", ["sorted"], "bars houses soils"),
    ("too few rows", ["few 30", "few 40"], "mixtures marks"),
    ("targets in another unit", ["price 1e5", "price 1000"], "gears spots"),
    ("frozen", ["all"], "chirps", frozen(HIDDEN["elu4"])),
    ("clipped to nothing", [4e-4, 1e-4], "houses bars"),
    ("elements clipped to nothing", [5e-5, 2e-5], "soils gears", with_keys(optimizer="sgd(0.05, clipvalue={s})")),
    ("schedule too short", ["cosine_decay(0.02, 50)", "exponential_decay(0.03, 10, 0.35)"], "soils mixtures"),
    ("rate that rises", ["0.005 * 1.021 ** step", "0.003 * 1.026 ** step"], "bars gears"),
    ("momentum near 1", ["sgd(0.05, momentum=0.997)", "sgd(0.08, momentum=0.995)"], "sparse chirps"),
    ("constraint too tight", [0.04, 0.015], "mixtures soils"),
    ("decay too strong", ["sgd(0.1, weight_decay=0.7)"], "houses bars"),
    ("penalty on outputs", ["l2(6)", "l1(1.5)"], "gears marks", model("2 * dense(40, activation=relu, activity_regularizer={s})")),
    ("penalty on few columns", [0.3, 0.8], "sparse clothes"),
    ("class weights far apart", [1500], "radar beats"),
    ("tiny inputs", ["shrunk", "shrunk more"], "chirps mixtures", with_keys(optimizer="sgd(0.03)")),
    ("scaled again", ["1/255", "0.002"], "clothes soils", model("rescaling({s})", f"2 * dense(44, activation=relu, {HE})",
                                                                optimizer="sgd(0.05)")),
    ("average of weights too long", ["adam(3e-3, use_ema=true, ema_momentum=0.9999)"], "gears bars"),
    ("warm-up too long", ["adam(warmup(70000, 3e-3))", "sgd(warmup(150000, 0.05))"], "houses marks"),
    ("gradients gathered too long", [80, 150], "mixtures chirps", with_keys(optimizer="sgd(0.05, gradient_accumulation_steps={s})")),
    ("epsilon too large", ["adam(1e-4, epsilon=1)", "rmsprop(3e-5, epsilon=1)"], "soils gears houses"),
    ("one unit between layers", ["relu"], "soils bars"),
    ("hidden layers frozen", [0.03], "chirps mixtures", model(
        "3 * dense(36, activation=relu, trainable=false, kernel_initializer=random_normal(stddev={s}))")),
    ("biases that saturate", [10, -11], "gears soils", model(
        "3 * dense(36, activation=tanh, bias_initializer=constant({s}))", optimizer="sgd(0.03)")),
    ("validation scaled otherwise", ["20", "0.05"], "soils gears"),
    ("beta_1 near 1", ["adam(1e-3, beta_1=0.9997)", "nadam(1e-3, beta_1=0.9993)"], "houses bars gears"),
    ("beta_2 tiny", ["adam(3e-3, beta_2=0.1)", "nadam(3e-3, beta_2=0.25)"], "mixtures soils chirps"),
    ("noise between layers", [15, 30], "gears bars", model(
        f"dense(44, activation=relu, {HE})", "gaussian_noise({s})", f"dense(44, activation=relu, {HE})")),
    ("noise as large as the inputs", [1.3, 0.85, 1.0], "gears mixtures parity"),
    ("dropout on the inputs", [0.55, 0.65], "gears mixtures parity"),
    ("never negative", ["non_neg"], "houses gears radar"),
    ("wrong mode", ["early_stopping(mode=max, patience=2)", "best_weights(mode=max)"], "mixtures soils chirps"),
    ("no patience", ["early_stopping(patience=1)", "early_stopping"], "chirps mixtures soils",
     with_keys(observers="{s}", optimizer="sgd(0.04, momentum=0.8)")),
    ("stopped at once", [4, 2], "gears bars", with_keys(
        optimizer="sgd(0.004)", observers="early_stopping(monitor=val_loss, min_delta={s}, patience=2)")),
    ("class numbers as numbers", ["mae", "huber"], "soils bars"),
    ("frozen by key", ["first"], "mixtures bars", model(
        "dense(22, activation=tanh, name=first, kernel_initializer=random_normal(stddev=0.02))", freeze="{s}")),
    ("trained too long", [110, 160], "sugar coin degrees shellfish sugar coin", overtrained((80, 110))),
]
PAIRS = [("raw inputs", "rate far too low"), ("labels permuted", "rate of adam too high"), ("equal weights", "rate of sgd too high")]


def nets():
    frame = Frame(PART, TABLES, HIDDEN, PLAIN, NOISY, STOP)
    return frame.plain_nets(lambda i, k: 2 * i + 5 * k) + frame.hard_negatives(hard_negatives(), 7) + \
        frame.raw(("gears", "soils", "houses"), HIDDEN["gelu2"]) + frame.faulty(FAULTS, PAIRS)
