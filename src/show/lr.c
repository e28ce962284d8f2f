/* Writes the result of `plummet lr-find` as text, see lr.h. */
#include "show/lr.h"

#include "study/lr_words.h"

/* Bounds of the width of text, in columns. */
enum { WIDEST = 80, NARROWEST = 20 };

/* Appends a text of the library, broken into lines of `width` columns. */
static void add_wrapped(void (*write)(const plm_lr_range *, const plm_lr_trials *, plm_text *),
                        const plm_lr_range *range, const plm_lr_trials *trials, int width,
                        plm_text *out)
{
    plm_text text = {.w = out->w};
    write(range, trials, &text);
    plm_text_wrap(out, 0, 0, width, plm_text_get(&text));
    plm_text_done(out, &text);
}

/* Appends the result. The sentences come from study/lr_words.c; here they are put in order and
 * wrapped. */
void plm_lr_text(const plm_lr_range *range, const plm_lr_trials *trials, const char *argument,
                 plm_screen s, plm_text *out)
{
    const int width = s.width > WIDEST ? WIDEST : s.width < NARROWEST ? NARROWEST : s.width;
    const double rate = plm_lr_recommended(range, trials);
    plm_text line = {.w = out->w};
    if (trials)
        plm_lr_trials_table(trials, width, out);
    if (rate > 0)
        plm_text_format(out, "Recommended learning rate: %.2g\n", rate);
    else
        plm_text_add(out, "Recommended learning rate: none\n");
    add_wrapped(plm_lr_reason, range, trials, width - 1, out);
    plm_text_add(out, "\n");
    add_wrapped(plm_lr_other_rules, range, trials, width - 1, out);
    add_wrapped(plm_lr_range_end, range, trials, width - 1, out);
    plm_text_format(
        &line, "To test learning rates by short trainings: plummet lr-find %.200s --try", argument);
    if (!trials)
        plm_text_wrap(out, 0, 0, width - 1, plm_text_get(&line));
    plm_text_done(out, &line);
}
