/* Reads the key class_weight: a weight for each class, as a list or as a dictionary of class
 * numbers or names; or balanced, which needs the rows of each class. The names of the classes and
 * the rows are known only when the data is open. */
#include "run/class_weight.h"

#include <math.h>
#include <string.h>

#include "base/notation.h"
#include "base/spec.h"
#include "base/split.h"
#include "data/data.h"
#include "run/runfile.h"
#include "train/ignored.h"

/* ---- what the user has written ---- */

/* The weights of classes while they are read: out [capacity], of which `count` are given. twice: a
 * class that a dictionary names twice; -1 = none. */
typedef struct {
    plm_settings *s;
    bool open;                /* true = the data is open, so the names of its classes are known */
    const plm_column *target; /* the target, if its classes have names; else NULL */
    float *out;
    int capacity, count, twice;
    int classes;         /* number of classes of the output; 0 = not known */
    bool some;           /* a key of the dictionary was the name of a class */
    const char *unknown; /* the first key that is no class; NULL = none */
    int length;          /* of `unknown` */
} weights;

/* In a dictionary that is being read: the class is not named yet. */
enum { NOT_NAMED = -1 };

/* A key of a dictionary, without quotes. */
typedef struct {
    const char *text;
    size_t length;
} name;

/* Reads a key and the colon after it. Returns the position behind them; NULL = there is no key. */
static const char *read_key(const char *at, name *key)
{
    const char quote = *at == '\'' || *at == '"' ? *at : '\0';
    key->text = at + (quote != '\0');
    const char *end =
        quote != '\0' ? strchr(key->text, quote) : key->text + strcspn(key->text, ":,}");
    if (!end)
        return NULL;
    key->length = (size_t)(end - key->text);
    while (quote == '\0' && key->length > 0 && key->text[key->length - 1] == ' ')
        key->length--;
    end += quote != '\0';
    end += strspn(end, " ");
    return key->length > 0 && *end == ':' ? end + 1 : NULL;
}

/* Returns the class with this name; -1 = there is none. */
static int class_of_name(const weights *w, name key)
{
    for (size_t i = 0; w->target && i < w->target->words; i++)
        if (strlen(w->target->word[i]) == key.length &&
            memcmp(w->target->word[i], key.text, key.length) == 0)
            return (int)i;
    return -1;
}

/* Returns the class with this number; -1 = the key is not such a number. */
static int class_of_number(const weights *w, name key)
{
    const char *end = key.text;
    const double class = plm_text_number(key.text, &end);
    if (end != key.text + key.length || !(class >= 0 && class < w->capacity))
        return -1;
    return (double)(int)class == class ? (int)class : -1;
}

/* Stores the weight of a class, which the dictionary may not have named before. */
static void name_class(weights *w, int class, double value)
{
    while (w->count <= class)
        w->out[w->count++] = NOT_NAMED;
    if (w->out[class] >= 0)
        w->twice = class;
    w->out[class] = (float)value;
}

/* Stores the weight of a key. named: keys are names, else numbers. Before the data is open, any key
 * may be a name. Returns false if the number is no class; an unknown name is only kept. */
static bool take_entry(weights *w, bool named, name key, double value)
{
    const int class = named ? class_of_name(w, key) : class_of_number(w, key);
    if (class >= 0) {
        w->some = w->some || named;
        name_class(w, class, value);
        return true;
    }
    const char *end = key.text;
    (void)plm_text_number(key.text, &end);
    const bool number = end == key.text + key.length; /* such as -1, which is no name */
    if (w->open && !w->unknown && (w->target || !number)) {
        w->unknown = key.text;
        w->length = (int)key.length;
    }
    return named || !w->open;
}

/* Reads the entries of a dictionary. Returns false if the text is not such a dictionary. */
static bool read_entries(weights *w, bool named, const char *text)
{
    const char *end = text;
    w->count = 0;
    do {
        name key;
        const char *at = read_key(text + 1 + strspn(text + 1, " "), &key);
        if (!at)
            return false;
        at += strspn(at, " ");
        const double value = plm_text_number(at, &end);
        if (end == at || !(value >= 0 && value < 1e30) || !take_entry(w, named, key, value))
            return false;
        text = end + strspn(end, " ");
    } while (*text == ',');
    return *text == '}' && text[1 + strspn(text + 1, " ")] == '\0';
}

/* Reads a dictionary: Keras's {0: 1.0, 1: 9.0}, or {no: 1, yes: 9} with the names of all or some
 * classes. As soon as one key is the name of a class, all keys are names, also if they are numbers.
 * A class that it leaves out has the weight 1. */
static bool read_dictionary(weights *w, const char *text)
{
    bool named = w->target && read_entries(w, true, text);
    if (named && w->unknown && w->some)
        return false;
    named = named && !w->unknown;
    w->unknown = NULL;
    if (!named && !read_entries(w, false, text))
        return false;
    while (w->count < w->classes)
        w->out[w->count++] = NOT_NAMED;
    for (int i = 0; i < w->count; i++)
        if (w->out[i] < 0)
            w->out[i] = 1;
    return w->twice < 0;
}

