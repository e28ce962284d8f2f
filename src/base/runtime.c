/* Allocates memory and computes sizes with checks for overflow; every file uses it. plm_open and
 * plm_close are in plummet.c, which knows the kinds and the kernels; this file knows neither.
 *
 * All memory of the library goes through plm_allocate: it is zeroed, unless the caller asks for
 * less, aligned to 64 bytes, and comes from the user's allocator if there is one. Tests let each
 * allocation fail in turn. */
#include "base/runtime.h"

#include <stdlib.h>
#include <string.h>

#include "base/notation.h"
#include "base/system.h"
#include "base/text.h"

/* Alignment of blocks of memory in bytes: a cache line. */
enum { ALIGNMENT = 64 };

/* Adds a user. Models and streams keep their runtime alive, in whatever order a program frees
 * them. */
void plm_runtime_join(plm *w)
{
    w->users++;
}

/* Removes a user; the last one closes the runtime. plm_close also removes one. */
void plm_runtime_leave(plm *w)
{
    if (--w->users == 0)
        w->close(w);
}

/* Copies the options that both versions of the struct have. All other members become zero in our
 * struct, and must be zero in the caller's. */
plm_status plm_take_options(plm *w, const char *caller, const void *given, size_t size, void *out,
                            size_t known)
{
    memset(out, 0, known);
    if (!given)
        return PLM_OK;
    memcpy(out, given, size > 0 && size < known ? size : known);
    for (size_t i = known; i < size; i++)
        if (((const unsigned char *)given)[i])
            return plm_fail(
                w, PLM_E_UNSUPPORTED, caller, "use the header that came with this library",
                "the options hold settings that this version of the library does not know");
    return PLM_OK;
}

/* Returns memory from the program's allocator if it has one, else from the system. NULL = no
 * memory. */
static void *take(plm *w, size_t bytes)
{
    if (w && w->options.allocate)
        return w->options.allocate(w->options.user, NULL, bytes, ALIGNMENT);
    return plm_system_block(bytes, ALIGNMENT);
}

/* Returns a block of at least `bytes` bytes and sets *whole to its size, a multiple of ALIGNMENT.
 * NULL = no memory, with the error recorded. */
static void *allocate(plm *w, size_t bytes, size_t *whole)
{
    size_t rounded = 0;
    void *block = NULL;
    if (plm_checked_add(bytes ? bytes : 1, ALIGNMENT - 1, &rounded)) {
        rounded -= rounded % ALIGNMENT;
        block = take(w, rounded);
    }
    if (!block) {
        (void)plm_fail(w, PLM_E_MEMORY, "",
                       "free memory, or use a smaller model, batch or data set",
                       "out of memory: %zu bytes were asked for", bytes);
        return NULL;
    }
    *whole = rounded;
    return block;
}

/* Sets the whole block to 0, including the bytes by which its size was rounded up. */
void *plm_allocate(plm *w, size_t bytes)
{
    size_t whole = 0;
    void *block = allocate(w, bytes, &whole);
    if (block)
        memset(block, 0, whole);
    return block;
}

/* Returns memory that is not set to 0, which saves a pass over it. Use it if the memory is written
 * before it is read. */
void *plm_allocate_unset(plm *w, size_t bytes)
{
    size_t whole = 0;
    return allocate(w, bytes, &whole);
}

/* Allocates an array of `count` objects of `size` bytes. If the product overflows, the error says
 * both numbers. */
void *plm_allocate_array(plm *w, size_t count, size_t size)
{
    size_t bytes = 0;
    if (!plm_checked_multiply(count, size, &bytes)) {
        (void)plm_fail(w, PLM_E_MEMORY, "", "use a smaller model, batch or data set",
                       "out of memory: %zu times %zu bytes are more than an address can reach",
                       count, size);
        return NULL;
    }
    return plm_allocate(w, bytes);
}

/* Frees a block of `take` through the program's allocator or the system. */
void plm_release(plm *w, void *block)
{
    if (!block)
        return;
    if (w && w->options.allocate)
        (void)w->options.allocate(w->options.user, block, 0, ALIGNMENT);
    else
        free(block);
}

/* Returns a copy of text, to be freed by plm_release. The last byte is the NUL, since the memory is
 * zeroed. */
char *plm_duplicate(plm *w, const char *text)
{
    const size_t length = strlen(text);
    char *copy = plm_allocate(w, length + 1);
    if (copy)
        memcpy(copy, text, length);
    return copy;
}

/* Sets *out to a * b. Returns false if the product overflows; *out is then unchanged. */
bool plm_checked_multiply(size_t a, size_t b, size_t *out)
{
    if (b != 0 && a > SIZE_MAX / b)
        return false;
    *out = a * b;
    return true;
}

/* Sets *out to a + b. Returns false if the sum overflows; *out is then unchanged. */
bool plm_checked_add(size_t a, size_t b, size_t *out)
{
    if (a > SIZE_MAX - b)
        return false;
    *out = a + b;
    return true;
}

/* Multiplies the dimensions with a check for overflow. After a dimension of 0 the product stays
 * 0. */
bool plm_checked_product(int rank, const int64_t *dims, int64_t *out)
{
    int64_t product = 1;
    for (int i = 0; i < rank; i++) {
        if (dims[i] < 0 || (dims[i] != 0 && product > INT64_MAX / dims[i]))
            return false;
        product *= dims[i];
    }
    *out = product;
    return true;
}
