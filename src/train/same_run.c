/* Checks that a resumed fit is the one that wrote the checkpoint. The layers must be the same.
 * What else identifies a training is stored in the checkpoint as text, in lines "key: value":
 *   training/facts  what the library itself knows: seed, rows, optimizer, ... Another number of
 *                   rows is an error; other changes give a warning.
 *   training/run    what the caller gave (plm_fit_options.config). Changes are errors, unless the
 *                   caller names the key in config_changes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "train/snapshot.h"

/* A line "key: value" of a text that identifies a training. Key and value are parts of the text and
 * do not end with NUL; lengths are in bytes. */
typedef struct {
    const char *key, *value; /* both point into the text of all lines */
    int key_length, length;  /* of the key; of the value */
} fact;

/* Reads the line at *at and advances *at to the next; false at the end of the text. */
static bool next_fact(const char **at, fact *out)
{
    const char *line = *at;
    const size_t length = strcspn(line, "\n"), key = strcspn(line, ":\n");
    if (line[0] == '\0')
        return false;
    const size_t gap = key < length ? key + 1 + strspn(line + key + 1, " ") : length;
    *out = (fact){.key = line,
                  .value = line + gap,
                  .key_length = (int)key,
                  .length = gap < length ? (int)(length - gap) : 0};
    *at = line + length + (line[length] == '\n');
    return true;
}

/* Finds the line that has the key of `wanted`. If there is none, *out has the value "nothing". */
static bool find_fact(const char *lines, const fact *wanted, fact *out)
{
    while (next_fact(&lines, out))
        if (out->key_length == wanted->key_length &&
            memcmp(out->key, wanted->key, (size_t)out->key_length) == 0)
            return true;
    *out = (fact){.key = wanted->key, .value = "nothing", .length = 7};
    return false;
}

/* True if the key is in a list "a, b". */
static bool is_named(const char *list, const fact *f)
{
    while (list != NULL && *list != '\0') {
        const size_t length = strcspn(list, ", ");
        if (length == (size_t)f->key_length && memcmp(list, f->key, length) == 0)
            return true;
        list += length;
        list += strspn(list, ", ");
    }
    return false;
}

/* ---- what is stored ---- */

/* Adds the lines that the library itself knows. If the caller gives keys of its own, these include
 * the settings that are left out here. */
static plm_status put_facts(const plm_run *r, const plm_fit_options *o, const plm_data_info *info,
                            plm_text *t)
{
    const plm_model *m = r->model;
    if (o->config == NULL) {
        plm_text_format(t, "seed: %" PRIu64 "\n", m->w->options.seed);
        plm_text_format(t, "optimizer: %s\nloss: %s\n", m->setting[PLM_SETTING_OPTIMIZER],
                        m->setting[PLM_SETTING_LOSS]);
        plm_text_format(t, "loss weights: %s\n", m->setting[PLM_SETTING_LOSS_WEIGHTS]);
        if (o->steps_per_epoch > 0)
            plm_text_format(t, "steps of an epoch: %" PRId64 "\n", o->steps_per_epoch);
    }
    plm_text_format(t, "rows of an epoch: %" PRId64 "\n", info->rows);
    plm_text_format(t, "rows of a batch: %" PRId64 "\n", info->batch);
    return t->failed ? PLM_E_MEMORY : PLM_OK;
}

/* Collects the texts that identify the training. info: describes the training data. */
plm_status plm_same_run_note(plm_run *r, const plm_fit_options *o, const plm_data_info *info)
{
    plm_text t = {.w = r->model->w};
    const plm_status status = put_facts(r, o, info, &t);
    if (status >= 0)
        r->facts = plm_arena_text(&r->arena, plm_text_get(&t), SIZE_MAX);
    plm_text_free(&t);
    r->run = o->config;
    r->config_changes = o->config_changes;
    return status < 0 || r->facts == NULL ? PLM_E_MEMORY : PLM_OK;
}

/* ---- comparison ---- */

/* Reads a text of the checkpoint into the arena of the run. *out = NULL: the checkpoint does not
 * have the text, as in older versions. */
