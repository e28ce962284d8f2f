"""Learning-rate schedules: the rate as a function of the step i = 0, 1, 2, ... (Keras's definitions).

    exponential   Senior, Heigold, Ranzato and Yang, An empirical study of learning rates in deep neural networks for
                  speech recognition, ICASSP 2013
    cosine        Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, ICLR 2017
    one cycle     Smith, A disciplined approach to neural network hyper-parameters, 2018
"""
import functools
import math

import numpy as np


def constant(i, value):
    return value


def exponential_decay(i, initial_learning_rate, decay_steps, decay_rate, staircase=False):
    part = i / decay_steps
    return initial_learning_rate * decay_rate ** (math.floor(part) if staircase else part)


def inverse_time_decay(i, initial_learning_rate, decay_steps, decay_rate, staircase=False):
    part = i / decay_steps
    return initial_learning_rate / (1 + decay_rate * (math.floor(part) if staircase else part))


def piecewise_constant_decay(i, boundaries, values):
    """values[j] for boundaries[j - 1] < i <= boundaries[j]: a step on a boundary has the value before it."""
    return values[sum(i > boundary for boundary in boundaries)]


def polynomial_decay(i, initial_learning_rate, decay_steps, end_learning_rate=1e-4, power=1, cycle=False):
    if cycle:  # each round ends at a multiple of decay_steps, and starts from the top of a longer slope
        decay_steps *= max(1, math.ceil(i / decay_steps))
    part = min(i, decay_steps) / decay_steps
    return (initial_learning_rate - end_learning_rate) * (1 - part) ** power + end_learning_rate


def cosine_decay(i, initial_learning_rate, decay_steps, alpha=0, warmup_target=None, warmup_steps=0):
    if warmup_target is not None:
        if i < warmup_steps:  # a straight line from the initial rate up to the target
            return initial_learning_rate + (warmup_target - initial_learning_rate) * i / warmup_steps
        initial_learning_rate, i = warmup_target, i - warmup_steps
    wave = (1 + math.cos(math.pi * min(i, decay_steps) / decay_steps)) / 2
    return initial_learning_rate * ((1 - alpha) * wave + alpha)


def cosine_decay_restarts(i, initial_learning_rate, first_decay_steps, t_mul=2, m_mul=1, alpha=0):
    length, height = first_decay_steps, 1.0
    while i >= length:  # wave after wave, each t_mul as long and m_mul as high
        i, length, height = i - length, length * t_mul, height * m_mul
    wave = height * (1 + math.cos(math.pi * i / length)) / 2
    return initial_learning_rate * ((1 - alpha) * wave + alpha)


