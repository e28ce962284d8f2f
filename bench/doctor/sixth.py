"""The sixth judged set: the kinds of nets and faults of the fifth set, with other nets, tables, strengths, optimizers and
schedules. It was written for rules that were changed after the fifth set had been looked at, and before any of them was tried
on it. As in the fifth set, a healthy net on a noisy table has the same net, stopped at its best epoch, as its twin."""
import tables
from frame import Frame, batch_of, biased, changed, few_normalized, frozen, model, overtrained, softmax_layers, spread, with_keys
from nets import HE, LECUN, initialized

PART = "sixth"
TABLES = list(tables.SIXTH)
NOISY = ["rents", "cough", "moods"]
NUMBER_TABLES = [t for t in TABLES if tables.CLASSES[t] == 0]
SMOOTH = ["glacier", "engine"]  # numbers with little noise
HIDDEN = {
    "relu2": [f"2 * dense(46, activation=relu, {HE})"],
    "relu5": [f"6 * dense(28, activation=relu, {HE})"],
    "tanh2": ["2 * dense(48, activation=tanh)"],
    "tanh4": ["5 * dense(24, activation=tanh)"],
    "elu2": [f"2 * dense(38, activation=elu, {HE})"],
    "selu6": [f"7 * dense(24, activation=selu, {LECUN})"],
    "silu3": [f"3 * dense(42, activation=mish, {HE})"],
    "celu3": [f"3 * dense(34, activation=leaky_relu, {HE})"],
    "sum of two": [f"dense(36, activation=elu, {HE}, name=a)", f"dense(36, activation=relu, {HE}, name=b)", "add() <- a b"],
    "norm gelu": [f"4 * dense(30, {HE}) | rms_normalization | activation(gelu)"],
    "batch norm tanh": ["3 * dense(32) | batch_normalization | activation(selu)"],
    "widening": [f"dense(64, activation=relu, {HE})", f"dense(28, activation=relu, {HE})"],
}
PLAIN = ["relu2", "tanh2", "elu2", "silu3"]
STOP = "early_stopping(patience=12, restore_best_weights=true)"


