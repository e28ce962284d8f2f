"""The eleventh judged set: faults as people meet them in forums and bug studies, more than a third of kinds that the sets before
do not have (eleventh_faults.py), and odd nets that are healthy, on real tables that are new and on tables made by rules
(eleventh_tables.py). It was written before its author had read any rule, and before any rule was tried on it. A healthy net on a
noisy table has the same net, stopped at its best epoch, as its twin."""
import eleventh_tables
from frame import Frame
from nets import HE, LECUN

PART = "eleventh"
TABLES = list(eleventh_tables.CLASSES)
NOISY = ["census", "crops", "wards", "rocks", "genes"]
NUMBERS = ["pendulum", "lens", "sensors", "shares", "bodies"]
CLEAN = ["shoes", "pendulum", "flags", "cellars", "sensors", "zips", "helix", "words", "shares", "coasts", "lens", "rhythms"]
SEVERAL = ["flags", "words", "zips", "shoes", "coasts", "rhythms"]
TWO = ["cellars", "helix"]
HIDDEN = {
    "relu2": [f"2 * dense(64, activation=relu, {HE})"],
    "relu4": [f"4 * dense(40, activation=relu, {HE})"],
    "tanh3": ["3 * dense(38, activation=tanh)"],
    "mish2": [f"2 * dense(52, activation=mish, {HE})"],
    "elu3": ["3 * dense(36, activation=elu, kernel_initializer=he_uniform)"],
    "selu8": [f"8 * dense(26, activation=selu, {LECUN})"],
    "squareplus2": ["2 * dense(46, activation=squareplus)"],
    "geglu": [f"2 * dense(76, {HE}) | activation(geglu)"],
    "batch norm gelu3": [f"3 * dense(42, {HE}, use_bias=false) | batch_normalization | activation(gelu)"],
    "rms norm6": [f"6 * dense(32, {HE}) | rms_normalization | activation(silu)"],
    "group norm2": [f"2 * dense(48, {HE}) | group_normalization(4) | relu"],
    "minimum": [f"dense(40, {HE}, name=a)", f"dense(40, {HE}, name=b)", "minimum() <- a b", "dense(24, activation=tanh)"],
    "hourglass": ["dense(70, activation=hard_silu)", "dense(18, activation=hard_silu)", "dense(70, activation=hard_silu)"],
}
PLAIN = ["relu2", "tanh3", "mish2", "elu3"]
STOP = "early_stopping(patience=8, restore_best_weights=true)"
ONE = [f"dense(72, activation=relu, {HE})"]


def blocks(count, width, inner, behind=""):
    """Residual blocks with a normalization in front of each, or with `behind` at the end of each branch."""
    out, last = [f"dense({width}, name=r0)"], "r0"
    for k in range(count):
        out += [f"layer_normalization(name=n{k}) <- {last}", f"dense({inner}, activation=relu, {HE})", f"dense({width}, name=v{k})"]
        if behind:
            out += [f"{behind[:-1]}, name=w{k})"]
        out += [f"add(name=s{k}) <- {last} {'w' if behind else 'v'}{k}"]
        last = f"s{k}"
    return out


def dense_net(count, width):
    """Each layer reads all layers before it."""
    out, names = [f"dense({width}, activation=relu, {HE}, name=d0)"], ["d0"]
    for k in range(1, count):
        out += [f"concatenate(name=c{k}) <- {' '.join(names)}" if k > 1 else "identity(name=c1)",
                f"dense({width}, activation=relu, {HE}, name=d{k})"]
        names.append(f"d{k}")
    return out + [f"concatenate() <- {' '.join(names)}"]


def gates(width, bias):
    """A highway layer: a gate chooses between the signal and what a layer makes of it."""
    return [f"dense({width}, activation=tanh, name=x)", f"dense({width}, activation=relu, {HE}, name=h)",
            f"dense({width}, activation=sigmoid, bias_initializer=constant({bias}), name=t) <- x", "multiply(name=a) <- h t",
            "rescaling(-1, 1, name=u) <- t", "multiply(name=b) <- x u", "add() <- a b"]


def one_hot(table, transforms=""):
    """Keys of a net whose targets are rows of zeros with a one."""
    return dict(data=f"csv('{table}.csv', target=y) | one_hot | shuffle{transforms} | batch(32)",
                test=f"csv('{table}_test.csv', target=y) | one_hot")


