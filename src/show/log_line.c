/* Chooses and writes the metrics in the line that is printed after each epoch. On a terminal as
 * many metrics are printed as fit the width. Each column is as wide as its widest number, and the
 * column of the star that marks the best epoch is always reserved, so that columns are aligned. In
 * a file or a pipe all metrics are printed. */
#include "show/log_line.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/metric_text.h"
#include "base/split.h"

/* Widths in characters: of a number (SHORTEST, LONGEST), of the gaps before the training and before
 * the validation metrics, of the star, of seconds and rate, and of the longest name. */
enum { SHORTEST = 6, LONGEST = 10, HALVES = 2, STAR = 2, SECONDS = 8, RATE = 9, NAME = 40 };

/* True for a metric of the validation rows. */
static bool of_validation(const plm_log *log)
{
    return !strncmp(log->name, "val_", 4);
}

/* True for gradient_norm and penalty_share, which describe the training as a whole. They are in
 * every row of history.csv, but on a terminal they would displace a metric. */
bool plm_log_is_background(const char *name)
{
    return !strcmp(name, "gradient_norm") || !strcmp(name, "penalty_share");
}

/* Returns the number of logs that are printed. The others are at the end, so this number is enough.
 * */
int plm_log_shown(const plm_event *e)
{
    int logs = e->logs;
    while (logs > 0 && plm_log_is_background(e->log[logs - 1].name))
        logs--;
    if (logs > 0 && !e->rate_moves && !strcmp(e->log[logs - 1].name, "learning_rate"))
        logs--;
    return logs;
}

/* Returns the rank of a metric. The losses come first, then metrics in pairs of validation and
 * training, then the losses of single outputs, then the learning rate. */
int plm_log_rank(const char *name, int k)
{
    const bool validation = !strncmp(name, "val_", 4);
    const char *what = name + (validation ? 4 : 0);
    const int rank = 2 * k + (validation ? 0 : 1);
    if (!strcmp(what, "loss"))
        return validation ? 2 : 1;
    if (!strcmp(what, "learning_rate"))
        return 300;
    return (plm_ends_with(what, "_loss") ? 200 : 10) + rank;
}

/* Writes a number in scientific notation with `decimals` decimals and the shortest exponent: 9.5e-4
 * for 9.500e-04. */
static void shorten(char *out, size_t room, double value, int decimals)
{
    char text[48];
    snprintf(text, sizeof text, "%.*e", decimals, value);
    const char *power = strchr(text, 'e');
    if (power)
        snprintf(out, room, "%.*se%ld", (int)(power - text), text, strtol(power + 1, NULL, 10));
    else
        snprintf(out, room, "%s", text);
}

/* Writes a number with as many decimals as fit; if none fits, in scientific notation. */
void plm_log_number(char *out, size_t room, double value, int digits)
{
    const double size = fabs(value);
    const bool plain = size == 0 || (size >= 0.001 && size < 1e6);
    plm_metric_text(out, room, value);
    for (int decimals = 3; digits && plain && decimals >= 0 && (int)strlen(out) > digits;
         decimals--)
        snprintf(out, room, "%.*f", decimals, value);
    for (int decimals = 3; digits && decimals >= 0 && (int)strlen(out) > digits; decimals--)
        shorten(out, room, value, decimals);
}

/* Writes a rate with three significant digits. These are enough, since rates vary by some percent
 * from batch to batch. */
void plm_log_rate(char *out, size_t room, double rate)
{
    *out = 0;
    if (!(rate > 0) || !isfinite(rate))
        return;
    if (rate >= 1e6)
        snprintf(out, room, "%.2fM/s", rate / 1e6);
    else if (rate >= 1e3)
        snprintf(out, room, "%.1fk/s", rate / 1e3);
    else
        snprintf(out, room, "%.0f/s", rate);
}

/* Returns a hash of the names of logs, never 0. The NUL of each name is hashed, too, so that "ab",
 * "c" and "a", "bc" differ. */
static uint64_t hash_of(int logs, const plm_log *log)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (int i = 0; i < logs; i++)
        for (const char *c = log[i].name;; c++) {
            hash = (hash ^ (unsigned char)*c) * 1099511628211u;
            if (!*c)
                break;
        }
    return hash ? hash : 1;
}

/* Returns the index of the first validation metric; `logs` = there is none. */
static int half_of(int logs, const plm_log *log)
{
    int i = 0;
    while (i < logs && !of_validation(&log[i]))
        i++;
    return i;
}

/* Returns the width of a metric's name in characters; longer names are cut off. */
static int name_width(const plm_log *log)
{
    const int letters = plm_shown_letters(log->name);
    return letters < NAME ? letters : NAME;
}

/* Returns the width of a column: blank, name, blank, number. */
static int column_width(const plm_log *log, int digits)
{
    return 1 + name_width(log) + 1 + digits;
}

/* Returns the most important log that is not chosen yet. -1 = all are chosen. Training and
 * validation metrics are numbered separately, so that a metric and its validation counterpart
 * (val_...) have neighbouring ranks. */
