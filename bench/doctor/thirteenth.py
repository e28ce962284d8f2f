"""The thirteenth set, of the same mind as the twelfth, but with other tables, nets, strengths and, for a third, other kinds of
faults (thirteenth_faults.py, thirteenth_tables.py). It is for judging rules that were changed by the twelfth: no rule was tried on
it, and none may be changed by it. As to its author, see twelfth.py. A healthy net on a noisy table has the same net, stopped at
its best epoch, as its twin."""
import thirteenth_tables
from frame import Frame
from nets import HE, LECUN

PART = "thirteenth"
TABLES = list(thirteenth_tables.CLASSES)
NOISY = ["owners", "meads", "referrals", "stables"]
BROAD = ["turbine", "bottles", "gestures", "profiles", "junk", "outfits", "anchors"]
UNIFORM = "kernel_initializer=he_uniform"
HIDDEN = {
    "relu2": [f"2 * dense(70, activation=relu, {HE})"],
    "tanh3": ["3 * dense(42, activation=tanh)"],
    "silu2": [f"2 * dense(58, activation=silu, {UNIFORM})"],
    "elu4": [f"4 * dense(32, activation=elu, {HE})"],
    "leaky relu3": [f"3 * dense(46, {HE}) | leaky_relu"],
    "selu9": [f"9 * dense(28, activation=selu, {LECUN})"],
    "swiglu2": [f"2 * dense(90, {HE}) | activation(swiglu)"],
    "batch norm relu6": [f"6 * dense(38, {HE}, use_bias=false) | batch_normalization | relu"],
    "rms norm gelu3": [f"3 * dense(44, {HE}) | rms_normalization | activation(gelu)"],
    "funnel": [f"dense(110, activation=gelu, {HE})", f"dense(36, activation=gelu, {HE})", "dense(12, activation=tanh)"],
    "sum of three": [f"dense(34, activation=relu, {HE}, name=a)", "dense(34, activation=tanh, name=b)",
                     f"dense(34, activation=elu, {HE}, name=c)", "add() <- a b c"],
    "squared": ["2 * dense(56, activation=relu_squared, kernel_initializer=glorot_normal)"],
}
PLAIN = ["relu2", "tanh3", "silu2", "elu4"]
STOP = "early_stopping(patience=10, restore_best_weights=true)"
ONE = [f"dense(92, activation=relu, {HE})"]


def residual(count, width, inner, behind=""):
    """Residual blocks of one wide layer; with `behind` at the end of each branch."""
    out, last = [f"dense({width}, activation=tanh, name=r0)"], "r0"
    for k in range(count):
        out += [f"dense({inner}, activation=gelu, {HE}, name=u{k}) <- {last}",
                f"dense({width}, kernel_initializer=glorot_normal, name=v{k})"]
        out += [f"{behind[:-1]}, name=w{k})"] if behind else []
        out += [f"add(name=s{k}) <- {last} {'w' if behind else 'v'}{k}"]
        last = f"s{k}"
    return out


def one_hot(table, transforms=""):
    """Keys of a net whose targets are rows of zeros with a one."""
    return dict(data=f"csv('{table}.csv', target=y) | one_hot | shuffle{transforms} | batch(32)",
                test=f"csv('{table}_test.csv', target=y) | one_hot")


