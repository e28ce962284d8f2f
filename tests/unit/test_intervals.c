/* Intervals of figures against samples that are drawn and summed one at a time: the same bits, on
 * any instruction set and any number of threads. */
#include "helper.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assess/assess.h"
#include "base/random.h"

/* Compares two numbers for qsort. */
static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Checks an interval against the figure of every sample. Samples without the figure do not
 * count. */
static void check_interval(const plm_interval *is, double *of_sample, int times)
{
    static const double share[2] = {0.025, 0.975};
    double end[2];
    int count = 0;
    for (int i = 0; i < times; i++)
        if (!isnan(of_sample[i]))
            of_sample[count++] = of_sample[i];
    qsort(of_sample, (size_t)count, sizeof *of_sample, by_size);
    for (int k = 0; k < 2; k++) {
        const double at = share[k] * (count - 1), rest = at - floor(at);
        const int low = (int)at;
        end[k] = low + 1 < count ? of_sample[low] * (1 - rest) + of_sample[low + 1] * rest
                                 : of_sample[low];
    }
    if (is->low < end[0] || is->low > end[0] || is->high < end[1] || is->high > end[1])
        fail_msg("%.17g to %.17g, not %.17g to %.17g", is->low, is->high, end[0], end[1]);
}

/* Draws a sample row by row. */
static void draw(int sample, int rows, int *count)
{
    plm_random r = plm_random_open(7, PLM_RANDOM_BOOTSTRAP, (uint32_t)sample, 0);
    memset(count, 0, (size_t)rows * sizeof *count);
    for (int i = 0; i < rows; i++)
        count[plm_random_below(&r, (uint64_t)rows)]++;
}

enum { TIMES = 21, LARGE = 300007 };

/* Sums one sample of numbers: out = rmse, mae, r2. */
static void sum_numbers(const plm_predicted_target *t, int rows, const int *count, double out[3])
{
    double square = 0, size = 0, mean = 0, around = 0, n = 0;
    for (int i = 0; i < rows; i++) {
        const double c = count[i], error = t->guess[i] - t->wanted[i], step = t->wanted[i] - mean;
        if (count[i] == 0)
            continue;
        square += c * error * error;
        size += c * fabs(error);
        mean += step * c / (n + c);
        around += c * step * step * n / (n + c);
        n += c;
    }
    out[0] = sqrt(square / n);
    out[1] = size / n;
    out[2] = around > 0 ? 1 - square / around : (double)NAN;
}

/* Rows with known errors; one of few rows is NaN. Many rows make the generator reject draws. */
static void check_numbers(int rows, int times, int threads, const char *isa)
{
    static double wanted[LARGE], guess[LARGE];
    static int count[LARGE];
    static const char *const name[3] = {"rmse", "mae", "r2"};
    double of[3][TIMES], sum[3];
    plm *w = plm_open(PLM_OPTIONS(.threads = threads, .unpinned = true, .isa = isa));
    plm_arena a = {.w = w};
    plm_predicted p = {.w = w, .rows = rows, .targets = 1};
    p.target[0] = (plm_predicted_target){.name = "y", .guess = guess, .wanted = wanted};
    for (int i = 0; i < rows; i++) {
        wanted[i] = i * 37 % 101 / 8.0;
        guess[i] = i == 3 && rows < 10 ? (double)NAN : wanted[i] + (i * 53 % 97 - 48) / 64.0;
    }
    for (int k = 0; k < times; k++) {
        draw(k, rows, count);
        sum_numbers(&p.target[0], rows, count, sum);
        for (int i = 0; i < 3; i++)
            of[i][k] = sum[i];
    }
    plm_assessment s;
    assert_int_equal(plm_assess(&p, 0, 7, times, &a, &s), PLM_OK);
    for (int i = 0; i < 3; i++)
        check_interval(&plm_assessment_figure(&s, name[i])->is, of[i], times);
    plm_arena_free(&a);
    plm_close(w);
}

