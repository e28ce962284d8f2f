/* Describes the results of a measurement of variances in words and short numbers. */
#include "study/variance_words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/notation.h"

/* Returns the verdict as a word that follows a name, as in "relu keeps". */
const char *plm_variance_word(plm_variance_verdict v)
{
    static const char *const words[] = {[PLM_VARIANCE_KEEPS] = "keeps",
                                        [PLM_VARIANCE_DRIFTS] = "drifts",
                                        [PLM_VARIANCE_VANISHES] = "vanishes",
                                        [PLM_VARIANCE_EXPLODES] = "explodes"};
    return words[v];
}

/* Writes a ratio in few characters, such as "0.68", "12", "3e-12", "1e170" or "inf". out:
 * [capacity] bytes; 12 are enough. A number of the usual size has two digits. Other numbers are in
 * scientific notation, without a plus sign and leading zeros in the exponent: printf would give
 * "3e-05" for 3e-5. */
void plm_variance_ratio_text(char *out, size_t capacity, double ratio)
{
    if (ratio <= 0 || !isfinite(ratio)) {
        snprintf(out, capacity, "%s", ratio <= 0 ? "0" : "inf");
        return;
    }
    if (ratio >= 0.00995 && ratio < 999.5) {
        plm_print(out, capacity, "%.*f", ratio >= 9.95 ? 0 : ratio >= 0.995 ? 1 : 2, ratio);
        return;
    }
    snprintf(out, capacity, "%.0e", ratio);
    char *to = strchr(out, 'e') + 1, *from = to;
    to += *from == '-';
    from++;
    from += strspn(from, "0");
    memmove(to, from, strlen(from) + 1);
}

/* Returns the widths of a plan as text, "300, 100", in the arena. The layers use them in a
 * cycle. */
const char *plm_variance_widths(const plm_variance_plan *plan, plm_arena *a)
{
    const char *text = plm_arena_format(a, "%lld", (long long)plan->width[0]);
    for (int i = 1; i < plan->widths && text; i++)
        text = plm_arena_format(a, "%s, %lld", text, (long long)plan->width[i]);
    return text;
}