def odd_training():
    """Optimizers, schedules and batches that look odd, and train."""
    h = HIDDEN
    return [
        ("a third of warm-up", dict(hidden=h["elu4"], optimizer="adam(warmup(0.33, 4e-3))"), BROAD),
        ("warm-up from a half", dict(hidden=h["silu2"], optimizer="adamw(warmup(150, cosine_decay(3e-3, all), "
         "start_learning_rate=1.5e-3))"), BROAD),
        ("rate .6 of sgd", dict(hidden=["dense(44, activation=tanh)"], optimizer="sgd(0.6)"), ["junk", "gestures", "bottles"]),
        ("small rate, 180 epochs", dict(hidden=h["relu2"], optimizer="adam(1.2e-4)", epochs=180), ["gestures", "profiles",
         "turbine"]),
        ("momentum .97, nesterov", dict(hidden=h["tanh3"], optimizer="sgd(3e-3, momentum=0.97, nesterov=true)", epochs=60),
         BROAD),
        ("batch 6", dict(hidden=ONE, batch=6, optimizer="adam(6e-4)", epochs=14), BROAD),
        ("batch 2, 5 epochs", dict(hidden=ONE, batch=2, optimizer="sgd(8e-3)", epochs=5), ["gestures", "outfits", "turbine"]),
        ("batch 250", dict(hidden=h["leaky relu3"], batch=250, optimizer="adam(8e-3)", epochs=110), BROAD),
        ("clipnorm .2, sgd", dict(hidden=h["relu2"], optimizer="sgd(0.5, clipnorm=0.2)", epochs=80), BROAD),
        ("steps down four times", dict(hidden=h["tanh3"], optimizer="adam(piecewise_constant_decay([0.4, 0.6, 0.8], "
         "[5e-3, 1.5e-3, 5e-4, 1e-4]))"), BROAD),
        ("adafactor, its own rate", dict(hidden=ONE, optimizer="adafactor(0.03, relative_step=false)"), BROAD),
        ("five batches of 16", dict(hidden=h["relu2"], batch=16, optimizer="adam(5e-3, gradient_accumulation_steps=5)"), BROAD),
        ("average .99", dict(hidden=h["tanh3"], optimizer="sgd(0.04, momentum=0.9, use_ema=true, ema_momentum=0.99)", epochs=50),
         BROAD),
        ("head first, then all", dict(hidden=[f"dense(64, activation=relu, {HE}, name=body)", *ONE], freeze="body",
         frozen_epochs=8),
         BROAD),
    ]


def odd_nets():
    """Layers that look odd, and learn."""
    h = HIDDEN
    return [
        ("16 blocks, scaled by 0", dict(hidden=residual(16, 26, 40, "scale(scale_initializer=zeros)"), optimizer="adam(1e-3)"),
         BROAD),
        ("3 plain blocks", dict(hidden=residual(3, 38, 38), optimizer="adam(1.5e-3)"), BROAD),
        ("28 layers of selu", dict(hidden=[f"28 * dense(22, activation=selu, {LECUN})"], optimizer="adam(6e-4)", epochs=60),
         ["profiles", "outfits"]),
        ("20 normalized layers", dict(hidden=[f"20 * dense(26, {HE}) | batch_normalization | relu"], optimizer="adam(2e-3)",
         epochs=50),
         ["bottles", "gestures"]),
        ("last layer of 500", dict(hidden=["dense(30, activation=tanh)", f"dense(500, activation=relu, {HE})"],
         optimizer="adam(1e-3)"),
         BROAD),
        ("wide 2400", dict(hidden=[f"dense(2400, activation=gelu, {HE})"], optimizer="adam(3e-4)", epochs=12), ["gestures",
         "outfits"]),
        ("narrow 4", dict(hidden=["dense(4, activation=tanh)"], optimizer="adam(0.02)", epochs=80), ["seasons", "leaves"]),
        ("two layers of sigmoid", dict(hidden=["2 * dense(52, activation=sigmoid)"], optimizer="adam(0.01)", epochs=60), BROAD),
        ("sines, slow", dict(hidden=["2 * dense(64, activation=sin)"], optimizer="adam(2e-3)"), ["corridors"]),
        ("hard shrink", dict(hidden=["2 * dense(72) | activation(hard_shrink(0.3))"]), ["gestures", "bottles", "turbine"]),
        ("group norm", dict(hidden=[f"3 * dense(48, {HE}) | group_normalization(6) | activation(silu)"]), BROAD),
        ("truncated .04", dict(hidden=["2 * dense(84, activation=relu, kernel_initializer=truncated_normal(stddev=0.04))"]),
         BROAD),
        ("biases of -.3", dict(hidden=[f"2 * dense(80, activation=relu, {HE}, bias_initializer=constant(-0.3))"]), BROAD),
        ("dropout .7, wide", dict(hidden=[f"dense(700, activation=relu, {HE}) | dropout(0.7)"], epochs=50), BROAD),
        ("norms from .5 to 2", dict(hidden=["2 * dense(60, activation=elu, kernel_constraint=min_max_norm(0.5, 2))"]), BROAD),
        ("penalty on what is said", dict(hidden=[f"2 * dense(64, activation=relu, {HE}, activity_regularizer=l1(3e-4))"]), BROAD),
    ]


