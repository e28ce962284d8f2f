/* The runtime has everything that would otherwise be global. It owns the thread pool, the last
 * error and the families of kinds; it knows no mathematics. This file also declares the functions
 * for errors and memory that all files use. */
#ifndef PLM_BASE_RUNTIME_H
#define PLM_BASE_RUNTIME_H

#include "plummet.h"

struct plm_kind;
struct plm_foreign;
struct plm_kernels;
struct plm_pool;

/* The type of numbers in the engine: float. The test build PLM_DOUBLE uses double, to verify
 * gradients. */
#ifdef PLM_DOUBLE
typedef double plm_real;
#else
typedef float plm_real;
#endif

/* A family of kinds: "layer", "optimizer", ... */
typedef struct {
    const char *name;
    const char *help;
    const struct plm_kind *const *kinds; /* ended by NULL */
    /* fields that all kinds have besides their own, given by key only; or NULL */
    const struct plm_field *common;
    /* Keywords such as "accuracy" that stand for one of several kinds, depending on where they are
     * used. They appear only in the help. Ended by NULL; or NULL. */
    const struct plm_kind *const *words;
} plm_family;

/* Capacities of the texts of an error, in bytes. */
enum {
    PLM_WHAT_CAPACITY = sizeof((plm_error_record *)0)->what,
    PLM_WHERE_CAPACITY = sizeof((plm_error_record *)0)->where,
    PLM_HINT_CAPACITY = sizeof((plm_error_record *)0)->hint,
    PLM_CODE_CAPACITY = sizeof((plm_error_record *)0)->code,
    PLM_KEY_CAPACITY = sizeof((plm_error_record *)0)->key,
    PLM_FILE_CAPACITY = sizeof((plm_error_record *)0)->file
};

/* Capacity of the text that lists the choices for a machine (plm_tuning), in bytes. */
enum { PLM_TUNING_CAPACITY = 256 };

/* Choices that depend on the speed of this machine (base/tuning.h). Tests set them directly. */
typedef struct {
    /* Is it faster to pack the inputs before the gradients of weights are computed (op/packing.c)?
     * 1 = yes, -1 = no, 0 = not measured yet. */
    int packing;
    /* Are matrix products faster if they prefetch a large matrix panel by panel (op/streaming.c)? 1
     * = yes, -1 = no, 0 = not measured yet. */
    int streaming;
    /* Is Adam faster if it computes half of its square roots by multiply-adds (train/roots.h)? 1 =
     * yes, -1 = no, 0 = not measured yet. */
    int roots;
    /* max number of rows of a weight matrix in one chunk of work (op/product.h); 0 = not chosen
     * yet */
    int chunk_rows;
} plm_tuning_choices;

/* The runtime. */
struct plm {
    plm_options options;
    plm_error error; /* points into the buffers below */
    char what[PLM_WHAT_CAPACITY], where[PLM_WHERE_CAPACITY], hint[PLM_HINT_CAPACITY];
    char code[PLM_CODE_CAPACITY], key[PLM_KEY_CAPACITY], file[PLM_FILE_CAPACITY];
    plm_status fault;                  /* error of plm_open, which every later call returns */
    struct plm_pool *pool;             /* the threads */
    const struct plm_kernels *kernel;  /* the kernels of the instruction set in use */
    const plm_family *families;        /* ended by name NULL */
    const struct plm_foreign *foreign; /* words of other libraries, for hints */
    /* Number of users. Users are the program and every model and stream; the last one closes the
     * runtime. */
    int users;
    void (*close)(struct plm *w); /* called when users becomes 0 */
    /* true = the runtime belongs to a run file, which callers may borrow; plm_close ignores it */
    bool borrowed;
    plm_tuning_choices tuning;
    /* The value of plm_options.tuning for the runtimes that run/job.c opens for this one; "" =
     * none. What they measure is written back here. */
    char tuned[PLM_TUNING_CAPACITY];
    /* Capacity of the second-level cache of a core, counted in numbers of type plm_real
     * (base/cores.h). It determines what is prefetched and how many rows a prediction takes at a
     * time; the results do not depend on it. Tests set it. */
    size_t second_cache;
    /* true = every object of an arena is an allocation of its own. Tests set it, so that each can
     * fail. */
    bool lone_objects;
    /* true = the doctor examines the models of this runtime, so models do not warn by themselves */
    bool examined;
    uint32_t tags;     /* number of models made so far; it gives each model its own tag */
    uint64_t errors;   /* number of errors recorded so far */
    char *description; /* the text that plm_describe returned last */
};

/* Returns from the calling function if x is an error (below 0). */
#define PLM_TRY(x)                                                                                 \
    do {                                                                                           \
        const plm_status plm_try_ = (x);                                                           \
        if (plm_try_ < 0)                                                                          \
            return plm_try_;                                                                       \
    } while (0)

/* Ignores a status; a comment at the call says why. (gcc warns in spite of a cast to void.) */
static inline void plm_ignore(plm_status status)
{
    (void)status;
}

/* Records an error and returns its status. where and hint may be NULL (= ""). Functions that
 * return NULL instead ignore the status by (void). */
plm_status plm_fail(plm *w, plm_status status, const char *where, const char *hint,
                    const char *what, ...) PLM_PRINTF(5, 6);
/* Records an error in a key of a call or of a run file, and returns its status. The key is recorded
 * in the text `where` and in the field `key`. */
