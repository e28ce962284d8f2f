"""The sixteenth set was written by somebody who had not seen the doctor's rules or thresholds, nor what it says of any net of this
set: only the names of its findings and the form of the fifteenth set. Its faults are those that people report most, in about the
shares of bug studies and forums: rates, last layers and losses, data that are not scaled, wrong labels, starts, depth, dead units,
overfitting, leaks, monitors, schedules; few are rare (`RARE` of sixteenth_faults.py). Each fault was kept only if it does harm to its
healthy twin, with the doctor off. It is for development: rules may be changed by it."""
import dataclasses

import sixteenth_tables
from frame import Frame, fronted
from nets import HE, LECUN, Net

PART = "sixteenth"
TABLES = list(sixteenth_tables.CLASSES)
NOISY = ["ballots", "returns"]
BROAD = ["herds", "waits", "biopsy", "bursts", "bungalows", "chequers", "fields", "bikes", "forged", "shirts", "mortar"]


def residual(blocks, width, inside, start="", ahead=""):
    """Blocks of two layers beside a skip. inside: activation; start: of the second layer; ahead: layers at a block's begin."""
    layers = [f"dense({width}, name=r0)"]
    for k in range(blocks):
        layers += [f"{ahead}dense({width}, activation={inside}, {HE})", f"dense({width}{start}, name=b{k})",
                   f"add(name=r{k + 1}) <- r{k} b{k}"]
    return layers + [f"activation({inside})"]


HIDDEN = {
    "relu2": [f"2 * dense(72, activation=relu, {HE})"],
    "relu by default": ["2 * dense(64, activation=relu)"],
    "tanh3": ["3 * dense(36, activation=tanh)"],
    "elu4": [f"4 * dense(40, activation=elu, {HE})"],
    "gelu3": [f"3 * dense(48, activation=gelu, {HE})"],
    "funnel": [f"dense(128, activation=relu, {HE})", f"dense(64, activation=relu, {HE})", f"dense(32, activation=relu, {HE})"],
    "batch norm relu4": [f"4 * dense(44, {HE}, use_bias=false) | batch_normalization | relu"],
    "layer norm gelu4": [f"4 * dense(40, {HE}) | layer_normalization | activation(gelu)"],
    "residual relu": residual(4, 40, "relu", ", kernel_initializer=zeros"),
    "residual, normalized": residual(6, 32, "elu", ahead="layer_normalization | "),
    "mish2": [f"2 * dense(56, activation=mish, {HE})"],
    "selu10": [f"10 * dense(28, activation=selu, {LECUN})"],
    "dropout .3": [f"2 * dense(96, activation=relu, {HE}) | dropout(0.3)"],
    "swiglu": ["2 * dense(96) | activation(swiglu)"],
}
PLAIN = ["relu2", "tanh3", "elu4", "gelu3", "relu by default"]
STOP = "early_stopping(patience=10, restore_best_weights=true)"


def fair(all_nets, rates):
    """Twins with the optimizer and the epochs of their faulty nets, so that the fault is all that differs. rates: words of the
    families whose fault is the optimizer or the number of epochs."""
    return [n if not n.codes or any(word in n.family for word in rates) else dataclasses.replace(
        n, twin={**n.twin, "optimizer": n.keys["optimizer"], "epochs": n.keys["epochs"]}) for n in all_nets]


def odd_training():
    """Optimizers, schedules and batches that look odd, and train."""
    h = HIDDEN
    return [
        ("sgd at .5", dict(hidden=["dense(48, activation=tanh)"], optimizer="sgd(0.5)"), ["herds", "bursts"]),
        ("rate 2e-4, 150 epochs", dict(hidden=h["relu2"], optimizer="adam(2e-4)", epochs=150), ["herds", "bursts"]),
        ("batch 2", dict(hidden=h["tanh3"], batch=2, optimizer="sgd(5e-3)", epochs=12), ["forged", "herds"]),
        ("batch 256", dict(hidden=h["relu2"], batch=256, optimizer="adam(0.01)", epochs=120), ["fields", "bursts", "waits"]),
        ("cosine to 0", dict(hidden=h["gelu3"], optimizer="adam(cosine_decay(4e-3, all))"), ["bungalows", "shirts", "mortar"]),
        ("long warm-up", dict(hidden=h["elu4"], optimizer="adam(warmup(300, constant(3e-3)))", epochs=50), ["bikes", "herds"]),
        ("rate falls on plateaus", dict(hidden=h["relu2"], optimizer="adam(5e-3)", epochs=70,
                                        observers="reduce_lr_on_plateau(factor=0.4, patience=4)"), ["mortar", "biopsy"]),
        ("clipped to norm .5", dict(hidden=h["tanh3"], optimizer="sgd(0.3, global_clipnorm=0.5)"), ["herds", "forged", "waits"]),
        ("momentum .97", dict(hidden=h["relu2"], optimizer="sgd(2e-3, momentum=0.97)"), ["bursts", "bungalows"]),
        ("patience of 5", dict(hidden=h["elu4"], optimizer="adam(2e-3)", epochs=100, observers="early_stopping(patience=5)"),
         ["herds", "fields"]),
        ("slow lower layers", dict(hidden=h["tanh3"], learning_rate_factors="['dense=0.1']"), ["forged", "bursts"]),
    ]