static int next_log(int logs, const plm_log *log, const bool *taken)
{
    const int half = half_of(logs, log);
    int best = -1, least = 0;
    for (int i = 0; i < logs; i++) {
        const int rank = plm_log_rank(log[i].name, i < half ? i : i - half);
        if (taken[i] || (best >= 0 && rank >= least))
            continue;
        best = i;
        least = rank;
    }
    return best;
}

/* Returns the largest number of digits at which all chosen logs still fit. spare: remaining width
 * in characters. */
static int digits_for(const plm_log_line *l, int spare)
{
    int digits = SHORTEST;
    while (digits < LONGEST && l->count && spare >= l->count) {
        digits++;
        spare -= l->count;
    }
    return digits;
}

/* Chooses logs by importance until the width is used up. Seconds and rate are added if all logs fit
 * and there is still space. First each number gets the smallest number of digits, so that as many
 * metrics as possible fit; the remaining width is then used for more digits. At the end the chosen
 * logs are sorted as in the log. */
static void choose(plm_log_line *l, int width, int logs, const plm_log *log)
{
    bool taken[PLM_RUN_MAX_LOGS] = {false};
    for (int i = next_log(logs, log, taken); i >= 0; i = next_log(logs, log, taken)) {
        const int needed = column_width(&log[i], SHORTEST);
        if (needed > width)
            break;
        taken[i] = true;
        width -= needed;
        l->count++;
    }
    l->digits = digits_for(l, width);
    width -= (l->digits - SHORTEST) * l->count;
    l->left_out = logs - l->count;
    l->seconds = !l->left_out && width >= SECONDS;
    l->rate = l->seconds && width >= SECONDS + RATE;
    l->count = 0;
    for (int i = 0; i < logs; i++)
        if (taken[i])
            l->shown[l->count++] = i;
}

/* Chooses the columns if the names have changed. The names are compared by a hash, since the logs
 * of an event do not outlive it. Without a width, all logs are printed with as many digits as they
 * need. */
bool plm_log_line_choose(plm_log_line *l, int width, int epoch, int logs, const plm_log *log)
{
    logs = logs < PLM_RUN_MAX_LOGS ? logs : PLM_RUN_MAX_LOGS;
    const uint64_t names = hash_of(logs, log);
    if (names == l->names)
        return false;
    *l = (plm_log_line){.names = names, .seconds = true, .rate = true};
    if (width) {
        choose(l, width - epoch - HALVES - STAR, logs, log);
        return true;
    }
    while (l->count < logs) {
        l->shown[l->count] = l->count;
        l->count++;
    }
    return true;
}

/* Appends a name and its number. A validation metric is printed as a dash in epochs without a
 * validation. */
static void add_number(const plm_log_line *l, const plm_log *log, bool validated, plm_text *out)
{
    char number[48];
    plm_log_number(number, sizeof number, log->value, l->digits);
    plm_text_add_letters(out, log->name, l->digits ? NAME : INT32_MAX);
    plm_text_format(out, " %-*s", SHORTEST, of_validation(log) && !validated ? "-" : number);
}

/* Appends the seconds and the rate, if the line has them. */
static void add_time(const plm_log_line *l, plm_screen s, double seconds, double rate,
                     plm_text *out)
{
    char text[32];
    if (seconds < 0.1)
        snprintf(text, sizeof text, "%.0f ms", seconds * 1000);
    else
        snprintf(text, sizeof text, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
    if (l->seconds) {
        plm_text_add(out, "  ");
        plm_text_paint(out, s, PLM_FAINT, "%s", text);
    }
    plm_log_rate(text, sizeof text, rate);
    if (l->rate && *text)
        plm_text_format(out, " %s", text);
}

/* True if the epoch had a validation: one of its printed validation metrics is not NaN. */
static bool is_validated(const plm_log_line *l, const plm_log *log)
{
    for (int i = 0; i < l->count; i++)
        if (of_validation(&log[l->shown[i]]) && !isnan(log[l->shown[i]].value))
            return true;
    return false;
}

/* Appends the line. A gap of two blanks separates the training metrics from the validation metrics.
 * If there is no star, its column is filled with blanks if other columns follow. */
void plm_log_line_add(const plm_log_line *l, plm_screen s, const plm_log *log, bool best,
                      double seconds, double rate, plm_text *out)
{
    const bool validated = is_validated(l, log);
    for (int i = 0; i < l->count; i++) {
        const plm_log *one = &log[l->shown[i]];
        const bool first = i == 0 || (of_validation(one) && !of_validation(&log[l->shown[i - 1]]));
        plm_text_add(out, first ? "  " : " ");
        add_number(l, one, validated, out);
    }
    if (best) {
        plm_text_add(out, " ");
        plm_text_paint(out, s, PLM_GREEN, "*");
    } else if (l->seconds)
        plm_text_add(out, "  ");
    add_time(l, s, seconds, rate, out);
}