def hard_negatives():
    """Healthy nets that look faulty: name, arguments of keys(), tables."""
    h = HIDDEN
    classes = [t for t in TABLES if tables.CLASSES[t]]
    large = [f"3 * dense(200, activation=relu, {HE})"]
    some = [
        ("stopped early", dict(hidden=h["elu2"], epochs=90, observers=STOP), NOISY),
        ("stopped early, large", dict(hidden=large, epochs=60, observers=STOP), NOISY),
        ("stopped by accuracy", dict(hidden=h["silu3"], epochs=60, observers="early_stopping(monitor=val_accuracy, mode=max, "
         "patience=12, restore_best_weights=true)"), ["cough", "moods", "stamps"]),
        ("stopped, not restored", dict(hidden=h["relu2"], epochs=80, observers="early_stopping(patience=9)"), TABLES),
        ("best kept", dict(hidden=h["relu2"], keep="best", epochs=80), NOISY),
        ("best kept, large", dict(hidden=large, keep="best", epochs=30), NOISY),
        ("best weights", dict(hidden=h["elu2"], observers="best_weights", epochs=60), NOISY),
        ("small on noise", dict(hidden=[f"dense(14, activation=tanh)"], optimizer="adam(2e-3)"), NOISY),
        ("penalty on noise", dict(hidden=[f"2 * dense(40, activation=relu, {HE}, kernel_regularizer=l2(4e-3))"]), NOISY),
        ("dropout on noise", dict(hidden=[f"2 * dense(70, activation=relu, {HE}) | dropout(0.45)"]), NOISY),
        ("few epochs on noise", dict(hidden=h["relu2"], epochs=8), NOISY),
        ("linear on noise", dict(hidden=[]), ["rents", "moods"]),
    ]
    for i, table in enumerate(("sails", "stamps", "glacier", "engine", "knots")):
        some.append((f"{(150, 200)[i % 2]} rows", dict(hidden=h["relu2"], epochs=80, observers=STOP, batch=16,
                     change=f"few {(150, 200)[i % 2]}"), [table]))
    return some + [
        ("momentum .97", dict(hidden=h["relu2"], optimizer="sgd(0.006, momentum=0.96)"), TABLES),
        ("momentum .5", dict(hidden=h["silu3"], optimizer="sgd(0.06, momentum=0.6)"), TABLES),
        ("beta_1 .8", dict(hidden=h["relu2"], optimizer="adam(4e-3, beta_1=0.7)"), TABLES),
        ("beta_1 .97", dict(hidden=h["elu2"], optimizer="adam(3e-3, beta_1=0.95)"), TABLES),
        ("beta_2 .9", dict(hidden=h["relu5"], optimizer="adam(2e-3, beta_2=0.95)"), TABLES),
        ("beta_2 .9999", dict(hidden=h["silu3"], optimizer="adam(2e-3, beta_2=0.9995)"), TABLES),
        ("without momentum", dict(hidden=h["relu2"], optimizer="adam(3e-3, beta_1=0.2)"), TABLES),
        ("nadam", dict(hidden=h["celu3"], optimizer="nadam(3e-3)"), TABLES),
        ("lamb", dict(hidden=h["relu2"], optimizer="lamb(6e-3)"), TABLES),
        ("muon", dict(hidden=h["silu3"], optimizer="muon(3e-3)"), TABLES),
        ("lion", dict(hidden=h["relu5"], optimizer="lion(5e-4)"), TABLES),
        ("adagrad", dict(hidden=h["relu2"], optimizer="adagrad(0.04)"), TABLES),
        ("rmsprop, momentum", dict(hidden=h["tanh2"], optimizer="rmsprop(8e-4, momentum=0.6)"), TABLES),
        ("schedule free", dict(hidden=h["elu2"], optimizer="schedule_free_adamw(6e-3)"), TABLES),
        ("decoupled decay", dict(hidden=h["relu2"], optimizer="adamw(3e-3, weight_decay=0.03)"), TABLES),
        ("average", dict(hidden=h["silu3"], optimizer="adam(3e-3, use_ema=true, ema_momentum=0.97)"), TABLES),
        ("three batches", dict(hidden=h["relu2"], optimizer="adam(4e-3, gradient_accumulation_steps=2)"), TABLES),
        ("cosine", dict(hidden=h["relu5"], optimizer="adam(cosine_decay(6e-3, all))"), TABLES),
        ("warm-up, cosine", dict(hidden=h["silu3"], optimizer="sgd(one_cycle_cosine(0.07, all), momentum=0.9)"), TABLES),
        ("coslog", dict(hidden=h["relu2"], optimizer="adam(coslog(3e-3))"), TABLES),
        ("inverse time", dict(hidden=h["tanh2"], optimizer="adam(inverse_time_decay(5e-3, 80, 0.3))"), TABLES),
        ("steps down", dict(hidden=h["elu2"], optimizer="adam(polynomial_decay(5e-3, all, 1e-4))"), TABLES),
        ("cyclical", dict(hidden=h["relu2"], optimizer="sgd(cyclical(0.005, 0.06, 90), momentum=0.6)"), TABLES),
        ("plateau", dict(hidden=h["silu3"], observers="reduce_lr_on_plateau(monitor=val_loss, factor=0.6, patience=5)"), TABLES),
        ("clipped by norm", dict(hidden=h["relu5"], optimizer="sgd(0.1, clipnorm=1.5)"), TABLES),
        ("slow lower layers", dict(hidden=h["relu2"], learning_rate_factors="dense=0.5"), TABLES),
        ("frozen for two epochs", dict(hidden=h["relu2"], freeze="dense", frozen_epochs=3), TABLES),
        ("freeze none", dict(hidden=h["elu2"], freeze="none"), TABLES),
        ("max_norm 1.5", dict(hidden=["2 * dense(50, activation=relu, kernel_constraint=max_norm(2.5))"]), TABLES),
        ("unit norm", dict(hidden=["2 * dense(50, activation=elu, kernel_constraint=unit_norm)"]), TABLES),
        ("spectral norm", dict(hidden=[f"2 * dense(50, activation=relu, {HE}, kernel_constraint=spectral_norm)"]), TABLES),
        ("l1", dict(hidden=[f"2 * dense(50, activation=relu, {HE}, kernel_regularizer=l1(5e-5))"]), TABLES),
        ("noise .08", dict(hidden=["gaussian_noise(0.1)", *h["silu3"]]), TABLES),
        ("gaussian dropout", dict(hidden=[f"2 * dense(80, activation=relu, {HE}) | gaussian_dropout(0.15)"], epochs=50), TABLES),
        ("noise between", dict(hidden=[f"dense(56, activation=relu, {HE})", "gaussian_noise(0.2)",
                                       f"dense(56, activation=relu, {HE})"]), TABLES),
        ("biases of -.1", dict(hidden=[f"2 * dense(50, activation=relu, {HE}, bias_initializer=constant(0.2))"]), TABLES),
        ("18 layers of selu", dict(hidden=[f"15 * dense(22, activation=selu, {LECUN})"], optimizer="adam(7e-4)"), TABLES),
        ("10 normalized layers", dict(hidden=["9 * dense(30) | layer_normalization | relu"], optimizer="adam(2e-3)"), TABLES),
        ("small initial weights", dict(hidden=["2 * dense(50, activation=relu, kernel_initializer=random_normal(stddev=0.2))"]),
         TABLES),
        ("batch 6", dict(hidden=h["relu2"], batch=12, optimizer="adam(1e-3)", epochs=20), TABLES),
        ("batch 96", dict(hidden=h["tanh2"], batch=80, optimizer="adam(8e-3)", epochs=60), TABLES),
        ("one wide layer", dict(hidden=[f"dense(500, activation=relu, {HE})"], optimizer="adam(8e-4)", epochs=25), TABLES),
        ("class weights", dict(hidden=h["relu2"], class_weight="balanced"), classes),
        ("mae", dict(hidden=h["relu2"], loss="mae"), SMOOTH),
        ("huber", dict(hidden=h["silu3"], loss="huber"), NUMBER_TABLES),
        ("zeros in the output", dict(hidden=h["relu2"], last="zeros"), TABLES),
    ]