static void test_intervals_of_numbers(void **state)
{
    (void)state;
    check_numbers(1, 5, 1, NULL);
    check_numbers(8, TIMES, 1, NULL);
    for (int i = 0; plm_isa_available(i); i++)
        check_numbers(1000, TIMES, 1, plm_isa_available(i));
    check_numbers(1000, TIMES, 3, NULL);
    check_numbers(1000, 16, 3, NULL);
    check_numbers(LARGE, 3, 2, NULL);
}

/* Probabilities with two decimals, so that many are equal. */
static void set_classes(plm_predicted *p, float *probability, int *truth)
{
    static const char *const label[] = {"no", "yes"};
    for (int i = 0; i < p->rows; i++) {
        truth[i] = i * 7 % 5 < 2;
        probability[2 * i + 1] = (float)(i * 31 % 100) / 100;
        probability[2 * i] = 1 - probability[2 * i + 1];
    }
    p->targets = 1;
    p->target[0] = (plm_predicted_target){
        .name = "", .classes = 2, .label = label, .probability = probability, .truth = truth};
}

/* The area under the ROC curve by all pairs of rows. */
static double area_of(const int *count, const float *probability, const int *truth, int rows)
{
    double won = 0, zeros = 0, ones = 0;
    for (int i = 0; i < rows; i++) {
        const float score = probability[2 * i + 1];
        *(truth[i] ? &ones : &zeros) += count[i];
        for (int k = 0; k < rows && truth[i]; k++)
            if (!truth[k])
                won += count[i] * count[k] *
                       (probability[2 * k + 1] < score   ? 1
                        : probability[2 * k + 1] > score ? 0
                                                         : 0.5);
    }
    return won / (ones * zeros);
}

/* Sums one sample of classes: out = accuracy, log loss, AUC, precision and recall of class 1. */
static void sum_classes(const plm_predicted_target *t, int rows, const int *count, double out[5])
{
    double right = 0, loss = 0, said = 0, is = 0, both = 0;
    for (int i = 0; i < rows; i++) {
        const float *p = t->probability + 2 * i;
        const int guess = p[1] > p[0];
        right += count[i] * (guess == t->truth[i]);
        loss += count[i] * plm_predicted_class_loss((double)p[t->truth[i]]);
        said += count[i] * guess;
        is += count[i] * t->truth[i];
        both += count[i] * guess * t->truth[i];
    }
    out[0] = right / rows;
    out[1] = loss / rows;
    out[2] = area_of(count, t->probability, t->truth, rows);
    out[3] = both / said;
    out[4] = both / is;
}

static void check_classes(int threads, const char *isa)
{
    enum { SOME = 300 };
    static const char *const name[3] = {"accuracy", "log_loss", "auc"};
    float probability[2 * SOME];
    int truth[SOME], count[SOME];
    double of[5][TIMES], sum[5];
    plm *w = plm_open(PLM_OPTIONS(.threads = threads, .unpinned = true, .isa = isa));
    plm_arena a = {.w = w};
    plm_predicted p = {.w = w, .rows = SOME};
    set_classes(&p, probability, truth);
    for (int k = 0; k < TIMES; k++) {
        draw(k, SOME, count);
        sum_classes(&p.target[0], SOME, count, sum);
        for (int i = 0; i < 5; i++)
            of[i][k] = sum[i];
    }
    plm_assessment s;
    assert_int_equal(plm_assess(&p, 0, 7, TIMES, &a, &s), PLM_OK);
    for (int i = 0; i < 3; i++)
        check_interval(&plm_assessment_figure(&s, name[i])->is, of[i], TIMES);
    check_interval(&s.of_class[1].precision, of[3], TIMES);
    check_interval(&s.of_class[1].recall, of[4], TIMES);
    plm_arena_free(&a);
    plm_close(w);
}

static void test_intervals_of_classes(void **state)
{
    (void)state;
    for (int i = 0; plm_isa_available(i); i++)
        check_classes(1, plm_isa_available(i));
    check_classes(3, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals_of_numbers),
        cmocka_unit_test(test_intervals_of_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
