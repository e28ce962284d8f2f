/* Writes model and training to a file from which plm_fit resumes bit for bit: every n epochs, or at each best epoch.
 * {epoch} in the name becomes the epoch's number; the files stay ordinary model files. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "train/monitor.h"

enum { LONGEST = 4096 };

typedef struct {
    const char *filepath, *monitor, *mode;
    bool save_best_only;
    int64_t every;
    double initial_value_threshold;
} checkpoint;

static const plm_field fields[] = {
    PLM_FIELD(checkpoint, filepath, PLM_TEXT, NULL, 0, 0, "the file; {epoch} becomes the epoch's number"),
    PLM_FIELD(checkpoint, monitor, PLM_TEXT, "val_loss", 0, 0,
              "the figure that is watched for save_best_only"),
    PLM_FIELD(checkpoint, save_best_only, PLM_BOOL, "false", 0, 0,
              "write only when the figure is better than before"),
    PLM_FIELD_OF(checkpoint, mode, PLM_CHOICE, "auto", "auto|min|max", "which way is better"),
    PLM_FIELD(checkpoint, every, PLM_INT, "1", 1, 1e9, "epochs between two files"),
    PLM_FIELD(checkpoint, initial_value_threshold, PLM_REAL, "nan", 0, 0, "the figure must beat it at first"),
    {0}};

typedef struct {
    plm *w;
    checkpoint c;
    plm_monitor monitor;
    char path[LONGEST];
} keeper;

static plm_status name_file(keeper *o, int64_t epoch)
{
    const char *mark = strstr(o->c.filepath, "{epoch}");
    const size_t before = mark != NULL ? (size_t)(mark - o->c.filepath) : strlen(o->c.filepath);
    int used = 0;
    if (before < LONGEST)
        used = mark == NULL ? snprintf(o->path, LONGEST, "%s", o->c.filepath)
                            : snprintf(o->path, LONGEST, "%.*s%04" PRId64 "%s", (int)before, o->c.filepath,
                                       epoch + 1, mark + strlen("{epoch}"));
    if (used > 0 && used < LONGEST)
        return PLM_OK;
    return plm_fail(o->w, PLM_E_SPEC, "checkpoint", "use a shorter name",
                    "the file name is empty or too long");
}

static plm_status epoch_end(keeper *o, plm_run *run, const plm_event *event)
{
    double value = 0;
    if ((event->epoch + 1) % o->c.every != 0)
        return PLM_OK;
    if (o->c.save_best_only) {
        PLM_TRY(plm_monitor_need(&o->monitor, run, event, &value));
        if (!plm_monitor_better(&o->monitor, value))
            return PLM_OK;
        o->monitor.best = value;
        o->monitor.seen = true;
    }
    PLM_TRY(name_file(o, event->epoch));
    if (run->checkpoint == NULL) {
        run->checkpoint =
            o->path; /* written when every observer has been told, so that all state is of this epoch */
        return PLM_OK;
    }
    return plm_checkpoint_write(run, o->path, event->epoch);
}

static plm_status notice(void *self, plm_run *run, const plm_event *event)
{
    return event->moment == PLM_EPOCH_END ? epoch_end(self, run, event) : PLM_OK;
}

static void remember(void *self, double number[PLM_MEMORIES])
{
    const keeper *o = self;
    number[0] = o->monitor.best;
    number[1] = o->monitor.seen;
}

static void recall(void *self, const double number[PLM_MEMORIES])
{
    keeper *o = self;
    o->monitor.best = number[0];
    o->monitor.seen = number[1] != 0;
}

static void release(void *self)
{
    keeper *o = self;
    plm_release(o->w, o);
}

static plm_status open_keeper(plm *w, const void *config, plm_observer *out)
{
    keeper *o = plm_allocate(w, sizeof *o);
    if (o == NULL)
        return PLM_E_MEMORY;
    o->w = w;
    o->c = *(const checkpoint *)config;
    o->monitor = plm_monitor_new(o->c.monitor, o->c.mode, 0);
    if (o->c.initial_value_threshold == o->c.initial_value_threshold) {
        o->monitor.best = o->c.initial_value_threshold;
        o->monitor.seen = true;
    }
    *out = (plm_observer){.name = "checkpoint", .notice = notice, .free = release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_checkpoint = {
    .kind = {.name = "checkpoint",
             .alias = "ModelCheckpoint|model_checkpoint",
             .help = "writes model and training to a file that can be resumed",
             .config_size = sizeof(checkpoint),
             .fields = fields,
             .examples = PLM_LIST("checkpoint('last.safetensors')",
                                  "checkpoint('best.safetensors', save_best_only=true)",
                                  "checkpoint('net-{epoch}.safetensors', every=10)")},
    .open = open_keeper,
    .remember = remember,
    .recall = recall,
};
