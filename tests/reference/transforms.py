"""Transforms for training that draw random numbers: mixup and label_noise, from the random bits on.

    mixup         Zhang et al., mixup: beyond empirical risk minimization, ICLR 2018; the weights have the distribution
                  Beta(alpha, alpha), as g / (g + h) of two gamma deviates: Marsaglia and Tsang, A simple method for
                  generating gamma variables, 2000
    label_noise   Zhang et al., Understanding deep learning requires rethinking generalization, ICLR 2017
    random bits   Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011 (Philox4x32-10); whole numbers below n:
                  Lemire, Fast random integer generation in an interval, 2019; normal numbers: Box and Muller, 1958
"""
import math

import numpy as np

WORD = 2 ** 32 - 1
MIXUP, LABELS = 8, 9  # uses of random numbers, which are part of the key


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(q >> 32) ^ c[1] ^ k[0], q & WORD, (p >> 32) ^ c[3] ^ k[1], p & WORD]
        k = [(k[0] + 0x9E3779B9) & WORD, (k[1] + 0xBB67AE85) & WORD]
    return c


class Random:
    """A stream of 32-bit numbers, of a seed, a use and two numbers that tell streams of the same use apart."""

    def __init__(self, seed, use, stream, substream):
        self.key = philox([seed & WORD, seed >> 32, use, 0], [0, 0])[:2]
        self.high, self.next, self.block = [stream, substream], 0, []

    def bits(self):
        if not self.block:
            self.block = philox([self.next & WORD, self.next >> 32, *self.high], self.key)
            self.next += 1
        return self.block.pop(0)

    def uniform(self):
        high, low = self.bits() >> 5, self.bits() >> 6
        return (high * 2 ** 26 + low) / 2 ** 53

    def normal(self):
        u, v = 1 - self.uniform(), self.uniform()
        return math.sqrt(-2 * math.log(u)) * math.cos(2 * math.pi * v)

    def below(self, n):
        """In [0, n), without bias: the upper half of a product; draws whose lower half is too small are drawn again."""
        while n > 1:
            product = self.bits() * n
            if product & WORD >= (2 ** 32 - n) % n:
                return product >> 32
        return 0

    def log_gamma(self, a):
        d = (a + 1 if a < 1 else a) - 1 / 3
        while True:
            x = self.normal()
            v = (1 + x / math.sqrt(9 * d)) ** 3
            if v > 0 and math.log(1 - self.uniform()) < x * x / 2 + d - d * v + d * math.log(v):
                break
        return math.log(d) + math.log(v) + (math.log(1 - self.uniform()) / a if a < 1 else 0)

    def beta(self, a):
        g = self.log_gamma(a)
        return 1 / (1 + math.exp(self.log_gamma(a) - g))


def mixup(x, y, first, epoch, seed, alpha=0.2):
    """Of one batch, whose first row is row `first` of the epoch. Row i is mixed with row i + shift; rows that are shift apart
    form cycles, and the weights are drawn cycle by cycle."""
    rows = len(x)
    if rows < 2:
        return x, y
    r = Random(seed, MIXUP, epoch, first)
    shift = 1 + r.below(rows - 1)
    cycles = math.gcd(rows, shift)
    w = np.zeros((rows, 1))
    for start in range(cycles):
        for k in range(rows // cycles):
            w[(start + k * shift) % rows] = r.beta(alpha)
    partner = (np.arange(rows) + shift) % rows
    return w * x + (1 - w) * x[partner], w * y + (1 - w) * y[partner]


def label_noise(labels, numbers, seed, rate=0.1, classes=10):
    """Of rows with these numbers in the source: a share of them gets one of the other classes."""
    noisy = np.array(labels)
    for i, number in enumerate(numbers):
        r = Random(seed, LABELS, int(number), 0)
        if r.uniform() < rate:
            other = r.below(classes - 1)
            noisy[i] = other if other < labels[i] else other + 1
    return noisy


def read(d, epoch, spec):
    """[(inputs, targets)] of the batches of an epoch."""
    flat, at, batches = d.ask(f"data {epoch} {spec}"), 2, []
    wide, narrow = int(flat[0]), int(flat[1])
    while at < len(flat):
        rows = int(flat[at])
        middle = at + 1 + rows * wide
        end = middle + rows * narrow
        batches.append((flat[at + 1:middle].reshape(rows, wide), flat[middle:end].reshape(rows, narrow)))
        at = end
    return batches


def check_mixup(d, c, alpha, batch, epoch, own):
    """digits in their order, one-hot; the seed of the run is 42 (driver.py)."""
    told = "" if own is None else f", seed={own}"
    spec = f"digits | take(100) | one_hot | mixup({alpha}{told}) | batch({batch})"
    got, first = read(d, epoch, spec), 0
    for k, (x, y) in enumerate(read(d, epoch, f"digits | take(100) | one_hot | batch({batch})")):
        want = mixup(x, y, first, epoch, 42 if own is None else own, alpha)
        for what, a, b in zip(("inputs", "targets"), got[k], want):
            # rows are float32 in both builds
            c.same(f"{spec}, epoch {epoch}, batch {k}: {what}", a, b, scale=max(np.abs(b).max(), 1), allowed=1e-5)
        first += len(x)


def check_label_noise(d, c, rate, classes, epoch, own):
    told = "" if own is None else f", seed={own}"
    spec = f"digits | label_noise({rate}, {classes}{told}) | batch(500)"
    labels, got = (np.concatenate([y for _, y in read(d, epoch, text)]).ravel() for text in ("digits | batch(500)", spec))
    want = label_noise(labels, range(len(labels)), 42 if own is None else own, rate, classes or 10)
    c.same(f"{spec}, epoch {epoch}", got, want)


def main():
    from driver import Comparison, Driver
    d = Driver()
    c = Comparison("transforms", d)
    for alpha in (0.2, 0.05, 1, 4):
        for batch in (32, 100, 33, 21):
            for epoch, own in ((0, None), (3, None), (1, 5)):
                check_mixup(d, c, alpha, batch, epoch, own)
    for rate, classes in ((0.3, 0), (1, 10), (0.05, 12)):
        for epoch, own in ((0, None), (4, None), (0, 7)):
            check_label_noise(d, c, rate, classes, epoch, own)
    c.finish()


if __name__ == "__main__":
    main()
