/* Writes a table with labels on the left and numbers on the right, whose decimal points are
 * aligned. A text without a number begins at the column where the widest number begins. */
#include "show/labels.h"

#include <stdio.h>
#include <string.h>

#include "base/metric_text.h"

/* Adds a row with the label "group name" and returns it. If the table is full, returns a row that
 * is never printed. group: NULL = the label is only the name. */
static plm_label *add(plm_labels *t, const char *group, const char *name, const char *text)
{
    plm_label *r = &t->row[t->rows < PLM_LABELS ? t->rows++ : PLM_LABELS];
    *r = (plm_label){.text = text};
    snprintf(r->label, sizeof r->label, "%s%s%s", group ? group : "", group ? " " : "", name);
    return r;
}

/* Adds a row whose number the caller has formatted, such as "12.34". */
void plm_labels_value(plm_labels *t, const char *label, const char *number, const char *text)
{
    plm_label *r = add(t, NULL, label, text);
    snprintf(r->number, sizeof r->number, "%s", number);
}

/* Adds a row whose number is formatted as all metrics are. */
void plm_labels_number(plm_labels *t, const char *group, const char *name, double value)
{
    plm_label *r = add(t, group, name, "");
    plm_metric_text(r->number, sizeof r->number, value);
}

/* Adds a row without a number. */
void plm_labels_text(plm_labels *t, const char *label, const char *text)
{
    add(t, NULL, label, text);
}

/* Returns the larger one of two widths. */
static int wider(int a, int b)
{
    return a > b ? a : b;
}

/* Returns the number of characters before the decimal point. */
static int whole_part(const plm_label *r)
{
    return (int)strcspn(r->number, ".");
}

/* Appends a row to the text. labels: width of the column of labels; a wider label is a line of its
 * own. whole: max number of characters before the decimal points. */
static void add_row(const plm_label *r, plm_screen s, int labels, int whole, plm_text *out)
{
    plm_text shown = {.w = out->w};
    plm_text_add_printable(out, r->label);
    plm_text_add_printable(&shown, r->text);
    /* a text that does not fit beside its label, such as a path, gets its own line */
    if (s.terminal && !*r->number && labels + 2 + plm_shown_letters(r->text) > s.width) {
        plm_text_add(out, "\n  ");
        plm_text_fold(out, s, 2, 2, plm_text_get(&shown));
    } else {
        const int before = *r->number ? whole - whole_part(r) : 0,
                  label = plm_shown_letters(r->label);
        plm_text_add(out, label > labels ? "\n" : "");
        plm_text_add_blanks(out, labels - (label > labels ? 0 : label) + 2 + before);
        plm_text_format(out, "%s%s\n", r->number, plm_text_get(&shown));
    }
    plm_text_done(out, &shown);
}

/* Appends the table. All rows are measured first: the labels beside which every number has room
 * decide where numbers begin, and the longest integer part decides where the decimal points are. */
void plm_labels_add(const plm_labels *t, plm_screen s, plm_text *out)
{
    int labels = 0, whole = 0, part = 0;
    for (int i = 0; i < t->rows; i++) {
        whole = wider(whole, whole_part(&t->row[i]));
        part = wider(part, (int)strlen(t->row[i].number) - whole_part(&t->row[i]));
    }
    const int most = s.terminal ? s.width - 1 - 2 - whole - part : INT16_MAX;
    for (int i = 0; i < t->rows; i++) {
        const int label = plm_shown_letters(t->row[i].label);
        labels = label <= most ? wider(labels, label) : labels;
    }
    for (int i = 0; i < t->rows; i++)
        add_row(&t->row[i], s, labels, whole, out);
}