def odd_training():
    """Optimizers, schedules and batches that look odd, and train."""
    h = HIDDEN
    return [
        ("adam, 1e-4, long", dict(hidden=ONE, optimizer="adam(1.5e-4)", epochs=160), ["flags", "zips", "cellars"]),
        ("adam, 3e-2", dict(hidden=["dense(24, activation=tanh)"], optimizer="adam(0.03)"), CLEAN),
        ("sgd, .5", dict(hidden=["2 * dense(40, activation=tanh)"], optimizer="sgd(0.5)"), ["shoes", "helix", "words"]),
        ("sgd, 1e-3, momentum .99", dict(hidden=h["relu2"], optimizer="sgd(5e-4, momentum=0.99, nesterov=true)", epochs=80),
         CLEAN),
        ("no beta_1", dict(hidden=h["relu2"], optimizer="adam(2e-3, beta_1=0)"), CLEAN),
        ("beta_1 .5, beta_2 .9", dict(hidden=h["mish2"], optimizer="adam(2e-3, beta_1=0.5, beta_2=0.9)"), CLEAN),
        ("rmsprop, momentum", dict(hidden=h["elu3"], optimizer="rmsprop(5e-4, momentum=0.8)"), CLEAN),
        ("adafactor", dict(hidden=h["relu2"], optimizer="adafactor(0.02)"), CLEAN),
        ("lion, decay 1", dict(hidden=h["mish2"], optimizer="lion(3e-4, weight_decay=1)"), CLEAN),
        ("schedule free", dict(hidden=h["tanh3"], optimizer="schedule_free_adamw(8e-3)"), CLEAN),
        ("ftrl, linear", dict(hidden=[], optimizer="ftrl(0.3)", epochs=60), ["words", "cellars", "shoes"]),
        ("muon", dict(hidden=h["relu4"], optimizer="muon(3e-3)"), CLEAN),
        ("adamw, decay .3", dict(hidden=h["relu2"], optimizer="adamw(2e-3, weight_decay=0.3)"), CLEAN),
        ("batch 2", dict(hidden=ONE, batch=2, optimizer="sgd(5e-3)", epochs=12), CLEAN),
        ("batch 200", dict(hidden=ONE, batch=200, optimizer="adam(0.01)", epochs=100), CLEAN),
        ("all rows, long", dict(hidden=ONE, batch=4000, optimizer="adam(0.02)", epochs=300), ["cellars", "shoes", "lens"]),
        ("short epochs", dict(hidden=h["relu2"], steps_per_epoch=6, epochs=150), CLEAN),
        ("eight batches", dict(hidden=ONE, optimizer="adam(0.012, gradient_accumulation_steps=8)", epochs=80), CLEAN),
        ("always clipped", dict(hidden=h["relu2"], optimizer="sgd(0.2, clipnorm=0.1)"), CLEAN),
        ("warm-up a half", dict(hidden=h["relu4"], optimizer="adam(warmup(0.5, 4e-3))"), CLEAN),
        ("inverse time", dict(hidden=h["relu2"], optimizer="sgd(inverse_time_decay(0.02, 150, 1), momentum=0.8)"), CLEAN),
        ("coslog", dict(hidden=h["mish2"], optimizer="adam(coslog(8e-3))"), CLEAN),
        ("cosine of one cycle", dict(hidden=h["relu2"], optimizer="sgd(one_cycle_cosine(0.2, all), momentum=0.9)"), CLEAN),
        ("sequence", dict(hidden=h["elu3"], optimizer="adam(sequence([5e-4, cosine_decay(4e-3, all)], [0.3]))"), CLEAN),
        ("last rate 1e-6", dict(hidden=h["relu2"], optimizer="adam(piecewise_constant_decay([0.7, 0.9], [4e-3, 4e-4, 1e-6]))"),
         CLEAN),
        ("rising by half", dict(hidden=h["tanh3"], optimizer="sgd(per_epoch('0.03 * (1 + epoch / 40)'), momentum=0.8)"), CLEAN),
        ("lowered by loss", dict(hidden=h["mish2"], observers="reduce_lr_on_plateau(monitor=loss, factor=0.5, patience=3)"),
         CLEAN),
        ("average .995, long", dict(hidden=h["relu2"], optimizer="adam(3e-3, use_ema=true, ema_momentum=0.995)", epochs=80),
         CLEAN),
        ("biases ten times as fast", dict(hidden=h["relu2"], learning_rate_factors="['*/bias=10']", optimizer="adam(1e-3)"),
         CLEAN),
        ("fine, then all", dict(hidden=[f"dense(60, activation=relu, {HE}, name=low)", *ONE], freeze="low", frozen_epochs=10),
         CLEAN),
        ("two nets", dict(hidden=h["relu2"], nets=2), ["shares", "shoes"]),
        ("calibrated", dict(hidden=h["relu2"], calibrate="true"), SEVERAL),
    ]


