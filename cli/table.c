/* Prints a table: labels on the left, and numbers with their decimal points aligned. A text without
 * a number begins where the widest number begins. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "output.h"

/* Appends a row with the label "group name" and returns it. group: NULL = none. */
static plm_cli_table_row *add(plm_cli_table *t, const char *group, const char *name,
                              const char *text)
{
    t->row = plm_cli_grow(t->row, (size_t)t->rows, sizeof *t->row);
    plm_cli_table_row *r = &t->row[t->rows++];
    *r = (plm_cli_table_row){.text = text};
    snprintf(r->label, sizeof r->label, "%s%s%s", group ? group : "", group ? " " : "", name);
    return r;
}

void plm_cli_table_value(plm_cli_table *t, const char *label, const char *figure, const char *text)
{
    plm_cli_table_row *r = add(t, NULL, label, text);
    snprintf(r->figure, sizeof r->figure, "%s", figure);
}

void plm_cli_table_number(plm_cli_table *t, const char *group, const char *name, double value)
{
    plm_cli_table_row *r = add(t, group, name, "");
    plm_metric_text(r->figure, sizeof r->figure, value);
}

void plm_cli_table_text(plm_cli_table *t, const char *label, const char *text)
{
    add(t, NULL, label, text);
}

static int wider(int a, int b)
{
    return a > b ? a : b;
}

/* Returns the number of characters before the decimal point. */
static int whole_part(const plm_cli_table_row *r)
{
    return (int)strcspn(r->figure, ".");
}

/* Prints a row. labels: width of the labels. whole: width of the numbers before the decimal point.
 */
static void print_row(const plm_cli_table_row *r, int labels, int whole)
{
    const int width = plm_cli_screen_of(stdout).terminal ? plm_cli_width(stdout) : 0;
    const int text = plm_cli_letters(r->text);
    plm_cli_put(stdout, r->label);
    /* a text that does not fit beside its label, such as a path, gets a line of its own */
    if (width && !*r->figure && labels + 2 + text > width) {
        fputs("\n  ", stdout);
        char *shown = plm_cli_printable(r->text);
        plm_cli_fold(stdout, 2, 2, shown);
        free(shown);
        return;
    }
    const int before = *r->figure ? whole - whole_part(r) : 0;
    printf("%*s%s", labels - plm_cli_letters(r->label) + 2 + before, "", r->figure);
    plm_cli_put(stdout, r->text);
    putchar('\n');
}

void plm_cli_table_print(plm_cli_table *t)
{
    int labels = 0, whole = 0;
    for (int i = 0; i < t->rows; i++) {
        labels = wider(labels, plm_cli_letters(t->row[i].label));
        whole = wider(whole, whole_part(&t->row[i]));
    }
    for (int i = 0; i < t->rows; i++)
        print_row(&t->row[i], labels, whole);
    free(t->row);
    *t = (plm_cli_table){0};
}
