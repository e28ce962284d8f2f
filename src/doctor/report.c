/* Functions by which findings read what is known (plm_case) and write a report. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/chain.h"
#include "base/names.h"
#include "base/split.h"
#include "doctor/doctor.h"
#include "doctor/finding.h"

/* Parts are bits of a word. */
bool plm_case_has(const plm_case *c, plm_part_of_finding part)
{
    return (c->parts >> part & 1) != 0;
}

/* True if the targets are classes. If a table is examined without a net, there is no loss. Its
 * target may be classes then, unless it has too many different whole numbers, which a training of
 * the table learns as numbers (PLM_MOST_CLASSES). */
bool plm_case_learns_classes(const plm_case *c)
{
    const plm_loss_kind *loss =
        c->spot != NULL && c->model->heads > 0 ? c->model->head[0].loss : NULL;
    if (c->alone)
        return c->data == NULL || c->data->class_names > 0 || c->data->classes <= PLM_MOST_CLASSES;
    return (loss != NULL && plm_pattern_matches("*crossentropy|*hinge", loss->kind.name));
}

/* True if the loss takes class numbers. They are no quantities, also if the facts have no classes
 * since some of the labels are outside of the classes, as those that the loss leaves out. */
bool plm_case_takes_labels(const plm_case *c)
{
    const plm_loss_kind *loss =
        c->model != NULL && c->model->heads > 0 ? c->model->head[0].loss : NULL;
    if (c->alone || loss != NULL)
        return !c->alone && loss->sparse;
    /* the data is examined before the model of a run file is made */
    return plm_pattern_matches("sparse_*|*Sparse*", plm_case_setting(c, "loss"));
}

/* Writes a class by its name, if it has one, since its number depends on the order of the names. */
const char *plm_class_text(const plm_data_facts *d, int class, char out[PLM_CLASS_TEXT])
{
    if (class >= 0 && class < d->class_names)
        snprintf(out, PLM_CLASS_TEXT, "class '%.40s'", d->class_name[class]);
    else
        snprintf(out, PLM_CLASS_TEXT, "class %d", class);
    return out;
}

/* Returns the number of a step for output, counted from 1; the program counts steps from 0. */
long long plm_step_number(int64_t step)
{
    return (long long)step + 1;
}

/* "" for a finding that concerns no layer. */
const char *plm_case_layer(const plm_case *c, int64_t layer)
{
    return layer >= 0 && layer < c->layers ? c->model->layer[c->spot[layer].layer].name : "";
}

/* True for a hidden layer with a weight matrix; normalizations and activations are regarded as a
 * part of the layer before them. */
bool plm_case_is_hidden(const plm_case *c, int64_t layer)
{
    const plm_layer *l = &c->model->layer[c->spot[layer].layer];
    return c->spot[layer].depth > 0 && l->kind != NULL &&
           (strcmp(l->kind->kind.name, "dense") == 0 ||
            strcmp(l->kind->kind.name, "dense_transpose") == 0);
}

/* Writes the names of layers, such as "dense_2 to dense_20" if the list has all layers of their
 * kind between them. */
void plm_case_layers(const plm_case *c, const int64_t *list, int64_t count, char *out, size_t size)
{
    const char *first = plm_case_layer(c, list[0]), *last = plm_case_layer(c, list[count - 1]);
    /* number of layers of this kind between the first and the last that are not in the list */
    int64_t between = 0;
    for (int64_t i = list[0]; i <= list[count - 1]; i++)
        between +=
            c->model->layer[c->spot[i].layer].kind == c->model->layer[c->spot[list[0]].layer].kind;
    if (count == 1)
        snprintf(out, size, "%s", first);
    else if (count == 2)
        snprintf(out, size, "%s and %s", first, last);
    else if (between == count)
        snprintf(out, size, "%s to %s", first, last);
    else
        snprintf(out, size, "%s, %s and %lld more", first, plm_case_layer(c, list[1]),
                 (long long)count - 2);
}