def odd_nets():
    """Layers that look odd, and learn."""
    h, zeros = HIDDEN, "scale(scale_initializer=zeros)"
    waves = "activation=sin, kernel_initializer=random_uniform(-0.5, 0.5)"
    sides = "inputs=[['x0:x3'], ['x4:x6']]"
    return [
        ("10 blocks, normalized", dict(hidden=blocks(10, 32, 32), optimizer="adam(1e-3)"), CLEAN),
        ("14 blocks that begin at 0", dict(hidden=blocks(14, 28, 28, zeros), optimizer="adam(1e-3)"), CLEAN),
        ("4 blocks, scale 1e-3", dict(hidden=blocks(4, 40, 60, "scale(scale_initializer=constant(1e-3))")), CLEAN),
        ("gates of -2", dict(hidden=gates(44, -2)), CLEAN),
        ("gates of 3", dict(hidden=gates(36, 3)), CLEAN),
        ("dense net", dict(hidden=dense_net(5, 16)), CLEAN),
        ("average of three", dict(hidden=[f"dense(40, activation=relu, {HE}, name=a)", "dense(40, activation=tanh, name=b)",
         "dense(40, name=c)", "average() <- a b c", *ONE]), CLEAN),
        ("product of two", dict(hidden=["dense(40, name=a)", "dense(40, name=b)", "multiply() <- a b", *ONE],
         optimizer="adam(2e-3)"), CLEAN),
        ("two inputs", dict(hidden=["input(4, name=left)", "input(3, name=right)", f"dense(30, activation=relu, {HE}, name=a) <- left",
         f"dense(24, activation=relu, {HE}, name=b) <- right", "concatenate() <- a b", *ONE],
         data=f"csv('flags.csv', target=y, {sides}) | shuffle | batch(32)",
         test=f"csv('flags_test.csv', target=y, {sides})"), ["flags"]),
        ("sines", dict(hidden=[f"2 * dense(60, {waves})"], optimizer="adam(2e-3)"), ["pendulum", "levels", "flags"]),
        ("cosine once", dict(hidden=["dense(60, activation=cos)", "dense(30, activation=tanh)"]),
         ["pendulum", "lens", "cellars"]),
        ("soft shrink", dict(hidden=["2 * dense(60) | activation(soft_shrink(0.2))"]), CLEAN),
        ("log sigmoid", dict(hidden=["2 * dense(50, activation=log_sigmoid)"]), CLEAN),
        ("tanh shrink", dict(hidden=["dense(60, activation=tanh_shrink)", "dense(40, activation=tanh)"]),
         ["shoes", "coasts", "sensors"]),
        ("sparse plus", dict(hidden=[f"2 * dense(50, activation=sparse_plus, {HE})"]), CLEAN),
        ("exponential once", dict(hidden=["dense(30, activation=exponential, kernel_initializer=random_normal(stddev=0.1))"],
                                  optimizer="adam(2e-3)"), ["sensors", "cellars", "words"]),
        ("softmax as attention", dict(hidden=[f"dense(40, {HE}, name=v)", "dense(40, activation=softmax, name=a)",
         "multiply() <- v a", "rescaling(40)", *ONE]), CLEAN),
        ("normalization everywhere", dict(hidden=["batch_normalization", f"2 * dense(50, {HE}) | batch_normalization | relu"]),
         CLEAN),
        ("bare normalization", dict(hidden=["3 * dense(40) | batch_normalization(center=false, scale=false) | activation(tanh)"]),
         CLEAN),
        ("unit lengths", dict(hidden=[f"dense(60, activation=relu, {HE})", "unit_normalization", "rescaling(6)", *ONE]), CLEAN),
        ("truncated .02", dict(hidden=["2 * dense(64, activation=gelu, kernel_initializer=truncated_normal(stddev=0.02))"]), CLEAN),
        ("uniform .05", dict(hidden=["3 * dense(60, activation=relu, kernel_initializer=random_uniform(-0.05, 0.05))"], epochs=60),
         ["shoes", "cellars", "sensors", "words"]),
        ("identity", dict(hidden=["dense(32)", "6 * dense(32, activation=relu, kernel_initializer=identity)"]), CLEAN),
        ("orthogonal 1.4", dict(hidden=["8 * dense(32, activation=relu, kernel_initializer=orthogonal(1.414))"],
                                optimizer="adam(1e-3)"), CLEAN),
        ("30 layers of selu", dict(hidden=[f"30 * dense(20, activation=selu, {LECUN})"], optimizer="adam(1e-3)", epochs=50),
         ["shoes"]),
        ("wide 2000", dict(hidden=[f"dense(2000, activation=relu, {HE})"], optimizer="adam(2e-4)", epochs=12), CLEAN),
        ("narrow 3", dict(hidden=["dense(3, activation=tanh)"], optimizer="adam(0.02)", epochs=80), ["flowers", "cellars"]),
        ("two linear layers", dict(hidden=["dense(20)"], epochs=60), ["words", "cellars", "bodies"]),
        ("random features", dict(hidden=[f"dense(500, activation=relu, {HE}, trainable=false)"], optimizer="adam(3e-3)", epochs=60),
         ["cellars", "zips"]),
        ("first layer frozen", dict(hidden=[f"dense(120, activation=relu, {HE}, name=low)", *h["relu2"]], freeze="low"), CLEAN),
        ("dropout .6, wide", dict(hidden=[f"dense(400, activation=relu, {HE}) | dropout(0.6)"], epochs=50), CLEAN),
        ("noise between", dict(hidden=[f"2 * dense(80, activation=relu, {HE}) | gaussian_noise(0.2)"]), CLEAN),
        ("penalties", dict(hidden=[f"2 * dense(60, activation=relu, {HE}, kernel_regularizer=l2(1e-3), "
         "activity_regularizer=l2(1e-4))"]), CLEAN),
        ("orthogonal penalty", dict(hidden=["2 * dense(32, activation=tanh, kernel_regularizer=orthogonal_regularizer(0.01))"]),
         CLEAN),
        ("spectral", dict(hidden=["spectral_normalization(dense(60, activation=relu))", "spectral_normalization(dense(60, "
         "activation=relu))"], epochs=60), ["shoes", "cellars", "words"]),
    ]


