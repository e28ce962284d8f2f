/* Writes a schema as JSON, one line per column, so that people can read it, too:
 *
 *     {"version": 1, "header": true, "reading": {"skip": 1}, "columns": [
 *     {"name": "age", "role": "input", "type": "number", "encoding": "standardize", ...},
 *     ...]}
 *
 * Numbers are written with 17 digits, so that a reader gets the same bits. */
#include <string.h>

#include "table/schema.h"

/* Appends a JSON string. */
static void print_text(plm_text *t, const char *s)
{
    plm_text_add(t, "\"");
    for (; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\')
            plm_text_format(t, "\\%c", *s);
        else if ((unsigned char)*s < 0x20)
            plm_text_format(t, "\\u%04x", (unsigned)*s);
        else
            plm_text_append(t, s, 1);
    }
    plm_text_add(t, "\"");
}

/* Appends the words of a column, if it has any. */
static void print_words(plm_text *t, const plm_column *c)
{
    for (size_t i = 0; i < c->words; i++) {
        plm_text_add(t, i > 0 ? ", " : ", \"words\": [");
        print_text(t, c->word[i]);
    }
    plm_text_add(t, c->words > 0 ? "]" : "");
}

/* Appends the quantiles of a column, if it has any. */
static void print_knots(plm_text *t, const plm_column *c)
{
    for (size_t i = 0; i < c->knots; i++)
        plm_text_format(t, "%s%.17g", i > 0 ? ", " : ", \"quantiles\": [", c->knot[i]);
    plm_text_add(t, c->knots > 0 ? "]" : "");
}

/* Appends the properties of a column that are true. */
static void print_flags(plm_text *t, const plm_column *c)
{
    const struct {
        const char *name;
        bool is;
    } flag[] = {{"indicator", c->indicator},
                {"literal", c->literal},
                {"folded", c->folded},
                {"mean_fills", c->mean_fills},
                {"carried", c->carried}};
    for (size_t i = 0; i < sizeof flag / sizeof *flag; i++)
        if (flag[i].is)
            plm_text_format(t, ", \"%s\": true", flag[i].name);
}

/* Appends the fitted values that the encoding of the column uses. */
static void print_fitted(plm_text *t, const plm_column *c)
{
    if (c->encoding == PLM_ENCODE_STANDARDIZE || c->encoding == PLM_ENCODE_DATE)
        plm_text_format(t, ", \"mean\": %.17g, \"deviation\": %.17g, \"median\": %.17g", c->center,
                        c->deviation, c->fill);
    if (c->encoding == PLM_ENCODE_DATE)
        plm_text_format(t, ", \"parts\": %d", c->parts);
    if (c->format != PLM_FORMATS && c->format != PLM_FORMAT_POINT)
        plm_text_format(t, ", \"format\": \"%s\"", plm_format_names[c->format]);
    if (c->encoding == PLM_ENCODE_LABELS)
        plm_text_format(t, ", \"separator\": \"%c\"", c->separator);
    print_flags(t, c);
    if (c->rare > 0)
        plm_text_format(t, ", \"rare\": %lld", (long long)c->rare);
    print_knots(t, c);
    print_words(t, c);
}

/* Appends how the file is read, where the user has set it. */
static void print_reading(plm_text *t, const plm_table_reading *r)
{
    const char *const given[][2] = {{"delimiter", r->delimiter},
                                    {"header", r->header},
                                    {"encoding", r->encoding},
                                    {"quotes", r->quotes},
                                    {"comments", r->comments}};
    const char *between = "";
    plm_text_add(t, "{");
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        if (given[i][1] == NULL)
            continue;
        plm_text_format(t, "%s\"%s\": ", between, given[i][0]);
        print_text(t, given[i][1]);
        between = ", ";
    }
    if (r->skip >= 0)
        plm_text_format(t, "%s\"skip\": %lld", between, (long long)r->skip);
    plm_text_add(t, "}");
}

/* Appends a schema as JSON. Each column of the table is one line, so that two schemas can be
 * compared line by line. */
void plm_schema_print(plm_text *t, const plm_schema *s)
{
    plm_text_format(t,
                    "{\"version\": 1, \"header\": %s, \"reading\": ", s->header ? "true" : "false");
    print_reading(t, &s->reading);
    if (s->order != SIZE_MAX)
        plm_text_format(t, ", \"order\": %zu", s->order);
    plm_text_add(t, ", \"columns\": [");
    for (size_t i = 0; i < s->columns; i++) {
        const plm_column *c = &s->column[i];
        plm_text_add(t, i > 0 ? ",\n{\"name\": " : "\n{\"name\": ");
        print_text(t, c->name);
        plm_text_format(t, ", \"role\": \"%s\", \"type\": \"%s\", \"encoding\": \"%s\"",
                        plm_column_roles[c->role], plm_column_types[c->type],
                        c->scaling != PLM_SCALE_STANDARD ? plm_column_scalings[c->scaling]
                                                         : plm_column_encodings[c->encoding]);
        plm_text_add(t, ", \"why\": ");
        print_text(t, c->why);
        plm_text_format(t, ", \"missing\": %lld", (long long)c->missing);
        if (c->lag > 0)
            plm_text_format(t, ", \"from\": %zu, \"lag\": %lld", c->from, (long long)c->lag);
        print_fitted(t, c);
        plm_text_add(t, "}");
    }
    plm_text_add(t, "]}");
}
