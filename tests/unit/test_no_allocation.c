/* A training step allocates nothing: after the first two batches, 100 more call neither the
 * runtime's allocator nor, where that can be seen (glibc, no sanitizer), malloc and its kin. */
#include <stdlib.h>

#include "graph/plan_parts.h"
#include "guarded.h"
#include "model/model.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SANITIZED
#endif
#endif

/* How often libc was asked for memory, by any thread; negative = it cannot be seen. */
#if defined(__GLIBC__) && !defined(SANITIZED)
static long libc_calls;

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t bytes);
void *__libc_memalign(size_t align, size_t bytes);

static void count_call(void)
{
    (void)__atomic_add_fetch(&libc_calls, 1, __ATOMIC_SEQ_CST);
}

void *malloc(size_t bytes)
{
    count_call();
    return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t size)
{
    count_call();
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t bytes)
{
    count_call();
    return __libc_realloc(old, bytes);
}

void *aligned_alloc(size_t align, size_t bytes)
{
    count_call();
    return __libc_memalign(align, bytes);
}
#else
static const long libc_calls = -1;
#endif

enum { ROWS = 32, WIDTH = 64, STEPS = 100 };

typedef struct {
    long calls;
} counter;

typedef struct {
    const char *optimizer, *loss;
    const char *layer[10];
} net;

static const net nets[] = {
    {"adam",
     "sparse_categorical_crossentropy",
     {"input(64)", "dense(300, activation=elu)", "dense(100, activation=gelu)",
      "dense(10, activation=softmax)"}},
    {"sgd(exponential_decay(0.01, 10, 0.9), momentum=0.9, nesterov=true)",
     "sparse_categorical_crossentropy",
     {"input(64)", "dense(300)", "batch_normalization", "random_leaky_relu", "dropout(0.2)",
      "dense(10)", "softmax"}},
    {"adamw(global_clipnorm=1, use_ema=true, gradient_accumulation_steps=2)",
     "sparse_categorical_crossentropy",
     {"input(64)", "dense(120, kernel_regularizer=l2(0.001), kernel_constraint=max_norm)", "prelu",
      "layer_normalization", "dense(10, activation=softmax)"}},
};

static void *counted(void *user, void *old, size_t bytes, size_t align)
{
    counter *c = user;
    if (bytes == 0) {
        guarded_give(old);
        return NULL;
    }
    (void)__atomic_add_fetch(&c->calls, 1, __ATOMIC_SEQ_CST);
    return guarded_take((bytes + GUARD - 1) / GUARD * GUARD, align);
}

static plm *open_counted(counter *c, int threads)
{
    c->calls = 0;
    plm *w = plm_open(PLM_OPTIONS(.threads = threads, .seed = 5, .allocate = counted, .user = c,
                                  .unpinned = true));
    assert_non_null(w);
    return w;
}

/* Every reading is 6 ms later than the one before: the number of threads changes every few runs. */
static int64_t slow_clock(void)
{
    static int64_t now;
    return now += 6000000;
}

static void learns_without_memory(const net *n, int threads)
{
    static float x[ROWS * WIDTH], y[ROWS];
    counter memory;
    plm_log logs[4];
    for (int i = 0; i < ROWS * WIDTH; i++)
        x[i] = (float)(i * 31 % 101) / 50.0f - 1.0f;
    for (int i = 0; i < ROWS; i++)
        y[i] = (float)(i % 10);
    plm *w = open_counted(&memory, threads);
    plm_model *m = plm_model_new(w);
    for (const char *const *layer = n->layer; *layer != NULL; layer++)
        plm_add(m, "%s", *layer);
    if (plm_compile(m, n->optimizer, n->loss, "accuracy") < 0)
        fail_msg("%s: %s", plm_last_error(w)->where, plm_last_error(w)->what);
    const plm_batch b = {.rows = ROWS,
                         .inputs = 1,
                         .targets = 1,
                         .input = {{.data = x, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, WIDTH}}},
                         .target = {{.data = y, .dtype = PLM_F32, .rank = 1, .dims = {ROWS}}}};
    for (int i = 0; i < 2; i++)
        assert_int_equal(plm_train_batch(m, &b, logs, 4), PLM_OK);
    m->plan[PLM_PLAN_TRAIN]->clock = slow_clock;
    const long ours = memory.calls, libc = libc_calls;
    for (int i = 0; i < STEPS; i++) {
        plm_batch smaller = b; /* smaller batches are no special case */
        smaller.rows = ROWS - i % 5;
        smaller.input[0].dims[0] = smaller.target[0].dims[0] = smaller.rows;
        if (plm_train_batch(m, &smaller, logs, 4) != PLM_OK)
            fail_msg("%s: %s", plm_last_error(w)->where, plm_last_error(w)->what);
    }
    const long ours_after = memory.calls, libc_after = libc_calls;
    assert_int_equal(ours_after, ours);
    assert_int_equal(libc_after, libc);
    plm_model_free(m);
    plm_close(w);
}

static void a_step_allocates_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++)
        for (int threads = 1; threads <= 4; threads *= 2)
            learns_without_memory(&nets[i], threads);
}

/* The counters would see an allocation. */
static void an_allocation_is_seen(void **state)
{
    counter memory;
    plm *w = open_counted(&memory, 1);
    const long ours = memory.calls, libc = libc_calls;
    (void)state;
    plm_model_free(plm_model_new(w));
    assert_true(memory.calls > ours);
    assert_true(libc_calls < 0 || libc_calls > libc);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_allocates_nothing),
        cmocka_unit_test(an_allocation_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