def one_cycle(i, max_learning_rate, steps, start_learning_rate=None, last_learning_rate=None, **momentum):
    """Up to the largest rate and down again in equal times, then a last tenth down to next to nothing."""
    start = start_learning_rate or max_learning_rate / 10
    last = last_learning_rate or start / 1000
    half = (steps - (steps // 10 + 1)) // 2
    return float(np.interp(i, [0, half, 2 * half, steps], [start, max_learning_rate, start, last]))


def momentum_of_one_cycle(i, steps, max_momentum, min_momentum, **rates):
    """Down where the rate goes up, up where it goes down, and so on to the end."""
    half = (steps - (steps // 10 + 1)) // 2
    away = i / half if i < half else 2 - i / half if i < 2 * half else 0
    return max_momentum + (min_momentum - max_momentum) * away


EPOCH, EPOCHS = 50, 20  # steps of an epoch, and how many there are, where rules are tried


def asked(rule, rate, i):
    """A rule is Python, as far as it goes. `rate` is the one in force until now."""
    names = dict(epoch=i // EPOCH, epochs=EPOCHS, step=i, steps_per_epoch=EPOCH, learning_rate=rate, lr=rate)
    return eval(rule.strip("'"), dict(vars(math), min=min, max=max, abs=abs, round=round), names)


@functools.cache
def per_epoch(i, rule, initial_learning_rate=math.nan):
    before = per_epoch(i - 1, rule, initial_learning_rate) if i > 0 else initial_learning_rate
    return asked(rule, before, i) if i % EPOCH == 0 else before


@functools.cache
def per_step(i, rule, initial_learning_rate=math.nan):
    return asked(rule, per_step(i - 1, rule, initial_learning_rate) if i > 0 else initial_learning_rate, i)


# Each with what it is told, and beside the defaults with every key; the edges lie within 1,000 steps.
CASES = [
    (constant, dict(value=0.03)),
    (exponential_decay, dict(initial_learning_rate=0.05, decay_steps=300, decay_rate=0.1)),
    (exponential_decay, dict(initial_learning_rate=0.05, decay_steps=70, decay_rate=0.9, staircase=True)),
    (exponential_decay, dict(initial_learning_rate=0.001, decay_steps=33.3, decay_rate=1.1, staircase=False)),
    (inverse_time_decay, dict(initial_learning_rate=0.05, decay_steps=100, decay_rate=1)),
    (inverse_time_decay, dict(initial_learning_rate=0.05, decay_steps=70, decay_rate=0.5, staircase=True)),
    (piecewise_constant_decay, dict(boundaries=[10, 250, 251], values=[0.05, 0.02, 0.03, 0.001])),
    (polynomial_decay, dict(initial_learning_rate=0.05, decay_steps=400)),
    (polynomial_decay, dict(initial_learning_rate=0.05, decay_steps=300, end_learning_rate=0.002, power=2.5)),
    (polynomial_decay, dict(initial_learning_rate=0.05, decay_steps=150, power=0.5, cycle=True)),
    (cosine_decay, dict(initial_learning_rate=0.05, decay_steps=700)),
    (cosine_decay, dict(initial_learning_rate=0.05, decay_steps=500, alpha=0.1)),
    (cosine_decay, dict(initial_learning_rate=0.0, decay_steps=500, warmup_target=0.05, warmup_steps=100, alpha=0.01)),
    (cosine_decay, dict(initial_learning_rate=0.01, decay_steps=1500, warmup_target=0.02, warmup_steps=1)),
    (cosine_decay_restarts, dict(initial_learning_rate=0.05, first_decay_steps=60)),
    (cosine_decay_restarts, dict(initial_learning_rate=0.05, first_decay_steps=100, t_mul=1.5, m_mul=0.7, alpha=0.1)),
    (cosine_decay_restarts, dict(initial_learning_rate=0.05, first_decay_steps=125, t_mul=1, m_mul=0.9)),
    (one_cycle, dict(max_learning_rate=0.1, steps=1000)),
    (one_cycle, dict(max_learning_rate=0.1, steps=777, start_learning_rate=0.02, last_learning_rate=0.0005)),
    (one_cycle, dict(max_learning_rate=0.1, steps=3)),
    (one_cycle, dict(max_learning_rate=0.1, steps=998)), (one_cycle, dict(max_learning_rate=0.1, steps=999)),
    (one_cycle, dict(max_learning_rate=0.1, steps=900, max_momentum=0.95, min_momentum=0.85)),
    (per_epoch, dict(rule="'0.05 * 0.1 ** (epoch / 20)'")),
    (per_epoch, dict(rule="'0.05 if epoch < 5 else 0.02 if 5 <= epoch and epoch < 15 else 0.01'")),
    (per_epoch, dict(rule="'learning_rate * 0.8 + 0.001 * epochs'", initial_learning_rate=0.05)),
    (per_step, dict(rule="'0.05 * 0.1 ** (step / (20 * steps_per_epoch))'")),
    (per_step, dict(rule="'max(0.01, 0.05 * cos(pi * step / 2000)) * min(1, (step + 1) / 100)'")),
    (per_step, dict(rule="'lr * 0.995 if step // 7 % 2 == 0 else lr / 0.996'", initial_learning_rate=0.05)),
]


def main():
    from driver import Comparison, Driver, np, say
    d = Driver()
    c = Comparison("schedules", d)
    batch = (np.array([1.0]), np.array([0.0]))
    for schedule, told in CASES:
        spec = say(schedule.__name__, **told)
        d.model("input(1)", "dense(1)", optimizer=f"sgd({spec})", loss="mean_absolute_error")
        rates = d.train([batch] * 1000)[1]
        # rates are worked out in double in either build
        c.same(spec, rates, [schedule(i, **told) for i in range(1000)], allowed=1e-11)
        c.tell("schedule", schedule.__name__, *told)
    c.finish("schedule")


if __name__ == "__main__":
    main()
