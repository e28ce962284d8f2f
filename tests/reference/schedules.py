"""Learning-rate schedules: the rate as a function of the step i = 0, 1, 2, ... (Keras's definitions).

    exponential   Senior, Heigold, Ranzato and Yang, An empirical study of learning rates in deep neural networks for
                  speech recognition, ICASSP 2013
    cosine        Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, ICLR 2017
    one cycle     Smith, A disciplined approach to neural network hyper-parameters, 2018; along cosines: Smith and Topin,
                  Super-convergence, 2018
    cyclical      Smith, Cyclical learning rates for training neural networks, WACV 2017
    coslog        Holzmueller, Grinsztajn and Steinwart, Better by default, NeurIPS 2024 (flat_cos, too)
    warmup        Goyal et al., Accurate, large minibatch SGD, 2017
"""
import functools
import inspect
import math

import numpy as np

RUN = 1000  # steps of the run, of which "all" and numbers of steps below 1 are parts
STEPS = {"decay_steps", "first_decay_steps", "steps", "warmup_steps", "step_size", "boundaries", "milestones"}

NEWER = {"one_cycle_cosine", "flat_cos", "coslog", "cyclical"}  # of these one optimizer is enough: the rate is what counts


def is_part(given):
    return given == "all" or (isinstance(given, (list, tuple)) and given[0] < 1) or (not isinstance(given, (str, list, tuple)) and 0 < given < 1)


def steps_of(given, run):
    if isinstance(given, (list, tuple)):
        return [steps_of(each, run) for each in given]
    return run if given == "all" else given * run if 0 < given < 1 else given


def resolved(schedule):
    """The schedule with parts of the run turned into numbers of steps; defaults, too."""
    signature = inspect.signature(schedule)
    defaults = {name: p.default for name, p in signature.parameters.items() if p.default is not p.empty and name != "run"}

    @functools.wraps(schedule)
    def told(i, run=RUN, **options):
        options = {key: steps_of(value, run) if key in STEPS else value for key, value in {**defaults, **options}.items()}
        return schedule(i, **options, **({"run": run} if "run" in signature.parameters else {}))
    return told


@resolved
def constant(i, value):
    return value


@resolved
def exponential_decay(i, initial_learning_rate, decay_steps, decay_rate, staircase=False):
    part = i / decay_steps
    return initial_learning_rate * decay_rate ** (math.floor(part) if staircase else part)


@resolved
def inverse_time_decay(i, initial_learning_rate, decay_steps, decay_rate, staircase=False):
    part = i / decay_steps
    return initial_learning_rate / (1 + decay_rate * (math.floor(part) if staircase else part))


@resolved
def piecewise_constant_decay(i, boundaries, values):
    """values[j] for boundaries[j - 1] < i <= boundaries[j]: a step on a boundary has the value before it."""
    return values[sum(i > boundary for boundary in boundaries)]


@resolved
def polynomial_decay(i, initial_learning_rate, decay_steps, end_learning_rate=1e-4, power=1, cycle=False):
    if cycle:  # each round ends at a multiple of decay_steps, and starts from the top of a longer slope
        decay_steps *= max(1, math.ceil(i / decay_steps))
    part = min(i, decay_steps) / decay_steps
    return (initial_learning_rate - end_learning_rate) * (1 - part) ** power + end_learning_rate


@resolved
def cosine_decay(i, initial_learning_rate, decay_steps, alpha=0, warmup_target=None, warmup_steps=0):
    if warmup_target is not None:
        if i < warmup_steps:  # a straight line from the initial rate up to the target
            return initial_learning_rate + (warmup_target - initial_learning_rate) * i / warmup_steps
        initial_learning_rate, i = warmup_target, i - warmup_steps
    wave = (1 + math.cos(math.pi * min(i, decay_steps) / decay_steps)) / 2
    return initial_learning_rate * ((1 - alpha) * wave + alpha)


@resolved
def cosine_decay_restarts(i, initial_learning_rate, first_decay_steps, t_mul=2, m_mul=1, alpha=0):
    length, height = first_decay_steps, 1.0
    while i >= length:  # wave after wave, each t_mul as long and m_mul as high
        i, length, height = i - length, length * t_mul, height * m_mul
    wave = height * (1 + math.cos(math.pi * i / length)) / 2
    return initial_learning_rate * ((1 - alpha) * wave + alpha)


