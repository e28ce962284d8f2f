"""The gain of initializers: how the variance of the weights depends on the activation that follows.

    he_uniform, he_normal   2 / (1 + a^2) / fan_in for a relu with the slope a below 0 (He, Zhang, Ren and Sun, Delving
                            deep into rectifiers, ICCV 2015, equation 15)
    variance_scaling        scale / n times 1 / E[f(z)^2] of standard normal z, which is the same for such a relu (there,
                            section 2.2)

The random numbers are those of the library. The same seed draws the same numbers, so the kernel with an activation divided
by the one without is the gain. What distribution they have is tested in tests/unit/test_initializer.c.
"""
import numpy as np

import activations

JUMPS = {"threshold", "hard_shrink"}  # these and relu with a threshold: their integrals are accurate to three digits


def mean_square(function, **told):
    """E[f(z)^2] by Gauss-Legendre of 20 points on pieces of 0.1, at whose ends are all places where functions bend."""
    points, weights = np.polynomial.legendre.leggauss(20)
    left = np.arange(-120, 120) / 10
    z = (left[:, None] + 0.05 + 0.05 * points).ravel()
    w = np.tile(0.05 * weights, len(left)) * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    return (w * function(z, **told) ** 2).sum()


def main():
    from driver import Comparison, Driver, say
    d = Driver()
    c = Comparison("initializers", d)

    def kernel(initializer):
        d.model("input(30)", f"dense(20, kernel_initializer={initializer})")
        return d.read("dense/kernel")

    for slope in (0, 0.2, -0.3, 1):
        for name in ("he_uniform", "he_normal"):
            want = kernel(say(name, seed=5)) / np.sqrt(1 + slope ** 2)
            c.same(f"{name}({slope})", kernel(say(name, seed=5, negative_slope=slope)), want)
    for function, told in activations.CASES:
        if "axis" in told:
            continue
        gain = 1 / np.sqrt(mean_square(function, **told))
        for setting in (dict(seed=5), dict(seed=6, scale=3.0, mode="fan_avg", distribution="uniform")):
            spec = say(function.__name__, **told)
            want = kernel(say("variance_scaling", **setting)) * gain
            c.same(f"variance_scaling(activation={spec}, ...)", kernel(say("variance_scaling", **setting, activation=spec)), want,
                   allowed=1e-3 if function.__name__ in JUMPS or "threshold" in told else None)
    c.finish()


if __name__ == "__main__":
    main()
