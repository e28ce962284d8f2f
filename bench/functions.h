/* For bench/kernels: kernels that are functions of numbers or rows in the first cache, each beside
 * its limit, on each instruction set in turn. Include after defining _POSIX_C_SOURCE. */
#ifndef BENCH_FUNCTIONS_H
#define BENCH_FUNCTIONS_H

#include "turns.h"

typedef struct place place;
typedef void job(const place *p);

struct place {
    const plm_kernels *k;
    float *x, *y, *z;
    job *run;
    size_t width, stride; /* of a row, and padded to 16 */
    int activation;
};

static const float settings[4] = {1, 6, 0, 0};

static void job_copy(const place *p)
{
    memcpy(p->y, p->x, NUMBERS * sizeof *p->x);
    __asm__ volatile("" ::: "memory");
}
static void job_log(const place *p)
{
    p->k->log(p->y, p->x, NUMBERS);
}
static void job_tanh(const place *p)
{
    p->k->tanh(p->y, p->x, NUMBERS);
}
static void job_softplus(const place *p)
{
    p->k->softplus(p->y, p->x, NUMBERS);
}
static void job_binary_logits(const place *p)
{
    const float scale[3] = {1, 0, 1};
    p->k->binary_logits(p->y, p->x, p->z, NUMBERS, scale);
}
static void job_add(const place *p)
{
    p->k->add(p->y, p->x, p->z, NUMBERS);
}
static void job_sum(const place *p)
{
    p->k->sum(p->x, NUMBERS);
}
static void job_sum_squares(const place *p)
{
    p->k->sum_squares(p->x, NUMBERS);
}
static void job_forward(const place *p)
{
    p->k->activation[p->activation].forward(p->y, p->x, NUMBERS, settings);
}
static void job_backward(const place *p)
{
    p->k->activation[p->activation].backward(p->y, p->z, p->x, NUMBERS, settings);
}
static void job_softmax(const place *p)
{
    p->k->softmax(p->y, p->x, NUMBERS / p->stride, p->width, p->stride, p->stride, NULL);
}
static void job_softmax_backward(const place *p)
{
    p->k->softmax_backward(p->y, p->x, p->z, NUMBERS / p->stride, p->width, p->stride);
}
static void job_log_softmax(const place *p)
{
    p->k->log_softmax(p->y, p->x, NUMBERS / p->stride, p->width, p->stride, p->stride);
}
static void job_log_softmax_backward(const place *p)
{
    p->k->log_softmax_backward(p->y, p->x, p->z, NUMBERS / p->stride, p->width, p->stride);
}
static void job_column_sum(const place *p)
{
    p->k->column_sum(p->y, p->x, NUMBERS / 112, 112, 112);
}
static void job_column_deviation(const place *p)
{
    p->k->column_deviation(p->y, p->x, p->z, NUMBERS / 112, 112, 112);
}
static void job_scale_columns(const place *p)
{
    p->k->scale_columns(p->y, p->x, p->z, p->z, NUMBERS / 112, 112, 112, 112);
}
static void job_transpose(const place *p)
{
    for (size_t i = 0; i + 256 <= NUMBERS; i += 256)
        p->k->transpose16(p->y + i, 16, p->x + i, 16);
}

static void run_job(const void *what, int part, int parts)
{
    const place *p = what;
    (void)part, (void)parts;
    p->run(p);
}

/* One function on each instruction set in turn, and beside it its limit: copying, or only
 * reading where nothing is written for a number. */
static void job_turns(const options *o, place *p, const char *name, job *run, job *limit)
{
    static double rate[ISA_MOST][ROUNDS_MOST], share[ISA_MOST][ROUNDS_MOST];
    const double count = p->width ? (double)(NUMBERS / p->stride * p->width) : NUMBERS;
    char shape[32];
    snprintf(shape, sizeof shape, p->width ? "rows of %zu" : "%zu",
             p->width ? p->width : (size_t)NUMBERS);
    p->k = o->isa[0];
    p->run = limit;
    const size_t copies = calls_of(run_job, p);
    p->run = run;
    const size_t calls = calls_of(run_job, p);
    for (int r = 0; r < o->rounds; r++)
        for (int i = 0; i < o->isas; i++) {
            p->k = o->isa[i];
            p->run = limit;
            const double most = NUMBERS / time_of(NULL, run_job, p, copies);
            p->run = run;
            run(p);
            const double done = count / time_of(NULL, run_job, p, calls);
            rate[i][r] = 1e-9 * done;
            share[i][r] = done / most;
        }
    for (int i = 0; i < o->isas; i++) {
        const figures f = {name, shape,     o->isa[i]->isa, "numbers/ns",
                           1,    o->rounds, rate[i],        share[i]};
        report(o, &f);
    }
}

static const struct {
    const char *name;
    job *run;
    size_t width;
    job *limit;
} functions[] = {{"log", job_log, 0, job_copy},
                 {"tanh", job_tanh, 0, job_copy},
                 {"softplus", job_softplus, 0, job_copy},
                 {"binary_logits", job_binary_logits, 0, job_copy},
                 {"softmax", job_softmax, 10, job_copy},
                 {"softmax", job_softmax, 100, job_copy},
                 {"softmax", job_softmax, 1000, job_copy},
                 {"softmax_backward", job_softmax_backward, 10, job_copy},
                 {"softmax_backward", job_softmax_backward, 1000, job_copy},
                 {"log_softmax", job_log_softmax, 10, job_copy},
                 {"log_softmax", job_log_softmax, 1000, job_copy},
                 {"log_softmax_backward", job_log_softmax_backward, 10, job_copy},
                 {"log_softmax_backward", job_log_softmax_backward, 1000, job_copy},
                 {"add", job_add, 0, job_copy},
                 {"sum", job_sum, 0, job_column_sum},
                 {"sum_squares", job_sum_squares, 0, job_column_sum},
                 {"column_sum", job_column_sum, 0, job_column_sum},
                 {"column_deviation", job_column_deviation, 0, job_column_sum},
                 {"scale_columns", job_scale_columns, 0, job_copy},
                 {"transpose16", job_transpose, 0, job_copy}};

static void functions_bench(const options *o)
{
    place p = {.x = numbers(NUMBERS), .y = numbers(NUMBERS), .z = numbers(NUMBERS)};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        p.width = functions[i].width;
        p.stride = p.width ? (p.width + 15) / 16 * 16 : 0;
        if (p.width == 1000)
            p.stride = 1000;
        if (wanted(o, functions[i].name))
            job_turns(o, &p, functions[i].name, functions[i].run, functions[i].limit);
    }
    static const char *const names[] = {
#define NAME(name, reads) #name,
        PLM_ACTIVATIONS(NAME)
#undef NAME
    };
    p.width = 0;
    for (p.activation = 0; p.activation < PLM_ACTIVATION_COUNT; p.activation++) {
        char name[64];
        snprintf(name, sizeof name, "%s_forward", names[p.activation]);
        if (wanted(o, name))
            job_turns(o, &p, name, job_forward, job_copy);
        snprintf(name, sizeof name, "%s_backward", names[p.activation]);
        if (wanted(o, name))
            job_turns(o, &p, name, job_backward, job_copy);
    }
    free(p.x), free(p.y), free(p.z);
}

#endif