plm_status plm_fail_key(plm *w, plm_status status, const char *key, const char *hint,
                        const char *what, ...) PLM_PRINTF(5, 6);
/* Records an error again, with its place: the error of another runtime, or one that was kept.
 * status: the status to record, usually e->status. Returns the status. */
plm_status plm_fail_again(plm *w, const plm_error *e, plm_status status);
/* Gives the last error the code of the finding that explains it, and returns the status, so that
 * plm_fail(...) can be its argument. */
plm_status plm_fail_code(plm *w, const char *code, plm_status status);
/* Add to the last error where it happened: a key, a layer or a file. Callers add from the inside
 * outwards. An error keeps at most one of each, the innermost: a later call of the same function
 * does nothing. A key is also ignored once a file is recorded. place: text of the layer for the
 * message. */
void plm_fail_in_key(plm *w, const char *key);
void plm_fail_in_layer(plm *w, size_t layer, const char *place);
/* Adds to the last error the file in which it is. */
void plm_fail_in_file(plm *w, const char *file);
/* Sets the file and the line of the last error. Does not change `where`, which must begin with the
 * name of the file already. */
void plm_fail_line(plm *w, const char *file, int64_t line);
/* Copies the last error to *out. */
void plm_error_take(const plm *w, plm_error_record *out);
/* Returns a kept error as a plm_error; its texts stay in *e. */
plm_error plm_error_of(const plm_error_record *e);
/* Makes the last error of a new runtime an empty one. */
void plm_error_begin(plm *w);
/* Makes the copy *e the last error again. Use it after cleaning up, since the calls that clean up
 * may fail too and replace the error. */
void plm_error_restore(plm *w, const plm_error_record *e);
/* Records "out of memory" and returns E_MEMORY. */
plm_status plm_fail_memory(plm *w, const char *where);
/* Puts the formatted text and ": " before the `where` of the recorded error, so that the message
 * shows the path to the error. */
void plm_fail_within(plm *w, const char *outer, ...) PLM_PRINTF(2, 3);
/* Checks what a callback of the program returned, and returns the status to use: PLM_OK,
 * PLM_STOPPED if `stops`, or an error. Any other number is E_SPEC. errors: value of w->errors
 * before the callback ran. If the library has recorded no error since then, an error is recorded
 * that names the callback. */
PLM_CHECKED plm_status plm_callback_status(plm *w, uint64_t errors, plm_status status, bool stops,
                                           const char *name);
/* Returns E_MEMORY if memory ran out after w->errors, the number of recorded errors, was `errors`.
 * For functions that build a text by many calls whose errors they do not check one by one: the text
 * is then incomplete. */
PLM_CHECKED plm_status plm_memory_since(const plm *w, uint64_t errors);
/* Adds a user of the runtime: a model or stream. */
void plm_runtime_join(plm *w);
/* Removes a user. The last one closes the runtime. */
void plm_runtime_leave(plm *w);
/* Writes one line to the log of the runtime as a warning; does nothing if there is no log. */
void plm_warn(const plm *w, const char *what, ...) PLM_PRINTF(2, 3);
/* Logs a warning of several lines unchanged; the caller has made each line printable. */
void plm_warn_lines(const plm *w, const char *text);
/* Writes one line to the log of the runtime as a note: nothing is wrong, but the information may be
 * useful. */
void plm_note(const plm *w, const char *what, ...) PLM_PRINTF(2, 3);

/* Copies the options of a caller, whose struct may belong to another version of the library.
 * given, size: the caller's struct (NULL = none) and its size in bytes; 0 = the same size as ours.
 * out, known: our struct and its size. Members that the caller's struct does not have become zero.
 * Errors: E_UNSUPPORTED if a longer struct has a value in members that we do not know. */
PLM_CHECKED plm_status plm_take_options(plm *w, const char *caller, const void *given, size_t size,
                                        void *out, size_t known);

/* Returns zeroed memory aligned to 64 bytes; the caller frees it by plm_release. For 0 bytes it
 * allocates 64. NULL = no memory, with the error recorded. */
void *plm_allocate(plm *w, size_t bytes);
/* Returns zeroed memory for an array of `count` objects of `size` bytes each, aligned to 64 bytes;
 * the caller frees it by plm_release. NULL = no memory, or the product overflows; the error is
 * recorded. */
void *plm_allocate_array(plm *w, size_t count, size_t size);
/* Returns memory aligned to 64 bytes that is not zeroed; the caller frees it by plm_release. Use it
 * for memory that is written completely before it is read. NULL = no memory, with the error
 * recorded. */
void *plm_allocate_unset(plm *w, size_t bytes);
/* Frees memory of plm_allocate; NULL is fine. */
void plm_release(plm *w, void *block);
/* Returns a copy of text; the caller frees it by plm_release. NULL = no memory. */
char *plm_duplicate(plm *w, const char *text);

/* Sets *out to a * b; false on overflow. */
bool plm_checked_multiply(size_t a, size_t b, size_t *out);
/* Sets *out to a + b; false on overflow. */
bool plm_checked_add(size_t a, size_t b, size_t *out);
/* Sets *out to the product of dims[rank]; 1 for rank 0. False on overflow or a negative dim. */
bool plm_checked_product(int rank, const int64_t *dims, int64_t *out);

#endif