def odd_data():
    """Losses, outputs and data that look odd, and can be learned."""
    h = HIDDEN
    robust = ["normalization(method=robust)", "smooth_clip(3)"]
    return [
        ("stopped early", dict(hidden=h["relu2"], epochs=80, observers=STOP), NOISY),
        ("best kept", dict(hidden=h["mish2"], keep="best"), ["census", "wards"]),
        ("small on noise", dict(hidden=["dense(4, activation=tanh)"], optimizer="adam(5e-3)", epochs=25), NOISY),
        ("held back on noise", dict(hidden=[f"dense(60, activation=relu, {HE}, kernel_regularizer=l2(0.01)) | dropout(0.5)"],
                                    epochs=30), NOISY),
        ("linear on noise", dict(hidden=[], epochs=25), ["census"]),
        ("extra units", dict(hidden=h["relu2"], last="dense(15, activation=softmax)"), ["flags", "zips"]),
        ("logits", dict(hidden=h["relu2"], last="dense(12)", loss="sparse_categorical_crossentropy(from_logits=true)"), ["flags"]),
        ("log softmax", dict(hidden=h["mish2"], last="dense(4) | rescaling(0.5) | softmax"), ["words", "shoes"]),
        ("brier", dict(hidden=h["relu2"], loss="mse"), TWO),
        ("squared hinge", dict(hidden=h["relu2"], last="dense(1)", loss="squared_hinge"), ["helix"]),
        ("focal, weighted", dict(hidden=h["relu2"], loss="binary_focal_crossentropy(apply_class_balancing=true, alpha=0.7)"),
         ["cellars"]),
        ("class hinge", dict(hidden=h["relu2"], last="dense(4)", loss="categorical_hinge", **one_hot("shoes")), ["shoes"]),
        ("divergence", dict(hidden=h["elu3"], loss="kl_divergence", **one_hot("words")), ["words"]),
        ("focal of classes", dict(hidden=h["mish2"], loss="categorical_focal_crossentropy", **one_hot("coasts")), ["coasts"]),
        ("generalized", dict(hidden=h["relu2"], loss="categorical_generalized_cross_entropy(q=0.3)"), ["flags", "rhythms"]),
        ("mixed rows", dict(hidden=h["relu2"], loss="categorical_crossentropy", **one_hot("flags", " | mixup(0.2)")), ["flags"]),
        ("smoothed .3", dict(hidden=h["relu2"], loss="categorical_crossentropy(label_smoothing=0.3)", **one_hot("zips")), ["zips"]),
        ("share, sigmoid", dict(hidden=h["relu2"], last="dense(1, activation=sigmoid)", loss="mse"), ["shares"]),
        ("share, cross-entropy", dict(hidden=h["tanh3"], last="dense(1, activation=sigmoid)", loss="binary_crossentropy"),
         ["shares"]),
        ("positive, msle", dict(hidden=h["relu2"], last="dense(1, activation=softplus)", loss="msle"), ["shares"]),
        ("huber, delta .1", dict(hidden=h["elu3"], loss="huber(0.1)"), ["pendulum", "lens"]),
        ("sum, small rate", dict(hidden=h["tanh3"], loss="mse(reduction=sum)", optimizer="sgd(1e-3, momentum=0.5)"), ["sensors"]),
        ("price, standardized", dict(hidden=h["mish2"], last="dense(1) | normalization(invert=true)", change="price 1000"),
         ["bodies"]),
        ("percent", dict(hidden=h["relu2"], last="dense(1) | rescaling(100)", change="percent", optimizer="adam(2e-3)"),
         ["shares"]),
        ("far from 0, a little", dict(hidden=h["relu2"], last="dense(1, bias_initializer=constant(5))", change="target 5"),
         ["pendulum", "sensors"]),
        ("embedded codes", dict(hidden=["embedding(4, 5)", "flatten", *h["relu2"]]), ["knights"]),
        ("encoded codes", dict(hidden=["category_encoding(4, one_hot)", "flatten", *h["mish2"]]), ["knights"]),
        ("weights of classes", dict(hidden=ONE, class_weight="balanced"), ["cellars", "coasts"]),
        ("nine to one", dict(hidden=h["relu2"], change="rare 9 to 1"), ["helix"]),
        ("bins", dict(hidden=["discretization([-1.2, -0.6, 0, 0.6, 1.2], output_mode=one_hot)", "flatten", *ONE]),
         ["flags"]),
        ("skewed columns", dict(hidden=[*robust, *h["relu2"]], change="exponents"), ["flags", "sensors"]),
        ("skewed, normalized", dict(hidden=["normalization", *h["mish2"]], change="exponents"), ["coasts"]),
        ("a column twice", dict(hidden=h["relu2"], change="column twice"), ["pendulum", "flags"]),
        ("seldom 1", dict(hidden=h["relu2"], change="seldom 1"), ["shares", "coasts"]),
        ("rounded", dict(hidden=h["elu3"], change="rounded"), ["flags", "pendulum"]),
        ("5 % of labels wrong", dict(hidden=ONE, epochs=20, change="wrong .05"), ["shoes", "flags"]),
        ("150 rows", dict(hidden=["dense(30, activation=tanh)"], batch=8, epochs=50, observers=STOP, change="few 150"),
         ["shoes"]),
        ("a strong column", dict(hidden=h["relu2"], change="strong column"), ["flags", "sensors"]),
        ("units of its own, normalized", dict(hidden=["normalization", *h["tanh3"]], change="far 300"), ["shares", "flags"]),
        ("few rows, linear", dict(hidden=[], batch=8, optimizer="adam(0.01)", epochs=60), ["flowers"]),
        ("one column", dict(hidden=["2 * dense(40, activation=tanh)"], optimizer="adam(8e-3)", epochs=100), ["levels"]),
        ("plateau first", dict(hidden=["2 * dense(40, activation=sigmoid)"], optimizer="sgd(0.3, momentum=0.9)", epochs=120),
         ["helix", "flags"]),
    ]


def nets():
    import eleventh_faults  # uses the lists above
    frame = Frame(PART, TABLES, HIDDEN, PLAIN, NOISY, STOP)
    plain = {n.name: n for n in frame.plain_nets(lambda i, k: 5 * i + 7 * k)[::2]}
    return list(plain.values()) + frame.hard_negatives(odd_training() + odd_nets() + odd_data(), 5) + \
        frame.raw(("shares", "coasts"), HIDDEN["elu3"]) + frame.faulty(eleventh_faults.FAULTS, eleventh_faults.PAIRS)