/* Sets the level of a value by two thresholds. That of an error is the more extreme one, so
 * comparing them tells whether large or small values are bad. NaN = not measured, so nothing is
 * found. */
bool plm_report_level(double number, double warning, double error, plm_level *out)
{
    const bool rises = error >= warning;
    if (isnan(number) || (rises ? number <= warning : number >= warning))
        return false;
    *out = (rises ? number > error : number < error) ? PLM_ERROR : PLM_WARNING;
    return true;
}

/* Writes the name of a column, or its number, since columns of arrays have no names. */
void plm_doctor_column(const plm_data_column *c, char *out, size_t size)
{
    if (c->name != NULL)
        plm_printable(c->name, out, size);
    else if (c->input > 0)
        snprintf(out, size, "column %d of input %d", c->index, c->input);
    else
        snprintf(out, size, "column %d", c->index);
}

/* Sets what a report says. If it is called again, the new level, part and layer replace the old
 * ones. */
void plm_report_found(plm_report *r, plm_level level, plm_part_of_finding part, int64_t layer,
                      const char *what, ...)
{
    va_list list;
    r->found = true;
    r->level = level;
    r->part = part;
    r->layer = layer;
    va_start(list, what);
    plm_text_format_list(&r->what, what, list);
    va_end(list);
}

/* Adds a line of evidence. It is printed as it is, with its blanks, and is never wrapped. */
void plm_report_line(plm_report *r, const char *line, ...)
{
    va_list list;
    va_start(list, line);
    plm_text_format_list(&r->evidence, line, list);
    va_end(list);
    plm_text_add(&r->evidence, "\n");
}

/* Adds a bar. Whole numbers, such as counts, are written with all digits. */
void plm_report_bar(plm_report *r, const char *name, double number, double share)
{
    enum { NAME = 22, BAR = 38 };
    const bool whole = !(fabs(number) > 999999999) && !(floor(number) < number);
    char label[NAME + 1];
    const int length = share > 0 ? (int)lround(fmin(share, 1) * BAR) : 0;
    plm_printable(name, label, sizeof label);
    plm_text_format(&r->evidence, whole ? "%-*s %9.0f |" : "%-*s %9.3g |", NAME, label, number);
    for (int i = 0; i < length; i++)
        plm_text_add(&r->evidence, "#");
    plm_text_add(&r->evidence, "\n");
}

/* Adds a remedy. Remedies beyond the capacity of a report are dropped; the best ones come first. */
void plm_report_remedy(plm_report *r, const char *key, const char *value, ...)
{
    plm_text text = {.w = r->arena->w};
    va_list list;
    if (r->remedies == (int)(sizeof r->remedy / sizeof r->remedy[0]))
        return;
    va_start(list, value);
    plm_text_format_list(&text, value, list);
    va_end(list);
    const char *kept = plm_arena_text(r->arena, plm_text_get(&text), SIZE_MAX);
    const char *own = plm_arena_text(r->arena, key, SIZE_MAX);
    if (kept == NULL || own == NULL || text.failed)
        r->what.failed = true;
    else
        r->remedy[r->remedies++] = (plm_remedy){.key = own, .value = kept};
    plm_text_free(&text);
}

/* True for a series in order of time. Rows that are sorted by their target have close neighbours,
 * too, but rise or fall from each row to the next. */
bool plm_case_is_series(const plm_case *c)
{
    static const char *const keys[] = {"lags", "windows", "order"};
    enum { CLOSE = 10, SORTED = 9 };
    const plm_data_facts *d = c->data;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (*plm_case_setting(c, keys[i]) != '\0')
            return true;
    const double rises = d != NULL ? d->rising + d->level : 1;
    return d != NULL && (d->classes == 0 || !plm_case_learns_classes(c)) && d->change * CLOSE < 2 &&
           rises * 10 < SORTED && (1 - d->rising) * 10 < SORTED;
}

/* Adds a remedy with a random validation. This is possible only if the validation is a split
 * without arguments about shuffling; otherwise the user has chosen its rows. */
