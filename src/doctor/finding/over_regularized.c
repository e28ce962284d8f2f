/* O403: dropout or penalties are so strong that the net learns little. */
#include <math.h>
#include <string.h>

#include "doctor/finding.h"

typedef struct {
    double note, warning, penalty;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, note, PLM_REAL, "0.6", 0, 1,
              "a note if a layer drops a larger share of its inputs"),
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.8", 0, 1, "a warning beyond this share"),
    PLM_FIELD(thresholds, penalty, PLM_REAL, "1", 0, 1e30,
              "a note if the penalty of the initial weights is more than this many times the loss "
              "of the rows; a warning beyond five times that"),
    {0}};

/* Returns the rate of a dropout layer; 0 = the layer drops nothing, or its rate follows a
 * schedule. */
static double rate_of(const plm_layer *l)
{
    const plm_spec *rate = NULL;
    if (l->kind == NULL || strstr(l->kind->kind.name, "dropout") == NULL)
        return 0;
    for (const plm_field *f = l->kind->kind.fields; f != NULL && f->name != NULL; f++)
        if (strcmp(f->name, "rate") == 0 && f->type == PLM_SPEC)
            memcpy(&rate, (const char *)l->config + f->offset, sizeof rate);
    return rate != NULL && rate->type == PLM_SPEC_NUMBER ? rate->number : 0;
}

/* Looks for the largest rate of dropout. */
static void find_dropout(const thresholds *t, const plm_case *c, plm_report *r)
{
    enum { NAMES = 120 };
    char names[NAMES];
    int64_t count = 0, *list = plm_arena_array(r->arena, (size_t)c->layers + 1, sizeof *list);
    double most = 0;
    r->what.failed = list == NULL;
    for (int64_t i = 0; list != NULL && i < c->layers; i++) {
        const double rate = rate_of(&c->model->layer[c->spot[i].layer]);
        count = rate > most ? 0 : count; /* those before drop less */
        most = rate > most ? rate : most;
        if (rate > 0 && !(rate < most))
            list[count++] = i;
    }
    if (!(most > t->note))
        return;
    const int64_t at = list[0];
    plm_case_layers(c, list, count, names, sizeof names);
    plm_report_found(r, most > t->warning ? PLM_WARNING : PLM_NOTE, PLM_PART_STATIC, at,
                     "%s drop%s %.0f %% of what %s", names, count > 1 ? "" : "s", 100 * most,
                     count > 1 ? "they read" : "it reads");
    r->number = most;
    r->threshold = most > t->warning ? t->warning : t->note;
    plm_report_line(r, "each step sees %.0f %% of the values", 100 * (1 - most));
    plm_report_change(r, c, at, "rate", "0.3");
}

/* Adds the remedy of a usual penalty in the layer whose penalty has the largest factor. */
static void add_usual_penalty(const plm_case *c, plm_report *r)
{
    static const char key[] = "kernel_regularizer";
    double most = 0;
    int64_t at = -1;
    const char *usual = NULL;
    for (int64_t i = 0; i < c->layers; i++) {
        const plm_spec *layer = NULL;
        if (plm_spec_parse(r->arena, c->model->layer[c->spot[i].layer].text, &layer) < 0)
            continue;
        const plm_spec *s = plm_spec_argument_of(layer, key, SIZE_MAX);
        if (s == NULL || s->count != 1 || s->argument[0].value->type != PLM_SPEC_NUMBER ||
            !(s->argument[0].value->number > most))
            continue;
        usual = plm_arena_format(r->arena, "%s(1e-4)", s->text);
        most = s->argument[0].value->number;
        at = i;
    }
    if (usual == NULL)
        return;
    r->layer = at;
    r->key = NULL;
    plm_report_change(r, c, at, key, usual);
}

/* Compares the penalty of the untrained weights with the loss of a batch. */
static void find_penalty(const thresholds *t, const plm_case *c, plm_report *r)
{
    const plm_training *g = c->model->training;
    if (g == NULL || !g->penalized || c->first == NULL || c->samples > 0)
        return;
    const double penalty = plm_training_penalty(g), rows = c->first_loss - g->penalty;
    if (!(rows > 0) || !(penalty > t->penalty * rows))
        return;
    plm_report_found(r, penalty > 5 * t->penalty * rows ? PLM_WARNING : PLM_NOTE, PLM_PART_INIT, -1,
                     "the penalty of the weights is %.3g times the loss of the rows",
                     penalty / rows);
    r->number = penalty / rows;
    r->threshold = t->penalty;
    r->key = "model";
    plm_report_line(r, "penalty %.5g, loss of the rows %.5g, before the first step", penalty, rows);
    add_usual_penalty(c, r);
    plm_report_remedy(r, "", "a factor %.0f times smaller, such as l2(1e-4)",
                      fmax(10, ceil(penalty / rows)));
}

/* Reports dropout or penalties that are too strong. Dropout is examined first, since its rate is
 * easier to see and to change than a penalty. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    if (c->model == NULL || c->spot == NULL)
        return;
    find_dropout(config, c, r);
    if (!r->found)
        find_penalty(config, c, r);
}

const plm_finding_kind plm_finding_over_regularized = {
    .kind = {.name = "over_regularized",
             .alias = "O403",
             .help = "dropout or penalties are so strong that the net learns little",
             .formula = "rate of a dropout layer > note; or penalty of the initial weights / loss "
                        "of a batch without the penalty > penalty",
             .notes = "Dropout of 0.1 to 0.5 and penalties well below the loss reduce overfitting. "
                      "If they are stronger, the net spends its steps on the penalty, or gets too "
                      "little of its inputs, and underfits.",
             .source = "Srivastava et al., Dropout: a simple way to prevent neural networks from "
                       "overfitting, 2014",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_GENERAL,
    .healthy = {0, 0.6},
    .find = find,
};
