/* Complaints, kinds, examples. */
#include "battery.h"

#include <math.h>
#include <stdio.h>

#include "base/names.h"
#include "base/random.h"

/* ---- complaints ---- */

void battery_complain(battery_report *r, const char *format, ...)
{
    char line[1200];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    r->complaints++;
    print_error("  %s\n", line);
}

void battery_end(const battery_report *r)
{
    if (r->complaints > 0)
        fail_msg("%d of %d checks failed, see above", r->complaints, r->checks);
    if (r->checks == 0)
        fail_msg("nothing was checked");
}

void *battery_take(size_t count, size_t size)
{
    void *block = calloc(count > 0 ? count : 1, size);
    if (block == NULL)
        fail_msg("out of memory");
    return block;
}

double battery_uniform(uint32_t stream, uint64_t i)
{
    plm_random r = plm_random_open(1, PLM_RANDOM_TEST, stream, (uint32_t)(i >> 32));
    r.next = (uint32_t)i;
    return plm_random_uniform(&r);
}

/* ---- kinds ---- */

plm *battery_open(int threads, const char *isa)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = threads, .isa = isa, .seed = 42, .unpinned = true));
    if (w == NULL || w->fault < 0)
        fail_msg("plm_open: %s", plm_last_error(w)->what);
    return w;
}

const plm_kind *const *battery_kinds(const plm *w, const char *family)
{
    static const plm_kind *const none[] = {NULL};
    for (const plm_family *f = w->families; f->name != NULL; f++)
        if (strcmp(f->name, family) == 0)
            return f->kinds;
    return none;
}

const char *battery_error(const plm *w, char *out, size_t room)
{
    const plm_error *e = plm_last_error(w);
    snprintf(out, room, "%d: %s: %s; %s", e->status, e->where, e->what, e->hint);
    return out;
}

/* ---- examples ---- */

/* "[28, 3]" at *at; moves on. */
static bool parse_dims(const char **at, int *rank, int64_t *dims)
{
    const char *s = *at + strspn(*at, " ");
    if (*s++ != '[')
        return false;
    for (*rank = 0; *rank < PLM_RANK;) {
        char *end = NULL;
        dims[*rank] = strtoll(s, &end, 10);
        if (end == s || dims[(*rank)++] < 1)
            return false;
        s = end + strspn(end, " ");
        if (*s == ']') {
            *at = s + 1 + strspn(s + 1, " ");
            return true;
        }
        if (*s++ != ',')
            return false;
    }
    return false;
}

bool battery_parse(const char *text, battery_example *out)
{
    const char *arrow = strstr(text, "<-");
    *out = (battery_example){.text = text};
    if (arrow == NULL || arrow == text || (size_t)(arrow - text) >= sizeof out->spec)
        return false;
    memcpy(out->spec, text, (size_t)(arrow - text));
    for (size_t n = (size_t)(arrow - text); n > 0 && out->spec[n - 1] == ' '; n--)
        out->spec[n - 1] = '\0';
    char *bar = strstr(out->spec, " | ");
    if (bar != NULL) {
        snprintf(out->below, sizeof out->below, "%.*s", (int)(bar - out->spec), out->spec);
        memmove(out->spec, bar + 3, strlen(bar + 3) + 1);
    }
    const char *at = arrow + 2;
    do {
        if (out->inputs == PLM_INPUTS ||
            !parse_dims(&at, &out->rank[out->inputs], out->dims[out->inputs]))
            return false;
        out->inputs++;
    } while (*at != '\0');
    return true;
}

void battery_widen(battery_example *e, int64_t width)
{
    for (int i = 0; i < e->inputs && width > 0; i++)
        e->dims[i][e->rank[i] - 1] = width;
}

/* ---- spelling ---- */

static void print_argument(plm_text *t, bool *first, const char *key, const char *value)
{
    plm_text_format(t, "%s%s=%s", *first ? "" : ", ", key, value);
    *first = false;
}

/* The positional arguments from `from` on as one list, where the field takes many numbers. */
static const plm_spec *rest_as_list(plm_arena *a, const plm_spec *s, size_t from)
{
    plm_spec *list = plm_arena_take(a, sizeof *list);
    *list = (plm_spec){.type = PLM_SPEC_LIST, .argument = s->argument + from};
    while (from + list->count < s->count && s->argument[from + list->count].key == NULL)
        list->count++;
    return list;
}