def odd_data():
    """Losses, outputs and data that look odd, and can be learned."""
    h = HIDDEN
    return [
        ("stopped early", dict(hidden=[f"dense(50, activation=elu, {HE}, kernel_regularizer=l2(0.012))"], epochs=80,
                               observers=STOP), NOISY),
        ("best kept", dict(hidden=h["relu2"], keep="best", epochs=30), ["owners"]),
        ("small on noise", dict(hidden=["dense(4, activation=tanh)"], optimizer="adam(5e-3)", epochs=22), ["referrals"]),
        ("held back on noise", dict(hidden=[f"dense(70, activation=relu, {HE}, kernel_regularizer=l2(0.015)) | dropout(0.4)"],
                                    epochs=30), NOISY),
        ("120 wines", dict(hidden=["dense(8, activation=tanh)"], batch=8, optimizer="adam(4e-3)", epochs=50), ["colours"]),
        ("97 flowers", dict(hidden=["dense(7, activation=tanh)"], batch=8, optimizer="adam(5e-3)", epochs=80), ["leaves"]),
        ("beats, weights", dict(hidden=["dense(24, activation=tanh)"], class_weight="balanced", batch=16, epochs=40), ["hearts"]),
        ("beats", dict(hidden=["dense(16, activation=tanh)"], batch=16, epochs=40), ["hearts"]),
        ("26 letters", dict(hidden=h["relu2"], epochs=80), ["alphabet"]),
        ("seldom words, dropout", dict(hidden=["dropout(0.3)", f"dense(64, activation=relu, {HE})"], epochs=40), ["junk"]),
        ("incomes, stopped", dict(hidden=h["elu4"], observers=STOP, epochs=70), ["wealth"]),
        ("sugar", dict(hidden=["dense(24, activation=tanh)"], epochs=50), ["sweetness"]),
        ("skewed price, huber", dict(hidden=h["silu2"], loss="huber(0.3)"), ["parcels"]),
        ("skewed price, exponential", dict(hidden=h["silu2"], last="dense(1, activation=exponential) | rescaling(0.5, -0.85)",
                                           optimizer="adam(1e-3)", epochs=80), ["parcels"]),
        ("one column of hills", dict(hidden=["2 * dense(36, activation=tanh)"], optimizer="adam(6e-3)", epochs=200), ["lamp"]),
        ("48 columns", dict(hidden=[f"dense(40, activation=relu, {HE}, kernel_regularizer=l1(2e-3))"], epochs=60), ["rivers"]),
        ("dominoes, embedded", dict(hidden=["embedding(5, 4)", "flatten", *h["relu2"]], epochs=60), ["dominoes"]),
        ("votes of -1 and 1", dict(hidden=h["tanh3"], epochs=60), ["juries"]),
        ("rings", dict(hidden=h["relu2"], epochs=80), ["rounds"]),
        ("corridors", dict(hidden=h["leaky relu3"], epochs=80), ["corridors"]),
        ("mixed rows", dict(hidden=h["relu2"], loss="categorical_crossentropy", **one_hot("bottles", " | mixup(0.3)")),
         ["bottles"]),
        ("a shift of the target", dict(hidden=h["tanh3"], last="dense(1, bias_initializer=constant(-8))", change="target -8"),
         ["turbine"]),
        ("a tenth of cells are 0", dict(hidden=h["relu2"], change="tenth 0"), ["outfits"]),
        ("columns of noise", dict(hidden=h["elu4"], change="columns of noise"), ["gestures"]),
        ("four to one, weighted", dict(hidden=h["relu2"], change="four to one", class_weight="balanced", epochs=60), ["junk"]),
        ("in order of the target, shuffled", dict(hidden=h["tanh3"], change="sorted"), ["turbine", "bottles"]),
    ]


def nets():
    import thirteenth_faults  # uses the lists above
    frame = Frame(PART, BROAD, HIDDEN, PLAIN, NOISY, STOP)
    plain = frame.plain_nets(lambda i, k: 4 * i + 3 * k)[::3]
    return plain + frame.hard_negatives(odd_training() + odd_nets() + odd_data(), 5) + \
        frame.raw(("turbine", "bottles"), HIDDEN["leaky relu3"]) + frame.faulty(thirteenth_faults.FAULTS, thirteenth_faults.PAIRS)