/* Fails on the name of a class that the target does not have. i: index of the item. */
static plm_status fail_name(const weights *w, int i)
{
    enum { SHOWN = 6 };
    plm_text hint = {.w = w->s->w};
    plm_text_add(&hint,
                 w->target ? "the classes are " : "name the classes by their numbers, from 0");
    for (size_t k = 0; w->target && k < w->target->words && k < SHOWN; k++)
        plm_text_format(&hint, "%s'%.40s'", k > 0 ? ", " : "", w->target->word[k]);
    plm_text_add(&hint, w->target && w->target->words > SHOWN ? ", ..." : "");
    const plm_status status =
        hint.failed ? PLM_E_MEMORY
                    : plm_setting_fail(w->s, "class_weight", i, plm_text_get(&hint),
                                       w->target ? "class_weight names '%.*s', which is no class"
                                                 : "class_weight names the class '%.*s', but the "
                                                   "classes of this data have no names",
                                       w->length < 40 ? w->length : 40, w->unknown);
    plm_text_free(&hint);
    return status;
}

/* Fails on class weights that cannot be read. text: item i of the setting. */
static plm_status fail_weights(const weights *w, int i, const char *text)
{
    if (w->twice >= 0)
        return plm_setting_fail(w->s, "class_weight", i, "give each class one weight",
                                "class_weight names class %d twice: '%s'", w->twice, text);
    if (w->unknown)
        return fail_name(w, i);
    return plm_setting_fail(w->s, "class_weight", i,
                            "write balanced, a list with a weight of 0 or more for each class, or "
                            "{class: weight}, for at most 4096 classes",
                            "class_weight cannot be '%s'", text);
}

/* Appends the weight in a number, a list such as [1] * 9 + [5], or a dictionary. Returns false if
 * the text is none of these. */
static bool read_weights(weights *w, const char *text)
{
    const plm_spec *list = NULL;
    double value = 0;
    if (*text == '{' && w->count == 0)
        return read_dictionary(w, text);
    if (*text != '[') {
        if (w->count == w->capacity || !plm_read_real(text, &value) ||
            !(value >= 0 && value < 1e30))
            return false;
        w->out[w->count++] = (float)value;
        return true;
    }
    if (plm_spec_parse(&w->s->arena, text, &list) < 0)
        return false;
    for (size_t i = 0; i < list->count; i++) {
        const plm_spec *item = list->argument[i].value;
        if (item->type != PLM_SPEC_NUMBER || !read_weights(w, item->text))
            return false;
    }
    return true;
}

/* True if the key is `balanced`. */
static bool is_balanced(const plm_setting *given)
{
    return given->count == 1 && !strcmp(given->item[0].text, "balanced");
}

/* Reads the key. */
static plm_status read_all(weights *w)
{
    const plm_setting *given = plm_setting_of(w->s, "class_weight");
    w->twice = -1;
    if (!given || is_balanced(given))
        return PLM_OK;
    for (int i = 0; i < (int)given->count; i++)
        if (!read_weights(w, given->item[i].text))
            return fail_weights(w, i, given->item[i].text);
    return PLM_OK;
}

/* Checks the key before the data is open: names of classes are not known yet. */
plm_status plm_class_weight_check(plm_settings *s)
{
    float out[PLM_RUN_MAX_CLASSES];
    weights w = {.s = s, .out = out, .capacity = PLM_RUN_MAX_CLASSES};
    return read_all(&w);
}

/* ---- balanced ---- */

/* Returns the class of a row of the first target: its label or, for a one-hot target, the index of
 * the 1. Returns -1 if the target is neither. row: buffer for the row. */
static float class_in_row(const plm_table *t, int64_t at, float *row)
{
    int64_t ones = 0, class = -1;
    plm_element_gather(NULL, t->element, row, t->rows, t->width, &at, 1);
    if (t->width == 1)
        return row[0];
    for (size_t j = 0; j < t->width; j++) {
        if (!(row[j] >= 0 && row[j] <= 0) && !(row[j] >= 1 && row[j] <= 1))
            return -1;
        ones += row[j] > 0;
        class = row[j] > 0 ? (int64_t)j : class;
    }
    return ones == 1 ? (float)class : -1;
}

/* Counts the rows of each class in the stream: out[c] = number of rows of class c. *rows: number of
 * all rows. Rows whose label the loss leaves out are not counted. *classes: the largest of these
 * classes, plus 1; it stays as it is if no row is left out. */
