/* Measures whether the nearest rows of a row have its class, and whether the numbers of the classes
 * have an order. */
#include <math.h>
#include <stdlib.h>
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

/* Returns the share of the most frequent class around row i. Sets *wrong: the row has another
 * class. rows: [PLM_DOCTOR_CLASSES] zeros; they are zeros again afterwards. */
static float purity_of(const plm_near_rows *r, int64_t i, int *rows, bool *wrong)
{
    int64_t list[PLM_NEAREST * (PLM_NEAREST + 1)];
    const int count = plm_near_around(r, i, list);
    int votes = 0, most = 0;
    for (int k = 0; k < count; k++)
        rows[(int64_t)r->y[list[k]]]++;
    for (int k = 0; k < count; k++) {
        const int own = rows[(int64_t)r->y[list[k]]];
        most = own > votes ? k : most;
        votes = own > votes ? own : votes;
    }
    for (int k = 0; k < count; k++)
        rows[(int64_t)r->y[list[k]]] = 0;
    *wrong = !same(r->y[list[most]], r->y[i]);
    return (float)votes / (float)count;
}

/* Compares two numbers, for qsort: the larger one first. */
static int falling(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

/* Measures how pure the surroundings of the rows are that have another class, see
 * plm_neighbours.deep. Where classes overlap, the purest third of the rows has few of them; labels
 * that were changed at random are everywhere. */
static void compare_deep(const plm_near_rows *r, plm_neighbours *out)
{
    float *purity = r->distance, *sorted = purity + r->rows, *wrong = sorted + r->rows;
    double all = 0, top = 0, tops = 0;
    int rows[PLM_DOCTOR_CLASSES] = {0};
    for (int64_t i = 0; i < r->rows; i++) {
        bool is_wrong = false;
        purity[i] = sorted[i] = purity_of(r, i, rows, &is_wrong);
        wrong[i] = is_wrong;
        all += is_wrong;
    }
    qsort(sorted, (size_t)r->rows, sizeof *sorted, falling);
    const float limit = sorted[r->rows / 3];
    for (int64_t i = 0; i < r->rows; i++) {
        top += purity[i] >= limit ? (double)wrong[i] : 0;
        tops += purity[i] >= limit;
    }
    out->deep = all > 0 ? top / tops / (all / (double)r->rows) : (double)NAN;
}

/* Looks at the neighbours of one row that are not of the class that at least 3 of them have: see
 * plm_neighbours.pairs. share: of each class. */
static void look_astray(const plm_near_rows *r, int64_t i, const double *share, plm_neighbours *out)
{
    const int64_t *at = r->nearest + i * PLM_NEAREST;
    float other[PLM_NEAREST];
    int most = -1, others = 0;
    for (int k = 0; k < PLM_NEAREST; k++) {
        int own = 0;
        for (int j = 0; j < PLM_NEAREST; j++)
            own += same(r->y[at[j]], r->y[at[k]]);
        most = own >= 3 ? k : most;
    }
    if (most < 0)
        return;
    const float class = r->y[at[most]];
    for (int k = 0; k < PLM_NEAREST; k++)
        if (!same(r->y[at[k]], class))
            other[others++] = r->y[at[k]];
    out->most_of++;
    out->astray += !same(class, r->y[i]);
    if (others != 2)
        return;
    const double rest = 1 - share[(int)class];
    out->pairs++;
    out->pairs_equal += same(other[0], other[1]);
    for (int k = 0; k < PLM_DOCTOR_CLASSES && rest > 0; k++)
        out->pairs_chance += k != (int)class ? share[k] / rest * (share[k] / rest) : 0;
}

/* Measures how the labels of rows differ from those of most of their neighbours. */
static void compare_astray(const plm_near_rows *r, const double *share, plm_neighbours *out)
{
    for (int64_t i = 0; i < r->rows; i++)
        look_astray(r, i, share, out);
    out->astray /= fmax(out->most_of, 1);
    out->most_of /= (double)r->rows;
    out->pairs_equal /= fmax((double)out->pairs, 1);
    out->pairs_chance /= fmax((double)out->pairs, 1);
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
    compare_astray(r, share, out);
    compare_deep(r, out);
    measure_names(r, out);
    plm_near_flipped(r, classes, out);
    out->apart = classes > 2 ? measure_apart(r, share) : (double)NAN;
}
