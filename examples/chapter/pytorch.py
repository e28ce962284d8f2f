#!/usr/bin/env python3
"""The training of a run file once more by an independent implementation: PyTorch (Debian: python3-torch).

  examples/chapter/pytorch.py RUNFILE [--seed N] [--epochs N]

Prints a JSON object an epoch, like plummet train --json. It reads what the run files of this folder say: dense nets on
Fashion-MNIST and CIFAR-10. Where PyTorch differs from Keras, the words mean what they mean in Keras: initializers, the
statistics of batch normalization, Nadam, alpha dropout. Ends with 77 where there is no PyTorch.
"""
import argparse
import gzip
import json
import math
import os
import re
import sys

try:
    import numpy
    import torch
    from torch import nn
except ImportError:
    sys.exit(77)


# ---- the run file ----

def split(text, separator):
    """Parts of text between separators outside brackets."""
    parts, depth = [""], 0
    for c in text:
        depth += (c in "([") - (c in ")]")
        if c == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return [part.strip() for part in parts if part.strip()]


def spec(text):
    """'dense(10, activation=relu)' as name, positional arguments, named arguments."""
    name, _, inside = text.partition("(")
    plain, named = [], {}
    for argument in split(inside.rstrip()[:-1], ",") if inside else []:
        key, equals, value = argument.partition("=")
        if equals and re.fullmatch(r"\w+", key):
            named[key] = value.strip()
        else:
            plain.append(argument)
    return name.strip(), plain, named


def number(text):
    above, _, below = str(text).partition("/")
    return float(above) / float(below) if below else float(above)


def read_run(path):
    run, key = {}, None
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.rstrip()
            if line.startswith("  - "):
                run.setdefault(key, []).append(line[4:])
            elif line and not line.startswith("#"):
                key, _, value = line.partition(":")
                if value.strip():
                    run[key] = value.strip()
    layers = []
    for item in run["model"]:
        times = re.match(r"(\d+) *\*(.*)", item)
        layers += split(times.group(2), "|") * int(times.group(1)) if times else [item]
    run["model"] = [spec(layer) for layer in layers]
    return run


# ---- data ----

def read_bytes(names):
    places = os.environ.get("PLUMMET_DATA", "").split(":") + ["/usr/share/plummet", "/usr/share/datasets/fashion-mnist"]
    for path in (os.path.join(place, name + ending) for place in places for name in names for ending in ("", ".gz")):
        if os.path.exists(path):
            with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
                return file.read()
    sys.exit(f"{names[0]} is in none of {places}; set PLUMMET_DATA")


def read_source(name, part):
    if name == "fashion_mnist":
        stem = "t10k" if part == "test" else "train"
        images, labels = (read_bytes([f"{folder}{stem}-{kind}-ubyte" for folder in ("fashion-mnist/", "fashion_mnist/", "")])
                          for kind in ("images-idx3", "labels-idx1"))
        x = numpy.frombuffer(images, numpy.uint8, offset=16).reshape(-1, 784)
        return x, numpy.frombuffer(labels, numpy.uint8, offset=8)
    names = ["cifar-10-batches-bin/test_batch.bin", "cifar10-subset/test_batch_first1000.bin"] if part == "test" else \
            ["cifar-10-batches-bin/data_batch_1.bin", "cifar10-subset/data_batch_1_first3000.bin"]
    rows = numpy.frombuffer(read_bytes(names), numpy.uint8).reshape(-1, 3073)
    return rows[:, 1:].reshape(-1, 3, 1024).transpose(0, 2, 1).reshape(-1, 3072), rows[:, 0]


def read_data(pipeline):
    """Rows, labels and batch size of 'fashion_mnist | take(55000) | shuffle | batch(32)'."""
    source, *steps = split(pipeline, "|")
    name, plain, _ = spec(source)
    x, y = read_source(name, plain[0] if plain else "train")
    batch = 256
    for step, plain, _ in map(spec, steps):
        if step == "take":
            x, y = x[: int(plain[0])], y[: int(plain[0])]
        elif step == "skip":
            x, y = x[int(plain[0]):], y[int(plain[0]):]
        elif step == "batch":
            batch = int(plain[0])
    return torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.int64), batch


# ---- layers ----

SELU_SATURATED = -1.0507009873554805 * 1.6732632423543772