/* Does an argument called `name` mean the field `key`? */
static bool means(const plm_kind *kind, const char *name, const char *key)
{
    for (const plm_field *f = kind->fields; f != NULL && f->name != NULL; f++) {
        const plm_kind aliases = {.name = f->name, .alias = f->alias};
        if (plm_name_equal(f->name, key) && plm_kind_named(&aliases, name))
            return true;
    }
    return plm_name_equal(name, key);
}

const char *battery_respell(plm_arena *a, const plm_kind *kind, const char *spec, const char *key,
                            const char *value)
{
    const plm_spec *s = NULL;
    plm_text t = {.w = a->w};
    bool first = true;
    if (plm_spec_parse(a, spec, &s) < 0)
        fail_msg("'%s' is no spec", spec);
    plm_text_format(&t, "%s(", s->text);
    for (size_t i = 0; i < s->count; i++) {
        const plm_spec *given = s->argument[i].value;
        const char *name = s->argument[i].key != NULL ? s->argument[i].key : kind->fields[i].name;
        const plm_field_type type = s->argument[i].key != NULL ? PLM_INT : kind->fields[i].type;
        size_t next = i;
        if ((type == PLM_INTS || type == PLM_REALS) && given->type == PLM_SPEC_NUMBER) {
            given = rest_as_list(a, s, i);
            next = i + given->count - 1;
        }
        i = next;
        if (key == NULL || !means(kind, name, key))
            print_argument(&t, &first, name, plm_spec_text(a, given));
    }
    if (key != NULL && value != NULL)
        print_argument(&t, &first, key, value);
    plm_text_add(&t, ")");
    const char *result = plm_arena_text(a, plm_text_get(&t), SIZE_MAX);
    plm_text_free(&t);
    return result;
}

bool battery_has_range(const plm_field *f)
{
    return f->low < 0 || f->low > 0 || f->high < 0 || f->high > 0;
}

/* A number near the default and within the range; false = none is known. */
static bool other_number(const plm_field *f, char *out, size_t room)
{
    const double start = f->fallback != NULL ? strtod(f->fallback, NULL) : 0;
    const double other = f->type == PLM_INT ? start + 1 : isfinite(start) ? start + 0.25 : 1;
    snprintf(out, room, "%g", other);
    return !battery_has_range(f) || (other >= f->low && other <= f->high);
}

int battery_values_of(const plm_field *f, char out[8][40])
{
    int count = 1;
    out[0][0] = '\0';
    if (f->type == PLM_BOOL)
        snprintf(out[count++], sizeof out[0], "%s",
                 strcmp(f->fallback, "true") == 0 ? "false" : "true");
    else if (f->type == PLM_REAL || f->type == PLM_INT)
        count += other_number(f, out[1], sizeof out[1]);
    for (const char *word = f->type == PLM_CHOICE ? f->choices : NULL; word != NULL && count < 8;) {
        const size_t length = strcspn(word, "|");
        snprintf(out[count++], sizeof out[0], "%.*s", (int)length, word);
        word = word[length] == '|' ? word + length + 1 : NULL;
    }
    return count;
}

/* The bare name is enough unless the table has a required field. */
static bool stands_alone(const plm_kind *kind)
{
    for (const plm_field *f = kind->fields; f != NULL && f->name != NULL; f++)
        if (f->fallback == NULL)
            return false;
    return true;
}

bool battery_base_spec(const plm_kind *kind, char *out, size_t room)
{
    for (const char *at = kind->examples != NULL ? kind->examples[0] : NULL; at != NULL;) {
        at += strspn(at, " |");
        char name[100] = "";
        const size_t length = strcspn(at, "( |<"), bar = strcspn(at, "|");
        const char *arrow = strstr(at, "<-");
        snprintf(name, sizeof name, "%.*s", (int)length, at);
        size_t end = arrow != NULL && (size_t)(arrow - at) < bar ? (size_t)(arrow - at) : bar;
        if (plm_kind_named(kind, name)) {
            while (end > 0 && at[end - 1] == ' ')
                end--;
            snprintf(out, room, "%.*s", (int)end, at);
            return true;
        }
        at = at[bar] == '|' ? at + bar + 1 : NULL;
    }
    snprintf(out, room, "%s", kind->name);
    return stands_alone(kind);
}
