#!/usr/bin/env python3
"""PyTorch, eager, its optimizer fused where it can be (frame.py says how it is called). The same arithmetic as plummet's.
MODE "compile": net and loss by torch.compile."""
import sys

import torch
from torch import nn

import frame

ACTIVATIONS = {"relu": nn.ReLU, "elu": nn.ELU, "sigmoid": nn.Sigmoid, "swish": nn.SiLU, "gelu": nn.GELU}
LOSSES = {"classes": nn.CrossEntropyLoss, "numbers": nn.MSELoss, "self": nn.BCEWithLogitsLoss}


def linear(inputs, units):
    out = nn.Linear(inputs, units)
    nn.init.xavier_uniform_(out.weight)
    nn.init.zeros_(out.bias)
    return out


class Noise(nn.Module):
    def __init__(self, stddev):
        super().__init__()
        self.stddev = stddev

    def forward(self, x):
        return x + self.stddev * torch.randn_like(x)


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.body = nn.Sequential(linear(width, width), nn.ReLU(), linear(width, width))

    def forward(self, x):
        return x + self.body(x)


def module(word, number, width):
    if word == "dense":
        return linear(width, int(number))
    makers = {"residual": lambda: Residual(width), "noise": lambda: Noise(number),
              "batch_norm": lambda: nn.BatchNorm1d(width, eps=1e-3), "layer_norm": lambda: nn.LayerNorm(width, eps=1e-3)}
    return makers.get(word, ACTIVATIONS.get(word))()


def build(net):
    out, width = [], net.inputs
    for word, number, activation in net.layers():
        out.append(module(word, number, width))
        width = int(number) if word == "dense" else width
        out += [ACTIVATIONS[activation]()] if activation else []
    return nn.Sequential(*out)


def optimizer(net, parameters):
    if net.optimizer == "momentum":
        return torch.optim.SGD(parameters, lr=net.rate, momentum=0.9, fused=True)
    kind = torch.optim.AdamW if net.optimizer == "adamw" else torch.optim.Adam
    return kind(parameters, lr=net.rate, fused=True)


class Trained:
    def __init__(self, net, x, y, threads):
        torch.set_num_threads(threads)
        torch.manual_seed(1)
        self.net, self.at = build(net), 0
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)
        self.y = self.y.long() if net.targets == "classes" else self.y
        self.batch, self.whole = net.batch, len(x) // net.batch * net.batch
        self.update = optimizer(net, self.net.parameters())
        loss = LOSSES[net.targets]()
        self.loss = lambda x, y: loss(self.net(x), y)
        if sys.argv[3] == "compile":
            self.loss = torch.compile(self.loss)

    def step(self):
        rows = slice(self.at, self.at + self.batch)
        self.at = (self.at + self.batch) % self.whole
        self.update.zero_grad(set_to_none=True)
        loss = self.loss(self.x[rows], self.y[rows])
        loss.backward()
        self.update.step()
        return self.batch, loss.detach()

    def row(self):
        with torch.inference_mode():
            self.net(self.x[:1])


frame.main(Trained)