static plm_status read_lines(plm_run *r, const plm_document *d, const char *name, const char **out)
{
    *out = NULL;
    for (size_t i = 0; i < d->tensors; i++) {
        const plm_document_tensor *t = &d->tensor[i];
        if (strcmp(t->name, name) != 0 || t->dtype != PLM_U8)
            continue;
        *out = plm_arena_text(&r->arena, t->data, t->bytes);
        return *out != NULL ? PLM_OK : PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* True if the key begins with the word. */
static bool begins_with(const fact *f, const char *word)
{
    const size_t length = strlen(word);
    return (size_t)f->key_length >= length && memcmp(f->key, word, length) == 0;
}

/* Fails because the number of rows has changed: the data is then another one, and a split would
 * take other rows. */
static plm_status fail_rows(const plm_run *r, const fact *now, const fact *then)
{
    char key[64];
    snprintf(key, sizeof key, "%.*s", now->key_length, now->key);
    return plm_fail(
        r->model->w, PLM_E_SPEC, key,
        "resume on the data that the checkpoint was written with; to train on other data, "
        "begin a new run that starts from this model",
        "the data is not that of the checkpoint: %s is now %.*s, and was %.*s", key, now->length,
        now->value, then->length, then->value);
}

/* True if the key determines on which rows the fit trains. If its value changes, this training
 * cannot continue. */
static bool names_rows(const fact *f)
{
    static const char keys[] = "data, test, validation, unlabelled, seed";
    return is_named(keys, f);
}

/* Reports a difference between this fit and the checkpoint. It is an error if the key is about
 * rows. It is also an error if `error` is true, as for keys of the caller, and the key is not one
 * that may change. Otherwise it is a warning. */
static plm_status differ(const plm_run *r, const fact *now, const fact *then, bool error)
{
    static const fact data = {.key = "data", .key_length = 4};
    plm *w = r->model->w;
    if (begins_with(now, "rows of the ") ||
        (begins_with(now, "rows of an ") && !is_named(r->config_changes, &data)))
        return fail_rows(r, now, then);
    if (!error || is_named(r->config_changes, now)) {
        plm_warn(w, "%.*s: now %.*s; the checkpoint was written with %.*s", now->key_length,
                 now->key, now->length, now->value, then->length, then->value);
        return PLM_OK;
    }
    char key[64], hint[160];
    snprintf(key, sizeof key, "%.*s", now->key_length, now->key);
    if (names_rows(now))
        snprintf(hint, sizeof hint,
                 "keep the old value; to train on other rows, begin a new "
                 "run that starts from this model");
    else
        snprintf(hint, sizeof hint,
                 "keep the old value; if the change is intended, give %s=... when you resume", key);
    return plm_fail(w, PLM_E_SPEC, key, hint,
                    "the run is not the one of the checkpoint: %s is now '%.*s', and was '%.*s'",
                    key, now->length, now->value, then->length, then->value);
}

/* Compares two texts line by line, in both directions. error: true = a difference is an error,
 * unless its key may change; false = it is a warning, unless its key is about rows. */
static plm_status compare(const plm_run *r, const char *now, const char *then, bool error)
{
    fact a, b;
    /* first the keys that are new or have another value than in the checkpoint */
    for (const char *at = now; next_fact(&at, &a);) {
        const bool found = find_fact(then, &a, &b);
        if (!found && begins_with(&a, "rows of "))
            continue; /* an older version did not store this key */
        if (!found || a.length != b.length || memcmp(a.value, b.value, (size_t)a.length) != 0)
            PLM_TRY(differ(r, &a, &b, error));
    }
    /* then the keys that are no longer there */
    for (const char *at = then; next_fact(&at, &b);)
        if (!find_fact(now, &b, &a) && !begins_with(&b, "rows of ")) {
            a.key_length = b.key_length;
            PLM_TRY(differ(r, &a, &b, error));
        }
    return PLM_OK;
}

/* True if layer i of the model has the same inputs as in the document. */
static bool same_inputs(const plm_model *m, size_t i, const plm_document_layer *l)
{
    bool same = m->layer[i].inputs == l->inputs;
    for (int k = 0; same && k < l->inputs; k++)
        same = strcmp(m->layer[m->layer[i].input[k]].name, l->input[k]) == 0;
    return same;
}

/* Checks that the layers are the same: another net could have the same shapes but compute
 * something else. */
static plm_status check_layers(const plm_run *r, const plm_document *d, const char *path)
{
    static const char hint[] = "resume with the layers of the checkpoint; to train other layers "
                               "from its weights, begin a new run that starts from the checkpoint";
    const plm_model *m = r->model;
    if (m->layers != d->layers)
        return plm_fail(m->w, PLM_E_FORMAT, path, hint,
                        "the net of the checkpoint has %zu layers, but that of the run has %zu",
                        d->layers, m->layers);
    for (size_t i = 0; i < m->layers; i++) {
        const plm_document_layer *l = &d->layer[i];
        if (strcmp(m->layer[i].name, l->name) == 0 && strcmp(m->layer[i].text, l->spec) == 0 &&
            same_inputs(m, i, l))
            continue;
        return plm_fail(m->w, PLM_E_FORMAT, path, hint,
                        "the checkpoint is of another net: layer '%.100s' was %.200s, and '%.100s' "
                        "is now %.200s",
                        l->name, l->spec, m->layer[i].name, m->layer[i].text);
    }
    return PLM_OK;
}

/* Compares this training with the one that wrote a checkpoint. over: true = the fit has ended and
 * there is nothing left to do, so what the library itself knows is not compared. */
plm_status plm_same_run_check(plm_run *r, const plm_document *d, const char *path, bool over)
{
    const char *facts = NULL, *run = NULL;
    PLM_TRY(check_layers(r, d, path));
    PLM_TRY(read_lines(r, d, PLM_DOCUMENT_TRAINING "facts", &facts));
    PLM_TRY(read_lines(r, d, PLM_DOCUMENT_TRAINING "run", &run));
    if (run != NULL && r->run != NULL)
        PLM_TRY(compare(r, r->run, run, true));
    return facts != NULL && r->facts != NULL && !over ? compare(r, r->facts, facts, false) : PLM_OK;
}
