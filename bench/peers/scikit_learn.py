#!/usr/bin/env python3
"""scikit-learn's MLP (frame.py says how it is called): dense layers of one activation. ReLU, for it has no ELU; it shuffles.
Threads are those of its BLAS. A step is an epoch of partial_fit over rows that take some 100 ms."""
import time
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

import frame

warnings.filterwarnings("ignore")


class Trained:
    def __init__(self, net, x, y, threads):
        words = net.layers()
        if net.targets == "self" or {word for word, _, _ in words} != {"dense"}:
            raise ValueError("scikit-learn has dense layers only")
        self.x, self.y, self.classes = x, y.ravel(), np.arange(net.outputs())
        logistic = words[0][2] == "sigmoid"
        kind = MLPRegressor if net.targets == "numbers" else MLPClassifier
        self.net = kind(hidden_layer_sizes=[int(n) for _, n, _ in words[:-1]], batch_size=net.batch, alpha=0,
                        activation="logistic" if logistic else "relu", learning_rate_init=net.rate,
                        solver="adam" if net.optimizer == "adam" else "sgd", momentum=0.9, nesterovs_momentum=False,
                        random_state=1)
        self.count, self.batch = net.batch, net.batch
        self.more = {} if net.targets == "numbers" else {"classes": self.classes}
        while self.count * 2 <= len(x):
            begun = time.process_time()
            self.step()
            if time.process_time() - begun > 0.05:
                break
            self.count *= 2

    def step(self):
        self.net.partial_fit(self.x[:self.count], self.y[:self.count], **self.more)
        return self.count, self.net.loss_

    def row(self):
        (self.net.predict if not self.more else self.net.predict_proba)(self.x[:1])


frame.main(Trained)
