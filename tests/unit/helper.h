/* What unit tests of base/ share: a runtime built by hand, whose memory is counted and can be
 * made to run out. */
#ifndef PLM_TESTS_UNIT_HELPER_H
#define PLM_TESTS_UNIT_HELPER_H

#include "base/runtime.h"
#include "guarded.h"

typedef struct {
    plm w;
    long live;  /* blocks not given back */
    long taken; /* blocks taken so far */
    long fail;  /* this one and all later ones fail; 0 = none */
} helper;

static inline void *helper_allocate(void *user, void *old, size_t bytes, size_t align)
{
    helper *h = user;
    if (bytes == 0) {
        guarded_give(old);
        h->live--;
        return NULL;
    }
    h->taken++;
    if (h->fail > 0 && h->taken >= h->fail)
        return NULL;
    h->live++;
    return guarded_take(bytes, align);
}

static inline void helper_open(helper *h)
{
    memset(h, 0, sizeof(*h));
    h->w.options.allocate = helper_allocate;
    h->w.options.user = h;
    h->w.error = (plm_error){.what = h->w.what, .where = h->w.where, .hint = h->w.hint};
}

/* Nothing may be left. */
static inline void helper_close(helper *h)
{
    assert_int_equal(h->live, 0);
}

/* The recorded error holds these pieces; NULL = not looked at. */
static inline void assert_error(const plm *w, plm_status status, const char *what, const char *hint)
{
    if (w->error.status != status || (what && !strstr(w->error.what, what)) ||
        (hint && !strstr(w->error.hint, hint)))
        fail_msg("the error is %d '%s', hint '%s'; expected %d '%s', hint '%s'", w->error.status,
                 w->error.what, w->error.hint, status, what ? what : "*", hint ? hint : "*");
}

/* Repeats a piece of work with the 1st, 2nd, ... block of memory failing, until it goes well:
 * every failure must be E_MEMORY and leave nothing behind. */
static inline void assert_survives_failed_memory(plm_status (*work)(plm *w))
{
    for (long k = 1;; k++) {
        helper h;
        helper_open(&h);
        h.fail = k;
        const plm_status status = work(&h.w);
        assert_int_equal(h.live, 0);
        if (status >= 0 && h.taken < k)
            return;
        assert_int_equal(status, PLM_E_MEMORY);
        assert_int_equal(h.w.error.status, PLM_E_MEMORY);
        assert_true(k < 10000);
    }
}

#endif
