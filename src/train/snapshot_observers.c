/* Says in a checkpoint what each observer is and what it monitors, and finds the observer again.
 *
 * The text training/observers has a line for each observer: its kind, and for one that monitors a
 * value also the name of the value, max or min, and for a loss a checksum of what the loss is:
 *   early_stopping val_loss min 1f3a5b7c
 * The best value of an observer means nothing if the resumed fit monitors something else, or if
 * another loss has the same name. Then the observer begins anew. Older versions wrote only the
 * kind. */
#include <string.h>

#include "train/event_file.h"
#include "train/monitor.h"
#include "train/snapshot.h"

/* Adds the checksum of the losses. */
static void put_loss(const plm_model *m, plm_text *t)
{
    uint32_t sum = 0;
    t->failed = plm_snapshot_loss_sum(m, &sum) < 0 || t->failed;
    plm_text_format(t, " %08x", (unsigned)sum);
}

/* Adds the line of an observer. */
void plm_snapshot_put_observer(const plm_run *r, int observer, plm_text *t)
{
    const plm_observer_kind *kind = r->kind[observer];
    const plm_monitor *m = kind->monitor != NULL ? kind->monitor(r->observer[observer].self) : NULL;
    plm_text_add(t, kind->kind.name);
    if (m == NULL)
        return;
    const char *own = plm_training_log_name(r->training, m->name);
    const char *name = own != NULL ? own : m->name;
    const plm_direction direction = plm_training_direction(r->training, name);
    const bool larger = m->automatic ? direction == PLM_DIRECTION_UP : m->larger;
    plm_text_format(t, " %s %s", name, larger ? "max" : "min");
    if (plm_training_is_loss(r->training, name))
        put_loss(r->model, t);
}

/* True if a line of the file is that of an observer of this kind. */
static bool is_kind(const char *line, const char *kind)
{
    const size_t length = strlen(kind);
    return strncmp(line, kind, length) == 0 && strchr(" \n", line[length]) != NULL;
}

/* Finds the line of the observer in the file that corresponds to an observer of this fit: it has
 * the same kind and, if there are several of this kind, the same position among them. *number: its
 * index. NULL = there is none. */
static const char *find_line(const plm_run *r, int observer, const char *lines, int *number)
{
    int before = 0;
    *number = 0;
    for (int i = 0; i < observer; i++)
        before += r->kind[i] == r->kind[observer];
    for (const char *at = lines; *at != '\0'; ++*number) {
        const size_t length = strcspn(at, "\n");
        if (is_kind(at, r->kind[observer]->kind.name) && before-- == 0)
            return at;
        at += length + (at[length] == '\n');
    }
    return NULL;
}

/* True if the line of the file says the same as that of this fit, or says only the kind, as in
 * older versions. */
static bool is_same(const char *line, const char *now)
{
    const size_t length = strcspn(line, "\n");
    return memchr(line, ' ', length) == NULL ||
           (length == strlen(now) && memcmp(line, now, length) == 0);
}

/* Finds what an observer monitors in its line, "val_loss min". Returns its length in bytes. */
static int name_of(const char *line, const char *kind, const char **name)
{
    *name = line + strlen(kind) + 1;
    const size_t word = strcspn(*name, " \n");
    return (int)(word + 1 + strcspn(*name + word + 1, " \n"));
}

/* Warns that an observer begins anew. The checkpoint's best epoch is no longer that of the fit, if
 * the observer determined it: the first that keeps weights does. */
static void begin_anew(plm_run *r, int observer, const char *then, const char *now)
{
    const char *kind = r->kind[observer]->kind.name, *old = NULL, *new = NULL;
    const int a = name_of(then, kind, &old), b = name_of(now, kind, &new);
    const bool alike = a == b && memcmp(old, new, (size_t)a) == 0;
    bool first = r->kind[observer]->weights != NULL;
    for (int i = 0; i < observer; i++)
        first = first && r->kind[i]->weights == NULL;
    if (first)
        r->state.best_epoch = 0;
    plm_warn(
        r->model->w,
        "%s begins anew, since it monitors %.*s%s%.*s: its best value is sought from epoch %lld on",
        kind, b, new,
        alike ? " of another loss than in the checkpoint" : ", and in the checkpoint ",
        alike ? 0 : a, old, (long long)r->state.epochs + 1);
}

/* Compares the line of an observer with that of this fit. */
static int compare(plm_run *r, int observer, const char *line, int number)
{
    plm_text now = {.w = r->model->w};
    plm_snapshot_put_observer(r, observer, &now);
    const bool failed = now.failed, same = failed || is_same(line, plm_text_get(&now));
    if (!same)
        begin_anew(r, observer, line, plm_text_get(&now));
    plm_text_free(&now);
    return failed ? (int)PLM_E_MEMORY : same ? number : PLM_SNAPSHOT_NONE;
}

/* The number of an observer in the file, from 0. */
int plm_snapshot_find_observer(plm_run *r, int observer, const char *lines, bool more)
{
    int number = 0;
    if (lines[0] == '\0') /* an older version stored no kinds: observers are taken in their order */
        return observer;
    const char *line = find_line(r, observer, lines, &number);
    if (line == NULL)
        return PLM_SNAPSHOT_NONE;
    return more ? compare(r, observer, line, number) : number;
}