def odd_nets():
    """Layers that look odd, and learn."""
    h = HIDDEN
    return [
        ("deep residual", dict(hidden=residual(14, 28, "relu", ", kernel_initializer=zeros"), optimizer="adam(1e-3)"),
         ["herds", "bursts"]),
        ("20 layers with batch norm", dict(hidden=[f"20 * dense(30, {HE}) | batch_normalization | relu"],
                                           optimizer="adam(2e-3)", epochs=50), ["fields", "herds"]),
        ("one sigmoid layer, wide", dict(hidden=["dense(250, activation=sigmoid)"], optimizer="adam(8e-3)", epochs=60),
         ["bursts", "herds"]),
        ("linear in between", dict(hidden=[f"dense(60, activation=relu, {HE})", "dense(8)", f"dense(60, activation=relu, {HE})"]),
         ["herds", "shirts", "waits"]),
        ("5 units", dict(hidden=["dense(5, activation=tanh)"], optimizer="adam(0.01)", epochs=60), ["forged", "biopsy"]),
        ("dropout .5 twice", dict(hidden=[f"2 * dense(200, activation=relu, {HE}) | dropout(0.5)"], epochs=60), ["bursts", "biopsy"]),
        ("no hidden layer", dict(hidden=[], optimizer="adam(0.02)"), ["biopsy"]),
        ("random features", dict(hidden=[f"dense(600, activation=relu, {HE}, trainable=false)"], optimizer="adam(5e-3)", epochs=60),
         ["forged", "herds"]),
        ("output begins at 0", dict(hidden=h["relu2"], last="zeros"), ["fields", "waits", "bursts"]),
        ("leaky, slope .3", dict(hidden=[f"3 * dense(40, {HE}) | leaky_relu(0.3)"]), ["mortar", "fields"]),
        ("decoupled decay .1", dict(hidden=h["gelu3"], optimizer="adamw(2e-3, weight_decay=0.1)"), ["herds", "bungalows"]),
    ]


def odd_data():
    """Losses and data that look odd, and can be learned."""
    h = HIDDEN
    return [
        ("stopped early", dict(hidden=h["relu2"], epochs=80, observers=STOP), NOISY),
        ("few units on noise", dict(hidden=["dense(4, activation=tanh)"], optimizer="adam(3e-3)", epochs=30), ["ballots"]),
        ("110 saplings", dict(hidden=["dense(6, activation=tanh)"], batch=10, optimizer="adam(5e-3)", epochs=40), ["saplings"]),
        ("bytes, adam", dict(hidden=h["relu2"], optimizer="adam(1e-3)", change="bytes / 100"), ["shirts"]),
        ("months in their order", dict(hidden=h["elu4"], optimizer="adam(1e-3)", epochs=25, validation="split(0.2)"), ["sunspots"]),
        ("huber", dict(hidden=h["relu2"], loss="huber(0.5)"), ["mortar", "waits"]),
        ("five to one", dict(hidden=h["tanh3"], change="five to one", epochs=60), ["bursts"]),
        ("constant column beside", dict(hidden=h["relu2"], change="constant beside"), ["herds"]),
        ("a few wrong labels", dict(hidden=h["relu by default"], change="wrong .03", epochs=12), ["fields"]),
        ("balanced weights", dict(hidden=h["elu4"], class_weight="balanced"), ["fields"]),
        ("strong column", dict(hidden=h["relu2"], change="strong column"), ["herds"]),
    ]


def special():
    """Embeddings, a denoising autoencoder and nets of two outputs."""
    import sixteenth_faults as f
    return [(f"{name} {PART}", table, made) for name, table, made in [
        ("codes as vectors", "baskets", f.coded("baskets")), ("signal without noise", "hum", f.cleaned()),
        ("signal, six numbers between", "hum", f.cleaned(between=6, epochs=60)),
        ("two answers", "couples", f.two_answers()), ("two numbers", "prices", f.two_numbers())]]


def nets():
    import sixteenth_faults  # uses the lists above
    frame = Frame(PART, BROAD, HIDDEN, PLAIN, NOISY, STOP)
    plain = frame.plain_nets(lambda i, k: 2 * i + 3 * k)[1::4]
    own = [Net(name, "hard negative", table, made, part=PART) for name, table, made in special()]
    return fronted(plain + frame.hard_negatives(odd_training() + odd_nets() + odd_data(), 4) + own +
                   fair(frame.faulty(sixteenth_faults.FAULTS, sixteenth_faults.PAIRS), sixteenth_faults.RATES),
                   sixteenth_tables.UNITS, sixteenth_faults.LEFT)