static plm_status count_classes(const plm_model *m, const plm_data *d, float *out, int64_t *rows,
                                int64_t *classes)
{
    float row[PLM_RUN_MAX_CLASSES];
    const int64_t all = d->last - d->first;
    int64_t least = 0;
    const plm_table *t = &d->source->table[d->source->inputs];
    for (int64_t i = 0; i < all; i++) {
        const float label = class_in_row(t, plm_data_row_at(d, i), row);
        if (t->width == 1 && plm_training_ignores(m, 0, label))
            continue;
        if (!(label >= 0 && label < PLM_RUN_MAX_CLASSES) || label != floorf(label))
            return PLM_E_DATA;
        out[(int)label]++;
        ++*rows;
        least = (int64_t)label >= least ? (int64_t)label + 1 : least;
    }
    if (*rows < all)
        *classes = least;
    return PLM_OK;
}

/* Replaces the number of rows of each class by the weight of the class: the mean number of rows of
 * a class, divided by its own. rows: number of all rows. */
static void weigh(float *weight, int64_t classes, int64_t rows)
{
    int64_t present = 0;
    for (int64_t c = 0; c < classes; c++)
        present += weight[c] > 0;
    for (int64_t c = 0; c < classes; c++)
        if (weight[c] > 0)
            weight[c] = (float)((double)rows / ((double)present * (double)weight[c]));
}

/* Fails because the weights of `balanced` cannot be computed. why: the reason. */
static plm_status fail_balance(plm_settings *s, const char *why)
{
    return plm_setting_fail(
        s, "class_weight", 0, "list a weight for each class, or remove class_weight",
        "class_weight: balanced needs the number of rows of each class, but %s", why);
}

/* Returns why the rows of each class cannot be counted; NULL = they can. *classes: their number. */
static const char *why_uncountable(const plm_data *d, int64_t *classes)
{
    const plm_source *source = d->source;
    const plm_table *t = &source->table[source->inputs];
    *classes = 0;
    if (source->targets == 0)
        return "the data has no target";
    if (!t->rows)
        return "the rows are read piece by piece and not kept in memory";
    if (t->width > PLM_RUN_MAX_CLASSES)
        return "the target has more than 4096 numbers a row";
    *classes = t->width > 1 ? (int64_t)t->width : plm_data_count_classes(d);
    if (*classes == 0)
        return "the target is no class number: its numbers are below 0, or too large";
    if (*classes == 1)
        return "every row has class 0";
    return *classes > PLM_RUN_MAX_CLASSES ? "the target has class numbers above 4095" : NULL;
}

/* Sets the weights of `balanced`. Averaged over the rows they are 1. Classes without a row keep the
 * weight 0, which has no effect. */
static plm_status balance(const plm_job *j, plm_settings *s, float *out, int *count)
{
    const plm_data *d = j->data;
    int64_t rows = 0, classes = 0;
    const char *why = why_uncountable(d, &classes);
    memset(out, 0, PLM_RUN_MAX_CLASSES * sizeof *out);
    if (why)
        return fail_balance(s, why);
    if (count_classes(j->model, d, out, &rows, &classes) < 0)
        return fail_balance(s, d->source->table[d->source->inputs].width > 1
                                   ? "the rows of the target are not one-hot: a row has another "
                                     "number than a single 1 and zeros"
                                   : "the target has numbers that are no classes 0, 1, 2, ...");
    weigh(out, classes, rows);
    *count = (int)classes;
    return PLM_OK;
}

/* Returns the number of classes of the model's first output; a single unit has two. */
static int classes_of(const plm_model *m)
{
    plm_port port = {0};
    if (plm_model_outputs(m, 0, &port) < 1 || port.rank < 1)
        return 0;
    const int64_t units = port.dims[port.rank - 1];
    return units < 2 ? 2 : units < PLM_RUN_MAX_CLASSES ? (int)units : PLM_RUN_MAX_CLASSES;
}

/* Fails if the target is a number, or has several labels in a cell. */
static plm_status check_target(plm_settings *s, const plm_column *target)
{
    const bool labels = target && target->encoding == PLM_ENCODE_LABELS;
    if (!target || !(labels || target->encoding == PLM_ENCODE_STANDARDIZE))
        return PLM_OK;
    return plm_setting_fail(
        s, "class_weight", 0, "remove class_weight, or use sample weights: weight=COLUMN",
        "class weights need one class a row, but the target '%s' %s", target->name,
        labels ? "has several labels in a cell" : "is learned as a number");
}

/* Reads the key for open data and a compiled model. */
plm_status plm_class_weight_read(const plm_job *j, plm_settings *s, float *out, int *count)
{
    const plm_setting *given = plm_setting_of(s, "class_weight");
    const plm_schema *schema = j->data->source->schema;
    const plm_column *target = schema ? plm_schema_target(schema, 0) : NULL;
    weights w = {.s = s,
                 .open = true,
                 .out = out,
                 .capacity = PLM_RUN_MAX_CLASSES,
                 .classes = classes_of(j->model)};
    *count = 0;
    if (given && given->count > 0)
        PLM_TRY(check_target(s, target));
    if (given && is_balanced(given))
        return balance(j, s, out, count);
    w.target = target && target->encoding == PLM_ENCODE_CLASSES ? target : NULL;
    PLM_TRY(read_all(&w));
    *count = w.count;
    return PLM_OK;
}
