/* Reads and writes the choices of a machine as text, such as
 *
 *     AuthenticAMD 25 1, avx2, 512K, method 3: packing=yes streaming=no roots=no chunk_rows=96
 *
 * What stands before the colon is the machine on which they were measured, and how. Text without a
 * colon is meant for any machine. */
#include "base/tuning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cores.h"
#include "base/system.h"
#include "plummet.h"

enum { MACHINE = 160, WORD = 64 };

/* Number of the method of measuring. Whoever changes how ways are compared, or one of the ways,
 * adds 1, so that choices of older versions are measured anew. */
enum { METHOD = 3 };
enum {
    WARM_UP = 200000, /* nanoseconds */
    TIMES = 9         /* runs of each way, the shortest of which counts */
};

/* ---- measuring ---- */

/* Returns the time of one run, in nanoseconds. */
static int64_t time_of(plm_way_function *run, void *argument, bool second)
{
    const int64_t begun = plm_nanoseconds();
    run(argument, second);
    return plm_nanoseconds() - begun;
}

/* Runs both ways in turn, untimed, for some time. At first the processor runs its widest vector
 * units at a fraction of their speed, until it has supplied them with power. */
static void warm_up(plm_way_function *run, void *argument)
{
    const int64_t begun = plm_nanoseconds();
    do {
        run(argument, false);
        run(argument, true);
    } while (plm_nanoseconds() - begun < WARM_UP);
}

/* The ways alternate, so that a change of the clock rate slows both of them. The shortest run of
 * each counts: another process can only make a run longer. A wrong choice costs only time, since
 * both ways give the same bits. */
bool plm_second_way_pays(plm_way_function *run, void *argument)
{
    int64_t first = INT64_MAX, second = INT64_MAX;
    warm_up(run, argument);
    for (int i = 0; i < TIMES; i++) {
        const int64_t a = time_of(run, argument, false), b = time_of(run, argument, true);
        first = a < first ? a : first;
        second = b < second ? b : second;
    }
    return second < first;
}

/* ---- choices as text ---- */

/* Writes the name of this machine (its processor, the instruction set in use, and the size of its
 * second-level cache) and the method of measuring. */
static void name_machine(const plm *w, char out[MACHINE])
{
    char processor[MACHINE / 2];
    plm_processor(processor, sizeof processor);
    (void)snprintf(out, MACHINE, "%s, %s, %zuK, method %d", processor, w->options.isa,
                   plm_second_cache() >> 10, METHOD);
}

/* Fails because a word of the tuning text is not understood. The message shows at most 60
 * characters of the word, as it may come from a damaged file. */
static plm_status fail_choice(plm *w, const char *word)
{
    return plm_fail(w, PLM_E_SPEC, "tuning",
                    "give packing=yes or no, streaming=yes or no, roots=yes or no, "
                    "chunk_rows=48, 96, 144 or 192, or several of them, separated by commas",
                    "'%.60s' is not a tuning choice", word);
}

/* Sets *choice to 1 or -1 if the word is "KEY=yes" or "KEY=no"; else returns false. */
static bool take_yes_or_no(const char *word, const char *key, int *choice)
{
    const size_t length = strlen(key);
    if (strncmp(word, key, length) != 0)
        return false;
    const bool yes = strcmp(word + length, "=yes") == 0, no = strcmp(word + length, "=no") == 0;
    if (yes || no)
        *choice = yes ? 1 : -1;
    return yes || no;
}

/* Applies one word of the text, such as "packing=yes". */
static plm_status take_word(plm *w, const char *word)
{
    if (take_yes_or_no(word, "packing", &w->tuning.packing) ||
        take_yes_or_no(word, "streaming", &w->tuning.streaming) ||
        take_yes_or_no(word, "roots", &w->tuning.roots))
        return PLM_OK;
    char *end = NULL;
    const bool named = strncmp(word, "chunk_rows=", 11) == 0;
    const long rows = named ? strtol(word + 11, &end, 10) : 0;
    if (!named || end == word + 11 || *end != '\0' || rows < PLM_TUNING_ROWS_LEAST ||
        rows > PLM_TUNING_ROWS_MOST || rows % PLM_TUNING_ROWS_LEAST != 0)
        return fail_choice(w, word);
    w->tuning.chunk_rows = (int)rows;
    return PLM_OK;
}

/* Reads plm_options.tuning into w->tuning. A text that was measured on another machine is ignored,
 * since its choices may be slow here. (They would not change results.) */
plm_status plm_tuning_take(plm *w)
{
    char machine[MACHINE], word[WORD];
    const char *at = w->options.tuning, *colon = at ? strchr(at, ':') : NULL;
    w->options.tuning = NULL; /* the caller's text is only borrowed */
    name_machine(w, machine);
    if (colon && (strlen(machine) != (size_t)(colon - at) ||
                  strncmp(at, machine, (size_t)(colon - at)) != 0))
        return PLM_OK;
    at = colon ? colon + 1 : at;
    while (at && *(at += strspn(at, ", \n")) != '\0') {
        const size_t length = strcspn(at, ", \n");
        (void)snprintf(word, sizeof word, "%.*s", (int)(length < WORD ? length : WORD - 1), at);
        PLM_TRY(take_word(w, word));
        at += length;
    }
    return PLM_OK;
}

/* Writes " KEY=yes" or " KEY=no"; nothing if the choice was not made. */
static void write_yes_or_no(char out[WORD], const char *key, int choice)
{
    out[0] = '\0';
    if (choice != 0)
        (void)snprintf(out, WORD, " %s=%s", key, choice > 0 ? "yes" : "no");
}

/* Writes the choices of the machine as text. Only choices that were made are written; the others
 * will be measured when a net needs them. */
size_t plm_tuning(const plm *w, char *out, size_t capacity)
{
    char machine[MACHINE], packing[WORD], streaming[WORD], roots[WORD], rows[WORD] = "";
    if (out && capacity > 0)
        *out = '\0';
    if (!w || (w->tuning.packing == 0 && w->tuning.streaming == 0 && w->tuning.roots == 0 &&
               w->tuning.chunk_rows == 0))
        return 0;
    name_machine(w, machine);
    write_yes_or_no(packing, "packing", w->tuning.packing);
    write_yes_or_no(streaming, "streaming", w->tuning.streaming);
    write_yes_or_no(roots, "roots", w->tuning.roots);
    if (w->tuning.chunk_rows > 0)
        (void)snprintf(rows, sizeof rows, " chunk_rows=%d", w->tuning.chunk_rows);
    const int length =
        snprintf(out, out ? capacity : 0, "%s:%s%s%s%s", machine, packing, streaming, roots, rows);
    return length < 0 ? 0 : (size_t)length;
}
