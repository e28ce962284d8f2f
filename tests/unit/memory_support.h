/* What tests of memory that fails share: pieces of work in a runtime whose k-th allocation gets
 * nothing, and what must hold then. */
#ifndef PLM_TESTS_UNIT_MEMORY_SUPPORT_H
#define PLM_TESTS_UNIT_MEMORY_SUPPORT_H

#include <stdbool.h>
#include <stdlib.h>

#include "base/runtime.h"
#include "data_support.h"
#include "guarded.h"

enum { LINE = 64 };
#ifdef __SANITIZE_ADDRESS__
enum { STEP = 3 }; /* each run takes ten times as long; the release fails in every place */
#else
enum { STEP = 1 };
#endif

/* What the allocator counts. Threads may call it at once. */
typedef struct {
    long calls, blocks;
    long fail;    /* this call gets nothing; 0 = none */
    bool lasting; /* nor do those after it */
} ledger;

static inline void *allocate(void *user, void *old, size_t bytes, size_t align)
{
    ledger *l = user;
    if (bytes == 0) {
        (void)__atomic_sub_fetch(&l->blocks, 1, __ATOMIC_SEQ_CST);
        guarded_give(old);
        return NULL;
    }
    const long call = __atomic_add_fetch(&l->calls, 1, __ATOMIC_SEQ_CST);
    if (l->fail > 0 && (call == l->fail || (l->lasting && call > l->fail)))
        return NULL;
    void *block = guarded_take((bytes + LINE - 1) / LINE * LINE, align);
    (void)__atomic_add_fetch(&l->blocks, 1, __ATOMIC_SEQ_CST);
    return block;
}

/* ---- results, held against those without a fault ---- */

/* A digest of what a piece of work gave; tests may have variables. */
static uint64_t given, unharmed_given;
static bool known; /* what is right */

static inline void note(const void *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        given = (given ^ ((const unsigned char *)bytes)[i]) * 1099511628211u;
}

/* The runtime of the piece of work, and how many of its errors were returned: an error that is
 * recorded while the call succeeds is one whose status was ignored. */
static plm *at_work;
static uint64_t returned;

/* A call that found no memory is made once more on the same objects, which must be as they were.
 * With a single fault the second one succeeds, and the results are those without a fault. */
#define AGAIN(call)                                                                                \
    do {                                                                                           \
        status = (call);                                                                           \
        if (status == PLM_E_MEMORY) {                                                              \
            returned = at_work->errors;                                                            \
            status = (call);                                                                       \
        }                                                                                          \
    } while (0)

/* A piece of work on an open runtime. */
typedef plm_status work(plm *w);

static inline plm_status status_of(const plm *w, const void *made)
{
    return made != NULL ? PLM_OK : plm_last_error(w)->status;
}

static inline void check_given(plm_status status, const ledger *l)
{
    if (status >= 0 && known && given != unharmed_given)
        fail_msg("allocation %ld%s: success, with other results than without the fault", l->fail,
                 l->lasting ? " and all later ones" : "");
    if (status >= 0 && at_work->errors != returned)
        fail_msg("allocation %ld: success, but for an error that nobody returned: %s: %s", l->fail,
                 at_work->error.where, at_work->error.what);
}

/* Of the runtime; a test may want one thread, which is quicker. */
static int threads_at_work = 2;

/* Each object of an arena is an allocation, which can fail; a test may want it. */
static bool lone_objects_at_work;

/* Runs the work in a runtime whose k-th allocation fails; returns whether all k were reached. */
static inline bool run(work *body, ledger *l)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = threads_at_work, .seed = 3, .allocate = allocate,
                                  .user = l, .unpinned = true));
    if (w != NULL) {
        given = 14695981039346656037u;
        at_work = w;
        returned = w->errors;
        w->lone_objects = lone_objects_at_work;
        const plm_status status = body(w);
        check_given(status, l);
        const plm_error *e = plm_last_error(w);
        if (status < 0 &&
            (status != PLM_E_MEMORY || e->status != PLM_E_MEMORY || e->what[0] == '\0'))
            fail_msg("allocation %ld: status %d, error %d: %s: %s", l->fail, status, e->status,
                     e->where, e->what);
        if (status < 0 && l->calls < l->fail)
            fail_msg("out of memory, though no allocation failed: %s: %s", e->where, e->what);
    }
    plm_close(w);
    if (l->blocks != 0)
        fail_msg("allocation %ld%s: %ld blocks are left", l->fail,
                 l->lasting ? " and all later ones" : "", l->blocks);
    return l->calls >= l->fail;
}

/* One allocation after another fails, from the first-th on; lasting: and all that follow it. */
static inline void survives_each(work *body, long first, bool lasting)
{
    bool reached = true;
    for (long k = first; reached; k += STEP) {
        ledger l = {.fail = k, .lasting = lasting};
        reached = run(body, &l);
        assert_true(k < 20000);
    }
}

/* The results without a fault; returns how many allocations there are. */
static inline long learn(work *body)
{
    ledger unharmed = {0};
    known = false;
    assert_true(run(body, &unharmed));
    unharmed_given = given;
    known = true;
    return unharmed.calls;
}

static inline void survives(work *body)
{
    (void)learn(body);
    survives_each(body, 1, false);
    survives_each(body, 1, true);
}

/* The same, and each object of an arena may fail. For longer work: only every each-th allocation.
 */
static inline void survives_objects(work *body, long each)
{
    lone_objects_at_work = true;
    const long calls = learn(body);
    for (long k = 1; k <= calls; k += each * STEP) {
        ledger l = {.fail = k};
        (void)run(body, &l);
    }
    lone_objects_at_work = false;
}

#endif
