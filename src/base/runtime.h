/* The runtime: everything that would otherwise be global. It owns the thread pool, the last
 * error and the families of kinds; it knows no mathematics. Also the error and memory rules of
 * the house. */
#ifndef PLM_BASE_RUNTIME_H
#define PLM_BASE_RUNTIME_H

#include "plummet.h"

struct plm_kind;
struct plm_kernels;
struct plm_pool;

/* A number of the engine: float is the product; the test build PLM_DOUBLE proves gradients in
 * double. */
#ifdef PLM_DOUBLE
typedef double plm_real;
#else
typedef float plm_real;
#endif

/* A family of kinds: "layer", "optimizer", ... kinds is ended by NULL. common: fields that all
 * of them have besides their own, said by key only; or NULL. */
typedef struct {
    const char *name;
    const char *help;
    const struct plm_kind *const *kinds;
    const struct plm_field *common;
    const struct plm_kind *const *words; /* stand for one of the kinds, by what they are used on;
                                          * to be described only; or NULL */
} plm_family;

enum {
    PLM_WHAT_ROOM = sizeof((plm_error_record *)0)->what,
    PLM_WHERE_ROOM = sizeof((plm_error_record *)0)->where,
    PLM_HINT_ROOM = sizeof((plm_error_record *)0)->hint
};

struct plm {
    plm_options options;
    plm_error error; /* points into the three buffers below */
    char what[PLM_WHAT_ROOM], where[PLM_WHERE_ROOM], hint[PLM_HINT_ROOM];
    plm_status fault; /* a fault of plm_open that every later call reports */
    struct plm_pool *pool;
    const struct plm_kernels *kernel;
    const plm_family *families; /* ended by name NULL */
    int users; /* the program, and every model and stream: the last one closes it */
    void (*close)(struct plm *w);
    /* whether weight gradients pack x into rows first (op/packing.c): 1 = yes, -1 = no,
     * 0 = not measured yet */
    int packing;
    uint32_t tags;     /* given to models */
    uint64_t errors;   /* recorded so far */
    char *description; /* lent by plm_describe */
};

/* Returns from the calling function when x is an error. Codes >= 0 go on. */
#define PLM_TRY(x)                                                                                 \
    do {                                                                                           \
        const plm_status plm_try_ = (x);                                                           \
        if (plm_try_ < 0)                                                                          \
            return plm_try_;                                                                       \
    } while (0)

/* A status that needs no answer; a comment at the call tells why. (gcc takes no cast to void for
 * an answer.) */
static inline void plm_ignore(plm_status status)
{
    (void)status;
}

/* Records an error and returns its status. where and hint may be NULL (= ""). What returns NULL in
 * place of the status ignores it by (void). */
plm_status plm_fail(plm *w, plm_status status, const char *where, const char *hint,
                    const char *what, ...) PLM_PRINTF(5, 6);
/* A copy of the last error, and that copy as the last error again: for work after a fault that may
 * fail, too. */
void plm_error_take(const plm *w, plm_error_record *out);
void plm_error_restore(plm *w, const plm_error_record *e);
/* The same for memory: "out of memory", where. */
plm_status plm_fail_memory(plm *w, const char *where);
/* Puts "outer: " before the recorded place, so that a message tells the way to the fault. */
void plm_fail_within(plm *w, const char *outer, ...) PLM_PRINTF(2, 3);
/* What a function of the program returned: PLM_OK, PLM_STOPPED where it may stop, or an error; any
 * other number is E_SPEC. An error for which the library has recorded none since there were
 * `errors` of them gets a message that names the function. */
PLM_CHECKED plm_status plm_callback_status(plm *w, uint64_t errors, plm_status status, bool stops,
                                           const char *name);
/* A user more, and one less: the last one closes the runtime. */
void plm_runtime_join(plm *w);
void plm_runtime_leave(plm *w);
/* One line to the runtime's log, as a warning; nothing where there is none. */
void plm_warn(const plm *w, const char *what, ...) PLM_PRINTF(2, 3);
/* The same as a note: nothing is wrong, and somebody may want to know. */
void plm_note(const plm *w, const char *what, ...) PLM_PRINTF(2, 3);

/* Options of a caller (NULL = none said), whose struct may be of another version: *out [known
 * bytes] is zero where the caller's is shorter; a longer one must say nothing in what we do not
 * know, else E_UNSUPPORTED. size 0 = as long as ours. */
PLM_CHECKED plm_status plm_take_options(plm *w, const char *caller, const void *given, size_t size,
                                        void *out, size_t known);

/* Bytes aligned to 64 and zeroed, or NULL (with the error recorded). bytes 0 gives one line of
 * 64. */
void *plm_allocate(plm *w, size_t bytes);
/* count * size with a checked multiplication. */
void *plm_allocate_array(plm *w, size_t count, size_t size);
/* The same as plm_allocate with any bytes in it, for what is written whole before it is read. */
void *plm_allocate_unset(plm *w, size_t bytes);
/* Gives back what plm_allocate gave; NULL is fine. */
void plm_release(plm *w, void *block);
/* A copy of text, to be released. */
char *plm_duplicate(plm *w, const char *text);

/* a * b and a + b for sizes and shapes: false on overflow (or a negative factor). */
bool plm_checked_multiply(size_t a, size_t b, size_t *out);
bool plm_checked_add(size_t a, size_t b, size_t *out);
bool plm_checked_product(int rank, const int64_t *dims, int64_t *out);

#endif
