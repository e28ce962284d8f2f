/* Makes the text of plm_model_summary: a table of layers, output shapes and numbers of parameters,
 * then the totals, then the memory that training needs.
 *
 * The layout is that of Keras, since readers know it. Numbers of elements are without padding, and
 * bytes are those of float32, so the totals are the size of the model in a file, not in memory. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/letters.h"
#include "base/notation.h"
#include "train/train.h"

/* Numbers of trained and of frozen parameters. */
typedef struct {
    size_t trainable, frozen;
} counts;

/* Adds the number of elements of a parameter to the counts. */
static void count_weight(const plm_weight *weight, counts *c)
{
    if (weight->trainable)
        c->trainable += weight->count;
    else
        c->frozen += weight->count;
}

/* Counts the parameters of a layer. Parameters are in the order of the layers: *next is the first
 * parameter that is not counted yet. */
static counts layer_counts(const plm_model *m, const char *layer, size_t *next)
{
    counts c = {0};
    for (; *next < m->graph.weights && strcmp(m->graph.weight[*next].layer, layer) == 0; (*next)++)
        count_weight(&m->graph.weight[*next], &c);
    return c;
}

/* Writes a number with commas: 235500 as "235,500". */
static void with_commas(size_t n, char *out, size_t capacity)
{
    char digits[32];
    const int length = snprintf(digits, sizeof digits, "%zu", n);
    size_t at = 0;
    for (int i = 0; i < length && at + 2 < capacity; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
}

/* Writes a size in a suitable unit, such as "1.25 MB". */
static void as_bytes(size_t n, char *out, size_t capacity)
{
    const char *const unit[] = {"B", "KB", "MB", "GB"};
    double value = (double)n;
    int i = 0;
    for (; value >= 1024 && i < 3; i++)
        value /= 1024;
    plm_print(out, capacity, i == 0 ? "%.0f %s" : "%.2f %s", value, unit[i]);
}

/* Adds a horizontal line. */
static void rule(plm_text *t, int width)
{
    for (int i = 0; i < width; i++)
        plm_text_add(t, "-");
    plm_text_add(t, "\n");
}

/* Adds a line such as "Total params: 235,500 (919.92 KB)". */
static void sum_line(plm_text *t, const char *what, size_t count, size_t number_bytes)
{
    char number[40], bytes[40];
    with_commas(count, number, sizeof number);
    as_bytes(count * number_bytes, bytes, sizeof bytes);
    plm_text_format(t, "%s: %s (%s)\n", what, number, bytes);
}

/* The widths of the three columns of the table, and of the whole table, in characters. */
typedef struct {
    int name, shape, number, all;
} widths;

/* Divides the width of the table among its columns. */
static widths widths_of(int all)
{
    const int name = all * 45 / 100, shape = all * 30 / 100;
    return (widths){.name = name, .shape = shape, .number = all - name - shape - 2, .all = all};
}

/* Adds a row of the table. A name that is too long for its column gets its own line. */
static void row(const widths *c, const char *name, const char *shape, const char *number,
                plm_text *t)
{
    const int length = plm_utf8_letters(name);
    plm_text_add(t, name);
    if (length > c->name)
        plm_text_add(t, "\n");
    plm_text_add_blanks(t, length > c->name ? c->name : c->name - length);
    const int shape_width = (int)strlen(shape) > c->shape ? (int)strlen(shape) : c->shape;
    plm_text_format(t, " %-*s %*s\n", c->shape, shape, c->number - (shape_width - c->shape),
                    number);
}

/* Adds the row of a layer. If its name and kind do not fit into the column, the kind goes to a
 * second line. *next: the first parameter that is not counted yet. */
static void layer_line(const plm_model *m, size_t i, size_t *next, const widths *c, plm_text *t)
{
    const plm_layer *l = &m->layer[i];
    const char *kind = l->kind != NULL ? l->kind->kind.name : "input";
    const char *frozen = l->trainable ? "" : " frozen";
    char shape[96], number[40];
    plm_text name = {.w = m->w};
    const counts sum = layer_counts(m, l->name, next);
    plm_shape_print(plm_graph_shape(&m->graph, m->value[i]), shape, sizeof shape);
    with_commas(sum.trainable + sum.frozen, number, sizeof number);
    plm_text_format(&name, "%s (%s)%s", l->name, kind, frozen);
    const bool whole = plm_utf8_letters(plm_text_get(&name)) <= c->name;
    row(c, whole ? plm_text_get(&name) : l->name, shape, number, t);
    if (!whole)
        plm_text_format(t, "  (%s)%s\n", kind, frozen);
    t->failed = t->failed || name.failed;
    plm_text_free(&name);
}

/* Returns the number of elements of all slots of the optimizer, without padding. */
static size_t slot_count(const plm_model *m, size_t trainable)
{
    size_t slots = 0;
    for (int i = 0; i < PLM_SLOTS; i++)
        slots += m->vector.slot[i] != NULL ? trainable : 0;
    return slots;
}

/* Adds a line such as "Memory to train: 1.25 MB on batches of 32 rows, 6.10 KB for each additional
 * row". */
static void memory_line(plm_model *m, int width, plm_text *t)
{
    plm_memory_need need;
    size_t doubled = 0;
    char all[40], row_bytes[40], line[200];
    plm_status status = m->training != NULL ? plm_model_memory(m, NULL, &need) : PLM_E_ORDER;
    if (status >= 0)
        status = plm_model_plan_bytes(m, PLM_PLAN_TRAIN, 2 * need.batch, &doubled);
    t->failed = t->failed || status == PLM_E_MEMORY;
    if (status < 0 || doubled < need.activations)
        return;
    as_bytes(need.total, all, sizeof all);
    as_bytes((doubled - need.activations) / (size_t)need.batch, row_bytes, sizeof row_bytes);
    snprintf(line, sizeof line,
             "Memory to train: %s on batches of %lld row%s, %s for each additional row", all,
             (long long)need.batch, need.batch == 1 ? "" : "s", row_bytes);
    plm_text_wrap(t, 0, 1, width, line);
}

/* Adds the names of a list, or of several lists with a semicolon between them, up to `capacity`
 * characters. *count: number of all names; *cut: true = some names did not fit. */
static void list_names(const plm_spec *list, size_t capacity, size_t *count, bool *cut, plm_text *t)
{
    for (size_t i = 0; i < list->count; i++) {
        const plm_spec *item = list->argument[i].value;
        const char *before = i == 0                        ? *count > 0 ? "; " : ""
                             : item->type == PLM_SPEC_LIST ? ""
                                                           : ", ";
        if (item->type == PLM_SPEC_LIST) {
            list_names(item, capacity, count, cut, t);
            continue;
        }
        /* after the first name that does not fit, names are only counted */
        *cut = *cut || t->length + plm_printable(item->text, NULL, 0) + 2 > capacity;
        if (!*cut) {
            plm_text_add(t, before);
            plm_text_add_printable(t, item->text);
        }
        (*count)++;
    }
}

/* Adds the names of a list, in at most `room` characters. If not all fit, adds the first ones and
 * the number of all. */
static void add_names(const plm_spec *list, size_t room, plm_text *t)
{
    plm_text whole = {.w = t->w}, first = {.w = t->w};
    char more[48];
    size_t count = 0, again = 0;
    bool cut = false;
    list_names(list, SIZE_MAX, &count, &cut, &whole);
    if (whole.length > room) {
        const int length =
            snprintf(more, sizeof more, "... (%zu column%s)", count, count == 1 ? "" : "s");
        const size_t rest = (size_t)length + 2;
        list_names(list, room > rest ? room - rest : 0, &again, &cut, &first);
        plm_text_format(t, "%s%s%s", plm_text_get(&first), first.length > 0 ? ", " : "", more);
    } else {
        plm_text_add(t, plm_text_get(&whole));
    }
    t->failed = t->failed || whole.failed || first.failed;
    plm_text_free(&whole);
    plm_text_free(&first);
}

/* Adds a line such as "Inputs: size, rooms, age" or "Inputs: size, rooms, ... (1000 columns)". */
static void columns_line(const plm_model *m, const char *title, const char *names, int width,
                         plm_text *t)
{
    const size_t used = strlen(title) + 2;
    const plm_spec *list = NULL;
    plm_arena a = {.w = m->w};
    if (names[0] != '\0' && plm_spec_parse(&a, names, &list) >= 0) {
        plm_text_format(t, "%s: ", title);
        add_names(list, (size_t)width > used ? (size_t)width - used : 0, t);
        plm_text_add(t, "\n");
    }
    t->failed = t->failed || (names[0] != '\0' && list == NULL);
    plm_arena_free(&a);
}

/* Returns a table of layers, output shapes and numbers of parameters as text. width: number of
 * characters of a line; below 30, 80 is used. The text belongs to the model until the next
 * call. NULL = the model is not compiled, or there is no memory; "" = there is no model. */
const char *plm_model_summary(plm_model *m, int width)
{
    if (plm_model_ready(m) < 0)
        return m != NULL ? NULL : "";
    const widths wide = widths_of(width >= 30 ? width - 1 : 79);
    plm_text t = {.w = m->w};
    counts all = {0};
    size_t next = 0;
    for (size_t i = 0; i < m->graph.weights; i++)
        count_weight(&m->graph.weight[i], &all);
    const size_t slots = slot_count(m, all.trainable);
    row(&wide, "Layer (type)", wide.all < 46 ? "Output" : "Output shape", "Param #", &t);
    rule(&t, wide.all);
    for (size_t i = 0; i < m->layers; i++)
        layer_line(m, i, &next, &wide, &t);
    rule(&t, wide.all);
    sum_line(&t, "Total params", all.trainable + all.frozen + slots, sizeof(float));
    sum_line(&t, "Trainable params", all.trainable, sizeof(float));
    sum_line(&t, "Non-trainable params", all.frozen, sizeof(float));
    if (slots > 0)
        sum_line(&t, "Optimizer params", slots, sizeof(float));
    columns_line(m, "Inputs", m->setting[PLM_SETTING_INPUTS], wide.all, &t);
    columns_line(m, "Targets", m->setting[PLM_SETTING_TARGETS], wide.all, &t);
    memory_line(m, wide.all, &t);
    plm_release(m->w, m->summary);
    m->summary = t.failed ? NULL : plm_duplicate(m->w, plm_text_get(&t));
    plm_text_free(&t);
    return m->summary;
}
