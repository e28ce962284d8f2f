/* Measures whether the nearest rows of a row have its class, and whether the numbers of the classes
 * have an order. */
#include <math.h>
#include <string.h>

#include "doctor/near_rows.h"

/* True if two numbers are the same class. */
static bool same(float a, float b)
{
    return !(a < b) && !(a > b);
}

/* True if row i has the class of most of its neighbours; if two classes are equally frequent, the
 * class of the nearest row. */
static bool is_hit(const plm_near_rows *r, int64_t i)
{
    const int64_t *at = r->nearest + i * PLM_NEAREST;
    int most = 0, votes = 0;
    for (int k = 0; k < PLM_NEAREST; k++) {
        int own = 0;
        for (int j = 0; j < PLM_NEAREST; j++)
            own += same(r->y[at[j]], r->y[at[k]]);
        most = own > votes ? k : most;
        votes = own > votes ? own : votes;
    }
    return same(r->y[at[most]], r->y[i]);
}

/* Sets share[PLM_DOCTOR_CLASSES] to the share of each class among the rows. */
static void share_classes(const plm_near_rows *r, double *share)
{
    memset(share, 0, PLM_DOCTOR_CLASSES * sizeof *share);
    for (int64_t i = 0; i < r->rows; i++)
        share[(int64_t)r->y[i]] += 1 / (double)r->rows;
}

/* Measures the agreement of classes: how much more often neighbours have the same class than two
 * random rows. share: of each class. */
static void compare_classes(const plm_near_rows *r, const double *share, plm_neighbours *out)
{
    double hits = 0, agree = 0, chance = 0;
    const double n = (double)r->rows;
    for (int64_t i = 0; i < r->rows; i++) {
        hits += is_hit(r, i);
        for (int k = 0; k < PLM_NEAREST; k++)
            agree += same(r->y[r->nearest[i * PLM_NEAREST + k]], r->y[i]);
    }
    for (int k = 0; k < PLM_DOCTOR_CLASSES; k++)
        chance += share[k] > 0 ? share[k] * (share[k] * n - 1) / (n - 1) : 0;
    const double error = sqrt(fmax(chance * (1 - chance), 1e-9) / (n * PLM_NEAREST));
    out->hits = hits / n;
    out->beyond = (agree / (n * PLM_NEAREST) - chance) / error;
    out->most = (1 - chance) / error;
}

/* Counts the rows whose neighbours are all of one class, and how many of these rows have another
 * class. share: of each class. */
static void compare_sure(const plm_near_rows *r, const double *share, plm_neighbours *out)
{
    double sure = 0, wrong = 0, chance = 0;
    const double n = (double)r->rows;
    for (int64_t i = 0; i < r->rows; i++) {
        const int64_t *at = r->nearest + i * PLM_NEAREST;
        double agree = 0;
        for (int k = 0; k < PLM_NEAREST; k++)
            agree += same(r->y[at[k]], r->y[at[0]]);
        sure += agree >= PLM_NEAREST;
        wrong += agree >= PLM_NEAREST && !same(r->y[at[0]], r->y[i]);
    }
    for (int k = 0; k < PLM_DOCTOR_CLASSES; k++)
        chance += pow(share[k], PLM_NEAREST);
    out->sure = sure / n;
    out->sure_chance = chance;
    out->wrong = sure > 0 ? wrong / sure : 0;
}

/* Returns the mean difference of the class numbers of two random rows with different classes; NaN =
 * there is only one class. share: of each class. */
static double differ_random(const double *share)
{
    double any = 0, anys = 0, below = 0, sum = 0;
    for (int k = 0; k < PLM_DOCTOR_CLASSES; k++) {
        any += share[k] * (k * below - sum);
        anys += share[k] * below;
        below += share[k];
        sum += k * share[k];
    }
    return anys > 0 ? any / anys : (double)NAN;
}

/* Measures how much the class numbers of neighbouring rows differ, see plm_neighbours.apart. If the
 * numbers have an order, such as grades, those of neighbouring rows mostly differ by 1. share: of
 * each class. */
static double measure_apart(const plm_near_rows *r, const double *share)
{
    enum { PAIRS = 50 };
    double near = 0, nears = 0;
    for (int64_t i = 0; i < r->rows; i++) {
        for (int k = 0; k < PLM_NEAREST; k++) {
            const double d = fabs((double)(r->y[r->nearest[i * PLM_NEAREST + k]] - r->y[i]));
            near += d;
            nears += d > 0;
        }
    }
    return nears < PAIRS ? (double)NAN : near / nears / differ_random(share);
}

/* Compares two ways to predict a class from neighbours that differ: the class of most of them, and
 * the rounded mean of their numbers. See plm_neighbours.named. */
static void measure_names(const plm_near_rows *r, plm_neighbours *out)
{
    double better = 0, worse = 0;
    for (int64_t i = 0; i < r->rows; i++) {
        const int64_t *at = r->nearest + i * PLM_NEAREST;
        double mean = 0;
        int equal = 0;
        for (int k = 0; k < PLM_NEAREST; k++) {
            mean += (double)r->y[at[k]] / PLM_NEAREST;
            equal += same(r->y[at[k]], r->y[at[0]]);
        }
        if (equal == PLM_NEAREST)
            continue;
        const bool most = is_hit(r, i), round = fabs(mean - (double)r->y[i]) < 0.5;
        better += most && !round;
        worse += round && !most;
        out->mixed++;
    }
    const double count = fmax((double)out->mixed, 1);
    out->named = (better - worse) / count;
    out->named_error = sqrt(better + worse) / count;
}

/* Measures the agreement of classes, and of their numbers. */
void plm_near_classes(const plm_near_rows *r, int classes, plm_neighbours *out)
{
    double share[PLM_DOCTOR_CLASSES];
    share_classes(r, share);
    compare_classes(r, share, out);
    compare_sure(r, share, out);
    measure_names(r, out);
    out->apart = classes > 2 ? measure_apart(r, share) : (double)NAN;
}