class AlphaDropout(nn.Module):
    """Keras's: what is dropped takes selu's lowest value, then a x + b keeps mean 0 and variance 1."""

    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        if not self.training:
            return x
        keep = torch.rand_like(x) >= self.rate
        a = ((1 - self.rate) * (1 + self.rate * SELU_SATURATED ** 2)) ** -0.5
        return a * torch.where(keep, x, torch.full_like(x, SELU_SATURATED)) - a * SELU_SATURATED * self.rate


class BatchNormalization(nn.Module):
    """Moving statistics by momentum 0.99 from the biased variance of the batch, where PyTorch's take the unbiased one."""

    def __init__(self, width):
        super().__init__()
        self.gamma, self.beta = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))
        self.mean, self.variance = torch.zeros(width), torch.ones(width)

    def forward(self, x):
        mean, variance = self.mean, self.variance
        if self.training:
            mean, variance = x.mean(0), x.var(0, unbiased=False)
            self.mean = 0.99 * self.mean + 0.01 * mean.detach()
            self.variance = 0.99 * self.variance + 0.01 * variance.detach()
        return self.gamma * (x - mean) / torch.sqrt(variance + 1e-3) + self.beta


class Standardize(nn.Module):
    def __init__(self, mean, deviation):
        super().__init__()
        self.mean, self.deviation = mean, deviation.clamp_min(1e-7)

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Scale(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor


def fill(weight, name):
    """weight is [out, in], as PyTorch keeps it."""
    fan_out, fan_in = weight.shape
    scale, mode = {"he": (2, fan_in), "lecun": (1, fan_in), "glorot": (1, (fan_in + fan_out) / 2)}[name.split("_")[0]]
    if name.endswith("uniform"):
        limit = math.sqrt(3 * scale / mode)
        nn.init.uniform_(weight, -limit, limit)
    else:
        deviation = math.sqrt(scale / mode) / 0.87962566103423978
        nn.init.trunc_normal_(weight, std=deviation, a=-2 * deviation, b=2 * deviation)


ACTIVATIONS = {"relu": nn.ReLU, "elu": nn.ELU, "selu": nn.SELU, "swish": nn.SiLU, "leaky_relu": nn.LeakyReLU}


class Net:
    """The layers of a run file as a Sequential, with what Keras adds outside of layers: penalties and constraints."""

    def __init__(self, run, x):
        self.parts, self.penalties, self.limits = [], [], []
        self.x = x
        self.width = x.shape[1]
        for name, plain, named in run["model"]:
            self.add(name, plain, named)
        self.module = nn.Sequential(*self.parts)

    def measured(self):
        """Mean and deviation of the training rows as they arrive here."""
        x = nn.Sequential(*self.parts)(self.x).double()
        return x.mean(0).float(), x.std(0, unbiased=False).float()

    def add(self, name, plain, named):
        if name in ("input", "flatten"):
            return
        if name == "dense":
            self.add_dense(int(plain[0]), named)
        elif name == "rescaling":
            self.parts.append(Scale(number(plain[0])))
        elif name == "normalization":
            self.parts.append(Standardize(*self.measured()))
        elif name == "batch_normalization":
            self.parts.append(BatchNormalization(self.width))
        elif name == "dropout":
            self.parts.append(nn.Dropout(number(plain[0])))
        elif name == "alpha_dropout":
            self.parts.append(AlphaDropout(number(plain[0])))
        elif name == "activation":
            self.parts.append(ACTIVATIONS[plain[0]]())
        elif name == "prelu":
            self.parts.append(nn.PReLU(self.width, init=0))
        elif name == "leaky_relu":
            self.parts.append(nn.LeakyReLU(number(plain[0])))
        else:
            sys.exit(f"pytorch.py does not know the layer {name}")

    def add_dense(self, units, named):
        layer = nn.Linear(self.width, units, bias=named.get("use_bias") != "false")
        fill(layer.weight, named.get("kernel_initializer", "glorot_uniform"))
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
        if "kernel_regularizer" in named:
            self.penalties.append((layer.weight, number(spec(named["kernel_regularizer"])[1][0])))
        if "kernel_constraint" in named:
            self.limits.append((layer.weight, number(spec(named["kernel_constraint"])[1][0])))
        self.parts.append(layer)
        self.width = units
        if named.get("activation", "softmax") != "softmax":  # softmax is in the loss
            self.parts.append(ACTIVATIONS[named["activation"]]())

    def penalty(self):
        return sum(factor * (weight ** 2).sum() for weight, factor in self.penalties)

    def constrain(self):
        for weight, limit in self.limits:
            norm = weight.norm(dim=1, keepdim=True)
            weight.data.mul_(norm.clamp(max=limit) / (norm + 1e-7))


# ---- optimizers and rates ----

def schedule(text):
    """The rate as a function of the step, from 0."""
    name, plain, named = spec(text)
    if not plain:
        return lambda step: number(text)
    values = [number(v) for v in plain if not v.startswith("[")]
    if name == "exponential_decay":
        return lambda step: values[0] * values[2] ** (step / values[1])
    if name == "inverse_time_decay":
        return lambda step: values[0] / (1 + values[2] * step / values[1])
    if name == "one_cycle":
        return one_cycle(values[0], int(named["steps"]))
    if name == "piecewise_constant_decay":
        ends, rates = ([number(v) for v in split(v[1:-1], ",")] for v in plain)
        return lambda step: rates[sum(step > end for end in ends)]
    return sys.exit(f"pytorch.py does not know the schedule {name}")


def one_cycle(top, steps):
    start, last = top / 10, top / 10000
    half = (steps - steps // 10 - 1) // 2

    def rate(step):
        if step < half:
            return start + (top - start) * step / half
        if step < 2 * half:
            return top + (start - top) * (step - half) / half
        return start + (last - start) * (step - 2 * half) / (steps - 2 * half)
    return rate


def optimizer_of(text, parameters):
    name, plain, named = spec(text)
    rate = schedule(plain[0] if plain else {"sgd": "0.01"}.get(name, "0.001"))
    first = rate(0)
    kinds = {
        "sgd": lambda: torch.optim.SGD(parameters, first, momentum=number(named.get("momentum", 0)),
                                       nesterov=named.get("nesterov") == "true"),
        "adagrad": lambda: torch.optim.Adagrad(parameters, first, initial_accumulator_value=0.1, eps=1e-7),
        "rmsprop": lambda: torch.optim.RMSprop(parameters, first, alpha=number(named.get("rho", 0.9)), eps=1e-7),
        "adam": lambda: torch.optim.Adam(parameters, first, eps=1e-7),
        "adamax": lambda: torch.optim.Adamax(parameters, first, eps=1e-7),
        "nadam": lambda: torch.optim.NAdam(parameters, first, eps=1e-7, momentum_decay=1),
        "adamw": lambda: torch.optim.AdamW(parameters, first, eps=1e-7, weight_decay=number(named.get("weight_decay", 0.004)))}
    if name not in kinds:
        sys.exit(f"pytorch.py does not know the optimizer {name}")
    return kinds[name](), rate


# ---- training ----

def evaluate(net, x, y):
    net.module.eval()
    with torch.no_grad():
        out = net.module(x)
        loss = nn.functional.cross_entropy(out, y) + net.penalty()
        return float(loss), float((out.argmax(1) == y).double().mean())


def train_epoch(net, data, optimizer, rate, step):
    x, y, batch = data
    net.module.train()
    total = right = 0.0
    order = torch.randperm(len(x))
    for rows in order.split(batch):
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        out = net.module(x[rows])
        loss = nn.functional.cross_entropy(out, y[rows]) + net.penalty()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        net.constrain()
        total += float(loss) * len(rows)
        right += float((out.argmax(1) == y[rows]).sum())
        step += 1
    return total / len(x), right / len(x), step


def patience_of(run, kind):
    for name, _, named in map(spec, run.get("observers", [])):
        if name == kind:
            return int(named["patience"])
    return None


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("run", metavar="RUNFILE")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--epochs", type=int, default=0)
    options = p.parse_args()
    run = read_run(options.run)
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    data = read_data(run["data"])
    x, y, _ = read_data(run["validation"])
    net = Net(run, data[0])
    optimizer, rate = optimizer_of(run["optimizer"], net.module.parameters())
    patience, best, waited, step = patience_of(run, "early_stopping"), math.inf, 0, 0
    for epoch in range(options.epochs or int(run["epochs"])):
        loss, accuracy, step = train_epoch(net, data, optimizer, rate, step)
        val_loss, val_accuracy = evaluate(net, x, y)
        print(json.dumps({"event": "epoch", "epoch": epoch + 1, "loss": loss, "accuracy": accuracy,
                          "val_loss": val_loss, "val_accuracy": val_accuracy}), flush=True)
        waited = 0 if val_loss < best else waited + 1
        best = min(best, val_loss)
        if patience and waited >= patience:
            break


main()
