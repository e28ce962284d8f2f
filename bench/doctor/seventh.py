"""The seventh judged set: the kinds of nets and faults of the fifth set, with other nets, tables, strengths, optimizers and
schedules. It was written for rules that were changed after the sixth set had been looked at, and before any of them was tried
on it. As in the fifth set, a healthy net on a noisy table has the same net, stopped at its best epoch, as its twin."""
import tables
from frame import Frame, batch_of, biased, changed, few_normalized, frozen, model, overtrained, softmax_layers, spread, with_keys
from nets import HE, LECUN, initialized

PART = "seventh"
TABLES = list(tables.SEVENTH)
NOISY = ["wages", "fever", "tastes"]
NUMBER_TABLES = [t for t in TABLES if tables.CLASSES[t] == 0]
SMOOTH = ["dunes", "pulse"]  # numbers with little noise
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


FAULTS = [
    ("vanishing sigmoid", [16, 12], "pulse visits strips",
     model("{s} * dense(30, activation=sigmoid)", optimizer="nadam(8e-4)", layer="dense")),
    ("vanishing small weights", [0.01, 0.018], "visits strips", model(
        "6 * dense(40, activation=tanh, kernel_initializer=truncated_normal(stddev={s}))", optimizer="sgd(0.04)", layer="dense")),
    ("exploding weights", [1.5, 1.0], "strips petals2", model(
        "9 * dense(40, activation=relu, kernel_initializer=random_normal(stddev={s}))", optimizer="sgd(2e-3)")),
    ("dead by bias", [-10, -7], "petals2 seals", changed(HIDDEN["relu5"], (0, 1, 2, 3), biased, "sgd(0.04)")),
    ("oscillating", [3.0, 1.9], "dunes pulse", with_keys(optimizer="sgd({s}, momentum=0.92)")),
    ("rate of adam too high", ["adamw(0.6)", "rmsprop(0.6)", "adam(0.8)"], "visits strips petals2"),
    ("rate of sgd too high", [45.0, 9.0], "seals dunes"),
    ("rate far too low", ["sgd(8e-7)", "nadam(2e-7)", "adam(1e-7)"], "pulse visits strips"),
    ("too few epochs", [1, 2], "visits strips petals2 seals", with_keys(epochs=int, optimizer=("adam(4e-4)", "sgd(0.005)"))),
    ("output without softmax", ["tanh", "sigmoid"], "tastes petals2"),
    ("output of one unit", ["sigmoid", "softmax"], "petals2 seals"),
    ("bounded output", ["sigmoid", "tanh", "relu6"], "pulse visits dunes"),
    ("loss of another task", ["mae", "huber"], "seals tastes"),
    ("raw inputs", ["raw 3", "raw 4"], "pulse strips petals2"),
    ("softmax twice", ["from_logits"], "petals2"),
    ("equal weights", ["zeros", "constant(0.12)"], "strips petals2",
     changed(HIDDEN["tanh2"], (0, 1), initialized, "adam(3e-3)")),
    ("large weights", [5.0, 8.0], "petals2 seals", changed(HIDDEN["relu5"], (1,), spread, "sgd(2e-3)")),
    ("saturated", [5.0, 8.0], "seals dunes", changed(HIDDEN["tanh4"], (0, 1), spread, "sgd(0.02)")),
    ("activation removed", ["all"], "dunes pulse strips", model("3 * dense(40)")),
    ("softmax hidden", [2, 3], "dunes pulse", softmax_layers(26)),
    ("penalty too large", ["l1(0.6)", "l2(3)"], "pulse visits"),
    ("dropout too large", [0.87, 0.92], "visits strips"),
    ("batch of all rows", [480], "strips petals2", batch_of(optimizer="sgd(0.015)", epochs=14)),
    ("batch normalization of few rows", [1, 2], "petals2 seals", few_normalized("2 * dense(40) | batch_normalization | elu")),
    ("labels permuted", ["permuted", "mixed", "permuted .8"], "pulse visits strips petals2"),
    ("label noise", ["noise .4", "noise .5", "noise .3"], "seals petals2 strips"),
    ("noisy numbers", ["noise .4", "noise .5", "noise .3"], "pulse dunes pulse"),
    ("class lacking", ["lacking"], "seals petals2"),
    ("rare classes", ["rare .01", "rare .03"], "seals petals2"),
    ("leak", ["leak", "leak .02"], "visits strips"),
    ("rows twice", ["double 8"], "dunes seals"),
    ("outliers", ["outlier 1e6", "outlier 1e5"], "petals2 dunes"),
    ("outliers of the target", ["far 1e4", "far 1e3"], "dunes pulse"),
    ("gaps", ["gap"], "strips"),
    ("sorted and not shuffled", ["sorted"], "seals dunes petals2 pulse"),
    ("sorted and split", ["sorted"], "seals petals2 pulse"),
    ("too few rows", ["few 40", "few 30"], "pulse visits"),
    ("targets in another unit", ["price 1000", "price 1e5"], "dunes pulse"),
    ("frozen", ["all"], "visits", frozen(HIDDEN["elu2"])),
    ("clipped to nothing", [0.0002, 0.0008], "strips petals2"),
    ("schedule too short", ["cosine_decay(0.03, 35)", "exponential_decay(0.02, 10, 0.3)"], "petals2 seals"),
    ("rate that rises", ["0.004 * 1.023 ** step", "0.002 * 1.027 ** step"], "seals dunes"),
    ("momentum near 1", ["sgd(0.06, momentum=0.997)", "sgd(0.03, momentum=0.999)"], "dunes pulse"),
    ("constraint too tight", [0.06, 0.02], "pulse visits"),
    ("decay too strong", ["sgd(0.1, weight_decay=0.8)"], "visits strips"),
    ("tiny inputs", ["shrunk"], "petals2 strips"),
    ("average of weights too long", ["adam(3e-3, use_ema=true, ema_momentum=0.9997)"], "strips petals2"),
    ("warm-up too long", ["adam(warmup(80000, 4e-3))"], "seals dunes"),
    ("one unit between layers", ["relu"], "seals petals2"),
    ("validation scaled otherwise", ["25", "0.06"], "seals pulse"),
    ("beta_1 near 1", ["nadam(2e-3, beta_1=0.9997)", "adam(1e-3, beta_1=0.9992)", "adamw(1e-3, beta_1=0.9999)"],
     "dunes pulse visits strips"),
    ("beta_2 tiny", ["adam(3e-3, beta_2=0.02)", "adamw(2e-3, beta_2=0.15)", "adam(3e-3, beta_2=0.3)"],
     "visits strips petals2 seals"),
    ("noise as large as the inputs", [0.9, 1.2, 0.75], "petals2 dunes strips pulse"),
    ("dropout on the inputs", [0.6, 0.5], "petals2 strips dunes"),
    ("never negative", ["non_neg"], "pulse wages fever"),
    ("wrong mode", ["early_stopping(mode=max, patience=1)", "best_weights(mode=max)", "early_stopping(monitor=val_loss, mode=max)"],
     "pulse visits strips petals2"),
    ("no patience", ["early_stopping", "early_stopping(patience=1)"], "visits strips petals2",
     with_keys(observers="{s}", optimizer="sgd(0.05, momentum=0.8)")),
    ("class numbers as numbers", ["mse", "mae"], "seals petals2"),
    ("frozen by key", ["first"], "visits strips", model(
        "dense(24, activation=tanh, name=first, kernel_initializer=random_normal(stddev=0.025))", freeze="{s}")),
    ("trained too long", [140, 90], "wages fever tastes wages fever tastes", overtrained((90, 120))),
]
PAIRS = [("raw inputs", "rate far too low"), ("labels permuted", "rate of adam too high")]


def nets():
    frame = Frame(PART, TABLES, HIDDEN, PLAIN, NOISY, STOP)
    return frame.plain_nets(lambda i, k: 2 * i + 3 * k) + frame.hard_negatives(hard_negatives(), 5) + \
        frame.raw(("pulse", "seals", "strips"), HIDDEN["silu3"]) + frame.faulty(FAULTS, PAIRS)
