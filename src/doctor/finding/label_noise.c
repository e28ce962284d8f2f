/* D214: some rows have another class than all rows that are like them.
 *
 * Where the five nearest rows of a row all have one class, the inputs decide the class there, and
 * the row itself should have it, too. Classes that overlap have few such rows, and most of those
 * agree; labels that were mixed up disagree everywhere, in the middle of a class as at its edge.
 * Rows may also differ in what the table does not say, so this is never an error. */
#include <math.h>

#include "base/names.h"
#include "doctor/epochs.h"

typedef struct {
    double note, warning, chance, gap;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, note, PLM_REAL, "0.06", 0, 1,
              "a note if, of the rows whose neighbours are all of one class, a larger share has "
              "another one, less two standard errors"),
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.1", 0, 1,
              "a warning beyond this, where neighbours are of one class far beyond chance"),
    PLM_FIELD(thresholds, chance, PLM_REAL, "4", 1, 1e30,
              "far beyond chance: so many times as often as rows drawn at random"),
    PLM_FIELD(
        thresholds, gap, PLM_REAL, "0.15", 0, 1,
        "a warning, too, if the net learns these labels by heart: its training accuracy is by "
        "this much above that of validation, and above what the neighbours tell"),
    {0}};

enum { LEAST = 20 }; /* rows with neighbours of one class */

/* True if the net learns classes, or if it is unknown what is learned. */
static bool learns_classes(const plm_case *c)
{
    const plm_loss_kind *loss =
        c->spot != NULL && c->model->heads > 0 ? c->model->head[0].loss : NULL;
    return c->data->classes > 1 &&
           (loss == NULL || plm_pattern_matches("*crossentropy|*hinge", loss->kind.name));
}

/* True if the net knows its training rows better than their neighbours do, and others worse. */
static bool is_memorized(const thresholds *t, const plm_case *c)
{
    const plm_history *h = &c->history;
    const double own = plm_epochs_value(h, h->rows - 1, plm_epochs_like(h, "", "accuracy")),
                 val = plm_epochs_value(h, h->rows - 1, plm_epochs_like(h, "val_", "accuracy"));
    return own - val > t->gap && own > c->data->near.hits + t->gap;
}

/* Reports rows whose class differs from that of all their neighbours. Two standard errors are taken
 * off, so that few such rows say nothing. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    if (c->data == NULL || c->data->near.rows == 0 || !learns_classes(c))
        return;
    const plm_neighbours *n = &c->data->near;
    const double sure = n->sure * (double)n->rows,
                 least = n->wrong - 2 * sqrt(n->wrong * (1 - n->wrong) / fmax(sure, 1));
    if (sure < LEAST || !(least > t->note))
        return;
    const bool memorized = c->history.rows > 0 && is_memorized(t, c),
               clear = least > t->warning && n->sure > t->chance * n->sure_chance;
    plm_report_found(r, memorized || clear ? PLM_WARNING : PLM_NOTE,
                     memorized && !clear ? PLM_PART_EVALUATION : PLM_PART_DATA, -1,
                     "%.0f %% of the rows whose 5 nearest rows are all of one class have another "
                     "one: labels may be wrong",
                     100 * n->wrong);
    r->number = least;
    r->threshold = clear ? t->warning : t->note;
    r->key = "data";
    plm_report_line(r, "%lld rows were compared; the neighbours of %.0f %% are of one class, by",
                    (long long)n->rows, 100 * n->sure);
    plm_report_line(r, "chance %.2g %%; the number below is the share less two standard errors",
                    100 * n->sure_chance);
    if (memorized)
        plm_report_line(r, "the net has learned these labels by heart; validation is worse");
    plm_report_remedy(r, "",
                      "look at such rows with their labels; plummet evaluate RUN lists the "
                      "worst rows");
    plm_report_remedy(r, "",
                      "dropout(0.3), kernel_regularizer=l2(1e-4) or early_stopping keep a net "
                      "from learning single labels");
}

const plm_finding_kind plm_finding_label_noise = {
    .kind = {.name = "label_noise",
             .alias = "D214",
             .help = "some rows have another class than all rows that are like them",
             .formula = "of the rows whose 5 nearest are all of one class, the share with another "
                        "one, less two standard errors, > note",
             .notes = "Such labels teach what is wrong, and a large net learns them by heart. "
                      "Classes that overlap look much the same, so this is a note unless "
                      "neighbours agree far beyond chance elsewhere, or a training memorizes. It "
                      "is never an error.",
             .source = "Northcutt et al., Confident learning, 2021; Wilson, Asymptotic properties "
                       "of nearest neighbor rules using edited data, 1972",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_DATA,
    .healthy = {0, 0.06},
    .causes = "D206|D207|D213",
    .find = find,
};