@resolved
def one_cycle(i, max_learning_rate, steps, start_learning_rate=None, last_learning_rate=None, **momentum):
    """Up to the largest rate and down again in equal times, then a last tenth down to next to nothing."""
    steps = math.floor(steps + 0.5)
    start = start_learning_rate or max_learning_rate / 10
    last = last_learning_rate or start / 1000
    half = (steps - (steps // 10 + 1)) // 2
    return float(np.interp(i, [0, half, 2 * half, steps], [start, max_learning_rate, start, last]))


def momentum_of(schedule, i, **told):
    """What a schedule makes of the momentum."""
    return dict(one_cycle=momentum_of_one_cycle, one_cycle_cosine=momentum_of_cosine)[schedule.__name__](i, **told)


def momentum_of_cosine(i, steps, max_momentum, min_momentum, **rates):
    return annealed(i, steps, 0.3, "cos", False, max_momentum, min_momentum, max_momentum, max_momentum)


def momentum_of_one_cycle(i, steps, max_momentum, min_momentum, **rates):
    """Down where the rate goes up, up where it goes down, and so on to the end."""
    half = (steps - (steps // 10 + 1)) // 2
    away = i / half if i < half else 2 - i / half if i < 2 * half else 0
    return max_momentum + (min_momentum - max_momentum) * away


@resolved
def one_cycle_cosine(i, max_learning_rate, steps="all", pct_start=0.3, anneal_strategy="cos", div_factor=25, final_div_factor=1e4,
                     three_phase=False, max_momentum=None, min_momentum=None):
    """PyTorch's OneCycleLR."""
    first = max_learning_rate / div_factor
    return annealed(i, steps, pct_start, anneal_strategy, three_phase, first, max_learning_rate, first, first / final_div_factor)


def annealed(i, steps, pct_start, anneal_strategy, three_phase, *values):
    corners = [0, pct_start * steps - 1, 2 * pct_start * steps - 2, steps - 1]
    if not three_phase:
        corners, values = [corners[k] for k in (0, 1, 3)], [values[k] for k in (0, 1, 3)]
    i = min(i, steps - 1)
    for k in range(1, len(corners)):
        if i <= corners[k] or k == len(corners) - 1:
            part = (i - corners[k - 1]) / (corners[k] - corners[k - 1])
            if anneal_strategy == "cos":
                part = (1 - math.cos(math.pi * part)) / 2
            return values[k - 1] + (values[k] - values[k - 1]) * part


@resolved
def flat_cos(i, initial_learning_rate, decay_steps="all", flat=0.5, alpha=0):
    t = min(i / decay_steps, 1)
    wave = (1 + math.cos(math.pi * max(0, t - flat) / (1 - flat))) / 2
    return initial_learning_rate * ((1 - alpha) * wave + alpha)


@resolved
def coslog(i, max_learning_rate, decay_steps="all", cycles=4):
    t = min(i / decay_steps, 1)
    return max_learning_rate * (1 - math.cos(2 * math.pi * math.log2(1 + (2 ** cycles - 1) * t))) / 2


@resolved
def cyclical(i, initial_learning_rate, max_learning_rate, step_size=2000, mode="triangular", gamma=1.0):
    cycle = math.floor(1 + i / (2 * step_size))
    high = max(0, 1 - abs(i / step_size - 2 * cycle + 1))
    scale = dict(triangular=1, triangular2=1 / 2 ** (cycle - 1), exp_range=gamma ** i)[mode]
    return initial_learning_rate + (max_learning_rate - initial_learning_rate) * high * scale


class Inner(str):
    """A schedule within another: the text of its spec, which can be called."""
    def __new__(cls, schedule, **told):
        from driver import say
        self = super().__new__(cls, say(schedule.__name__, **told))
        self.at = functools.partial(schedule, **told)
        return self


def at(schedule, i, run):
    return schedule.at(i, run=run) if isinstance(schedule, Inner) else schedule


@resolved
def warmup(i, warmup_steps, schedule, start_learning_rate=0, run=RUN):
    steps = math.floor(warmup_steps + 0.5)
    if i >= steps:
        return at(schedule, i - steps, run - steps)
    return start_learning_rate + (at(schedule, 0, run - steps) - start_learning_rate) * i / steps


@resolved
def sequence(i, schedules, milestones, run=RUN):
    edges = [0] + [math.floor(m + 0.5) for m in milestones] + [run]
    k = max(k for k in range(len(schedules)) if edges[k] <= i)
    return at(schedules[k], i - edges[k], edges[k + 1] - edges[k])


EPOCH, EPOCHS = 50, 20  # steps of an epoch, and how many there are, where rules are tried


def asked(rule, rate, i):
    """A rule is Python, as far as it goes. `rate` is the one in force until now."""
    names = dict(epoch=i // EPOCH, epochs=EPOCHS, step=i, steps=RUN, steps_per_epoch=EPOCH, learning_rate=rate, lr=rate)
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
    (exponential_decay, dict(initial_learning_rate=0.05, decay_steps="all", decay_rate=0.1)),
    (inverse_time_decay, dict(initial_learning_rate=0.05, decay_steps=0.05, decay_rate=0.5, staircase=True)),
    (piecewise_constant_decay, dict(boundaries=[0.1, 0.5, 0.7], values=[0.05, 0.0, 0.03, 0.001])),
    (polynomial_decay, dict(initial_learning_rate=0.05, decay_steps=0.7, end_learning_rate=0.002)),
    (cosine_decay, dict(initial_learning_rate=0.0, decay_steps=0.9, warmup_target=0.05, warmup_steps=0.1)),
    (cosine_decay_restarts, dict(initial_learning_rate=0.05, first_decay_steps=0.15)),
    (one_cycle, dict(max_learning_rate=0.1, steps="all")), (one_cycle, dict(max_learning_rate=0.1, steps=0.6)),
    (one_cycle_cosine, dict(max_learning_rate=0.1)),
    (one_cycle_cosine, dict(max_learning_rate=0.1, steps=800, pct_start=0.25, div_factor=10, final_div_factor=100)),
    (one_cycle_cosine, dict(max_learning_rate=0.1, anneal_strategy="linear", three_phase=True)),
    (one_cycle_cosine, dict(max_learning_rate=0.1, steps=700, max_momentum=0.95, min_momentum=0.85)),
    (flat_cos, dict(initial_learning_rate=0.05)),
    (flat_cos, dict(initial_learning_rate=0.05, decay_steps=900, flat=0.72, alpha=0.1)),
    (coslog, dict(max_learning_rate=0.05)), (coslog, dict(max_learning_rate=0.05, decay_steps=0.8, cycles=2)),
    (cyclical, dict(initial_learning_rate=0.001, max_learning_rate=0.05, step_size=80)),
    (cyclical, dict(initial_learning_rate=0.001, max_learning_rate=0.05)),
    (cyclical, dict(initial_learning_rate=0.001, max_learning_rate=0.05, step_size=0.1, mode="triangular2")),
    (cyclical, dict(initial_learning_rate=0.001, max_learning_rate=0.05, step_size=60, mode="exp_range", gamma=0.997)),
    (warmup, dict(warmup_steps=100, schedule=0.05)),
    (warmup, dict(warmup_steps=0.1, schedule=Inner(cosine_decay, initial_learning_rate=0.05, decay_steps="all"),
                  start_learning_rate=0.01)),
    (sequence, dict(schedules=[0.05, Inner(cosine_decay, initial_learning_rate=0.05, decay_steps="all"),
                               Inner(exponential_decay, initial_learning_rate=0.02, decay_steps=0.5, decay_rate=0.1)],
                    milestones=[0.2, 0.6])),
    (per_step, dict(rule="'0.05 * (1 - step / steps)'")),
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
        rates = d.train([batch] * RUN)[1]
        # rates are worked out in double in either build
        c.same(spec, rates, [schedule(i, **told) for i in range(RUN)], allowed=1e-11)
        c.tell("schedule", schedule.__name__, *told)
    c.finish("schedule")


if __name__ == "__main__":
    main()
