/* Student's t distribution by the incomplete beta function, which a continued fraction gives
 * (Abramowitz and Stegun, Handbook of mathematical functions, 1964, 26.5.8 and 26.7.1). */
#include "doctor/student.h"

#include <math.h>

/* Returns gamma(a + 1/2) / gamma(a): by the series for large a, to which a recurrence leads. */
static double gamma_ratio(double a)
{
    double factor = 1;
    for (; a < 30; a++)
        factor *= a / (a + 0.5);
    const double x = 1 / a;
    return factor * sqrt(a) *
           (1 + x * (-1.0 / 8 + x * (1.0 / 128 + x * (5.0 / 1024 - x * 21.0 / 32768))));
}

/* Returns a number that is not too close to 0 to divide by it. */
static double not_zero(double x)
{
    return fabs(x) < 1e-300 ? 1e-300 : x;
}

/* Returns the continued fraction of the incomplete beta function with the parameters a and b, by
 * the method of Lentz. x: below (a + 1) / (a + b + 2), where it converges fast. */
static double fraction(double a, double b, double x)
{
    enum { TERMS = 300 };
    double c = 1, d = 1 / not_zero(1 - (a + b) * x / (a + 1)), value = d, step = 0;
    for (int i = 1; i < TERMS && fabs(step - 1) > 1e-13; i++) {
        const double even = i * (b - i) * x / ((a + 2 * i - 1) * (a + 2 * i)),
                     odd = -(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1));
        d = 1 / not_zero(1 + even * d);
        c = not_zero(1 + even / c);
        value *= c * d;
        d = 1 / not_zero(1 + odd * d);
        c = not_zero(1 + odd / c);
        step = c * d;
        value *= step;
    }
    return value;
}

double plm_student_above(double t, double freedom)
{
    const double a = freedom / 2, x = freedom / (freedom + t * t), rest = t * t / (freedom + t * t);
    /* x^a (1 - x)^(1/2) / beta(a, 1/2); gamma(1/2) is the root of pi */
    const double front =
        exp(a * log(x) + 0.5 * log(rest)) * gamma_ratio(a) / sqrt(3.14159265358979323846);
    if (!(t > 0))
        return t < 0 ? 1 - plm_student_above(-t, freedom) : 0.5;
    const double both = x < (a + 1) / (a + 2.5) ? front * fraction(a, 0.5, x) / a
                                                : 1 - front * fraction(0.5, a, rest) / 0.5;
    return both / 2;
}

double plm_student_positive(double mean, double square, double freedom)
{
    if (!(square > 0))
        return mean > 0 ? 0 : 1;
    return plm_student_above(mean / sqrt(square), freedom);
}

double plm_welch_above(const double mean[2], const double square[2], const double rows[2])
{
    const double both = square[0] + square[1], freedom = both * both /
                                                         (square[0] * square[0] / (rows[0] - 1) +
                                                          square[1] * square[1] / (rows[1] - 1));
    return plm_student_positive(mean[0] - mean[1], both, freedom);
}