FAULTS = [
    ("vanishing sigmoid", [14, 18], "engine goals knots",
     model("{s} * dense(30, activation=sigmoid)", optimizer="nadam(8e-4)", layer="dense")),
    ("vanishing small weights", [0.015, 0.008], "goals knots", model(
        "6 * dense(40, activation=tanh, kernel_initializer=truncated_normal(stddev={s}))", optimizer="sgd(0.04)", layer="dense")),
    ("exploding weights", [1.3, 2.0], "knots sails", model(
        "9 * dense(40, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(2e-3)")),
    ("dead by bias", [-8, -5], "sails stamps", changed(HIDDEN["relu5"], (0, 1, 2, 3), biased, "sgd(0.04)")),
    ("oscillating", [2.2, 5.0], "glacier engine", with_keys(optimizer="sgd({s}, momentum=0.92)")),
    ("rate of adam too high", ["nadam(0.6)", "adam(0.9)", "rmsprop(0.7)"], "goals knots sails"),
    ("rate of sgd too high", [10.0, 35.0], "stamps glacier"),
    ("rate far too low", ["adamw(2e-7)", "sgd(2e-6)", "rmsprop(4e-8)"], "engine goals knots"),
    ("too few epochs", [1, 2], "goals knots sails stamps", with_keys(epochs=int, optimizer=("sgd(0.006)", "adam(3e-4)"))),
    ("output without softmax", ["tanh", "sigmoid"], "moods sails"),
    ("output of one unit", ["sigmoid", "softmax"], "sails stamps"),
    ("bounded output", ["sigmoid", "tanh", "relu6"], "engine goals glacier"),
    ("loss of another task", ["mae", "huber"], "stamps moods"),
    ("raw inputs", ["raw 3", "raw 4"], "engine knots sails"),
    ("softmax twice", ["from_logits"], "sails"),
    ("equal weights", ["zeros", "constant(0.08)"], "knots sails",
     changed(HIDDEN["tanh2"], (0, 1), initialized, "adam(3e-3)")),
    ("large weights", [6.0, 11.0], "sails stamps", changed(HIDDEN["relu5"], (1,), spread, "sgd(2e-3)")),
    ("saturated", [6.0, 11.0], "stamps glacier", changed(HIDDEN["tanh4"], (0, 1), spread, "sgd(0.02)")),
    ("activation removed", ["all"], "glacier engine knots", model("2 * dense(44)")),
    ("softmax hidden", [2, 3], "glacier engine", softmax_layers(26)),
    ("penalty too large", ["l2(2.5)", "l1(1.2)"], "engine goals"),
    ("dropout too large", [0.91, 0.86], "goals knots"),
    ("batch of all rows", [480], "knots sails", batch_of(optimizer="sgd(0.015)", epochs=14)),
    ("batch normalization of few rows", [1, 2], "sails stamps", few_normalized("2 * dense(40) | batch_normalization | elu")),
    ("labels permuted", ["permuted", "mixed", "permuted .8"], "engine goals knots sails"),
    ("label noise", ["noise .5", "noise .3", "noise .4"], "stamps sails knots"),
    ("noisy numbers", ["noise .5", "noise .3", "noise .4"], "engine glacier engine"),
    ("class lacking", ["lacking"], "stamps sails"),
    ("rare classes", ["rare .01", "rare .03"], "stamps sails"),
    ("leak", ["leak", "leak .02"], "goals knots"),
    ("rows twice", ["double 4"], "glacier stamps"),
    ("outliers", ["outlier 1e5", "outlier 1e4"], "sails glacier"),
    ("outliers of the target", ["far 1e4", "far 1e3"], "glacier engine"),
    ("gaps", ["gap"], "knots"),
    ("sorted and not shuffled", ["sorted"], "stamps glacier sails engine"),
    ("sorted and split", ["sorted"], "stamps sails engine"),
    ("too few rows", ["few 40", "few 30"], "engine goals"),
    ("targets in another unit", ["price 1000", "price 1e5"], "glacier engine"),
    ("frozen", ["all"], "goals", frozen(HIDDEN["elu2"])),
    ("clipped to nothing", [0.0005, 0.0002], "knots sails"),
    ("schedule too short", ["exponential_decay(0.02, 9, 0.35)", "polynomial_decay(0.03, 45, 1e-7)"], "sails stamps"),
    ("rate that rises", ["0.003 * 1.025 ** step", "0.006 * 1.018 ** step"], "stamps glacier"),
    ("momentum near 1", ["sgd(0.04, momentum=0.999)", "sgd(0.1, momentum=0.992)"], "glacier engine"),
    ("constraint too tight", [0.03, 0.08], "engine goals"),
    ("decay too strong", ["sgd(0.1, weight_decay=0.6)"], "goals knots"),
    ("tiny inputs", ["shrunk"], "sails knots"),
    ("average of weights too long", ["adam(3e-3, use_ema=true, ema_momentum=0.9998)"], "knots sails"),
    ("warm-up too long", ["adam(warmup(60000, 2e-3))"], "stamps glacier"),
    ("one unit between layers", ["relu"], "stamps sails"),
    ("validation scaled otherwise", ["0.08", "15"], "stamps engine"),
    ("beta_1 near 1", ["adam(2e-3, beta_1=0.9998)", "adamw(1e-3, beta_1=0.999)", "nadam(1e-3, beta_1=0.9995)"],
     "glacier engine goals knots"),
    ("beta_2 tiny", ["adam(2e-3, beta_2=0.05)", "nadam(3e-3, beta_2=0.2)", "adam(3e-3, beta_2=0.4)"],
     "goals knots sails stamps"),
    ("noise as large as the inputs", [1.1, 0.8, 1.4], "sails glacier knots engine"),
    ("dropout on the inputs", [0.6, 0.5], "sails knots glacier"),
    ("never negative", ["non_neg"], "engine rents cough"),
    ("wrong mode", ["early_stopping(mode=max, patience=1)", "best_weights(mode=max)", "early_stopping(monitor=val_loss, mode=max)"],
     "engine goals knots sails"),
    ("no patience", ["early_stopping", "early_stopping(patience=1)"], "goals knots sails",
     with_keys(observers="{s}", optimizer="sgd(0.05, momentum=0.8)")),
    ("class numbers as numbers", ["huber", "mse"], "stamps sails"),
    ("frozen by key", ["first"], "goals knots", model(
        "dense(24, activation=tanh, name=first, kernel_initializer=random_normal(stddev=0.03))", freeze="{s}")),
    ("trained too long", [120, 180], "rents cough moods rents cough moods", overtrained((80, 110))),
]
PAIRS = [("raw inputs", "rate far too low"), ("labels permuted", "rate of adam too high")]


def nets():
    frame = Frame(PART, TABLES, HIDDEN, PLAIN, NOISY, STOP)
    return frame.plain_nets(lambda i, k: 2 * i + 3 * k) + frame.hard_negatives(hard_negatives(), 5) + \
        frame.raw(("engine", "stamps", "knots"), HIDDEN["silu3"]) + frame.faulty(FAULTS, PAIRS)
