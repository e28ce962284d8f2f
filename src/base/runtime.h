/* The runtime: everything that would otherwise be global. It owns the thread pool, the last error
 * and the families of kinds; it knows no mathematics. Also the functions for errors and memory
 * that all files use. */
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
    /* Words that are not kinds: which kind they mean depends on where they are used ("accuracy" for
     * example). Only for help. Ended by NULL; or NULL. */
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

/* Bytes that the text of a machine's choices takes at most (plm_tuning). */
enum { PLM_TUNING_CAPACITY = 256 };

/* Choices of this machine (base/tuning.h). Tests set them. */
typedef struct {
    /* Whether it is faster to pack x into rows before weight gradients are computed
     * (op/packing.c): 1 = yes, -1 = no, 0 = not measured yet. */
    int packing;
    /* Max rows of a chunk of W (op/product.h); 0 = not chosen yet. */
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
    /* Number of users: the program, and every model and stream. The last one to leave closes the
     * runtime. */
    int users;
    void (*close)(struct plm *w); /* called when users becomes 0 */
    plm_tuning_choices tuning;
    /* plm_options.tuning for runtimes that are opened on behalf of this one (run/job.c), "" = none;
     * what they measured comes back here. */
    char tuned[PLM_TUNING_CAPACITY];
    /* Numbers that the second-level cache of a core holds (base/cores.h). What is prefetched and
     * how many rows a prediction takes at a time depend on it; results do not. Tests set it. */
    size_t second_cache;
    bool examined;   /* the doctor looks at what is compiled here, and says what is wrong itself */
    uint32_t tags;   /* number of models made so far; gives each a tag of its own */
    uint64_t errors; /* number of errors recorded so far */
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
/* As plm_fail, for an error in a key of a call or run file: `where` is the key, also as data. */
plm_status plm_fail_key(plm *w, plm_status status, const char *key, const char *hint,
                        const char *what, ...) PLM_PRINTF(5, 6);
/* Records the error of another runtime, or one that was kept, with its place; status: of it, or
 * another one. Returns the status. */
plm_status plm_fail_again(plm *w, const plm_error *e, plm_status status);
/* Gives the last error the code of the finding that explains it, and returns the status, so that it
 * can stand around plm_fail. */
plm_status plm_fail_code(plm *w, const char *code, plm_status status);
/* The place of the last error, from the inside outwards. A caller that knows where it is names it;
 * if a call further inside has named it before, nothing happens, so a message says a place once. */
void plm_fail_in_key(plm *w, const char *key);
void plm_fail_in_layer(plm *w, size_t layer, const char *place);
void plm_fail_in_file(plm *w, const char *file);
/* Sets the file of the last error, which its `where` begins with, and the line there. */
void plm_fail_line(plm *w, const char *file, int64_t line);
/* Copies the last error to *out. */
void plm_error_take(const plm *w, plm_error_record *out);
/* Returns the copy as an error; its texts stay in the copy. */
plm_error plm_error_of(const plm_error_record *e);
/* Makes the last error of a new runtime an empty one. */
void plm_error_begin(plm *w);
/* Makes the copy *e the last error again. For code that cleans up after an error: its calls may
 * fail too, and would replace the error. */
void plm_error_restore(plm *w, const plm_error_record *e);
/* Records "out of memory" and returns E_MEMORY. */
plm_status plm_fail_memory(plm *w, const char *where);
/* Puts the formatted text and ": " before the `where` of the recorded error, so that the message
 * shows the path to the error. */
void plm_fail_within(plm *w, const char *outer, ...) PLM_PRINTF(2, 3);
/* Checks what a callback of the program returned, and returns the status to use: PLM_OK,
 * PLM_STOPPED if `stops`, or an error. Any other number is E_SPEC.
 * errors: w->errors before the call. If the library has recorded no error since then, one is
 * recorded that names the callback. */
PLM_CHECKED plm_status plm_callback_status(plm *w, uint64_t errors, plm_status status, bool stops,
                                           const char *name);
/* Adds a user of the runtime: a model or stream. */
void plm_runtime_join(plm *w);
/* Removes a user. The last one closes the runtime. */
void plm_runtime_leave(plm *w);
/* Writes one line to the log of the runtime as a warning; nothing if it has none. */
void plm_warn(const plm *w, const char *what, ...) PLM_PRINTF(2, 3);
/* Logs a warning of several lines as it is: the caller has made each of them printable. */
void plm_warn_lines(const plm *w, const char *text);
/* As plm_warn, but as a note: nothing is wrong, and somebody may want to know. */
void plm_note(const plm *w, const char *what, ...) PLM_PRINTF(2, 3);

/* Copies the options of a caller, whose struct may be of another version of the library.
 * given, size: the caller's struct (NULL = none) and its size; 0 = as long as ours.
 * out, known: our struct and its size. Members that the caller's struct lacks are zero.
 * Errors: E_UNSUPPORTED if a longer struct has a value in members that we do not know. */
PLM_CHECKED plm_status plm_take_options(plm *w, const char *caller, const void *given, size_t size,
                                        void *out, size_t known);

/* Returns zeroed memory aligned to 64 bytes, to be freed by plm_release. bytes 0 gives 64. NULL =
 * no memory, with the error recorded. */
void *plm_allocate(plm *w, size_t bytes);
/* As plm_allocate, for an array of `count` objects of `size` bytes each. A product that overflows
 * is an error. */
void *plm_allocate_array(plm *w, size_t count, size_t size);
/* As plm_allocate, but the bytes are not zeroed. For memory that is written completely before
 * it is read. */
void *plm_allocate_unset(plm *w, size_t bytes);
/* Frees memory of plm_allocate; NULL is fine. */
void plm_release(plm *w, void *block);
/* Returns a copy of text, to be freed by plm_release. NULL = no memory. */
char *plm_duplicate(plm *w, const char *text);

/* Sets *out to a * b; false on overflow. */
bool plm_checked_multiply(size_t a, size_t b, size_t *out);
/* Sets *out to a + b; false on overflow. */
bool plm_checked_add(size_t a, size_t b, size_t *out);
/* Sets *out to the product of dims[rank]; 1 for rank 0. False on overflow or a negative dim. */
bool plm_checked_product(int rank, const int64_t *dims, int64_t *out);

#endif