bool plm_report_shuffled_split(plm_report *r, const plm_case *c)
{
    const char *own = plm_case_setting(c, "validation");
    const plm_spec *split = NULL, *yes = NULL;
    if (strncmp(own, "split", 5) != 0 || plm_spec_parse(r->arena, own, &split) < 0 ||
        plm_spec_argument_of(split, "shuffle", SIZE_MAX) != NULL ||
        plm_spec_parse(r->arena, "true", &yes) < 0)
        return false;
    const plm_spec *changed = plm_spec_with(r->arena, split, "shuffle", yes);
    const char *text = changed != NULL ? plm_spec_text(r->arena, changed) : NULL;
    r->what.failed = r->what.failed || text == NULL;
    if (text != NULL)
        plm_report_remedy(r, "validation", "%s", text);
    return text != NULL;
}

/* Adds a remedy with another layer before or after the given layer, within the same item of the key
 * model. */
static void add_beside(plm_report *r, const plm_case *c, int64_t layer, bool before,
                       const char *other)
{
    const char *own = c->model->layer[c->spot[layer].layer].text;
    if (own != NULL)
        plm_report_remedy(r, PLM_REMEDY_ONCE, "%s | %s", before ? other : own,
                          before ? own : other);
}

/* Adds a remedy that inserts a layer before the given one, such as a normalization of its input. */
void plm_report_before(plm_report *r, const plm_case *c, int64_t layer, const char *other)
{
    add_beside(r, c, layer, true, other);
}

/* Adds a remedy that inserts a layer after the given one, such as a dropout of its output. */
void plm_report_after(plm_report *r, const plm_case *c, int64_t layer, const char *other)
{
    add_beside(r, c, layer, false, other);
}

/* Adds another key to the last remedy. All must be changed together: one of them alone would not
 * help. */
void plm_report_also(plm_report *r, const char *key, const char *value)
{
    plm_remedy *also = r->remedies > 0 ? plm_arena_take(r->arena, sizeof *also) : NULL;
    if (r->remedies == 0)
        return;
    r->what.failed = r->what.failed || also == NULL;
    if (also == NULL)
        return;
    *also = (plm_remedy){.key = key, .value = value, .also = r->remedy[r->remedies - 1].also};
    r->remedy[r->remedies - 1].also = also;
}

/* Returns the last item of the key model, and sets *index to its number; NULL = unknown. */
static const char *last_item(const plm_case *c, plm_arena *a, int *index)
{
    const char *rest = plm_case_setting(c, "model"), *part = NULL;
    size_t length = 0;
    *index = -1;
    while (*plm_case_setting(c, "model") != '\0' && plm_split_next(&rest, ',', &part, &length))
        ++*index;
    return part != NULL ? plm_arena_text(a, part, length) : NULL;
}

/* Adds a remedy with another output layer. This is possible only if the last item of the key model
 * ends with a dense layer. An item that is repeated, or that joins other values, is not changed,
 * since replacing it would change more than the output. */
bool plm_report_output(plm_report *r, const plm_case *c, const char *layer)
{
    plm_chain chain;
    plm_text t = {.w = r->arena->w};
    int index = -1;
    const char *item = last_item(c, r->arena, &index);
    if (item == NULL || plm_chain_parse(r->arena, item, &chain) < 0 || chain.times != 1 ||
        chain.part[chain.parts - 1].input != NULL ||
        strncmp(chain.part[chain.parts - 1].layer, "dense(", 6) != 0)
        return false;
    for (size_t i = 0; i + 1 < chain.parts; i++)
        plm_text_format(&t, "%s | ", chain.part[i].layer);
    plm_text_add(&t, layer);
    const char *key = plm_arena_format(r->arena, "model.%d", index);
    r->what.failed = r->what.failed || t.failed || key == NULL;
    if (!t.failed && key != NULL)
        plm_report_remedy(r, key, "%s", plm_text_get(&t));
    plm_text_free(&t);
    return true;
}
