/* The targets that a model is assessed on: which outputs are classes and which are numbers, and how
 * classes and numbers are computed from an output.
 *
 * A model is assessed by what its outputs mean, which follows from the loss it was trained with: a
 * crossentropy over several columns means one class of several, a crossentropy over a single column
 * means yes or no, any other loss means numbers. An output that may name several classes at once,
 * or has more than a few numbers, is not assessed.
 *
 * The names of classes and the unit of numbers come from the schema of the table, if the model was
 * trained on one. So metrics are in euros or degrees, not in standardized values. */
#include <math.h>
#include <string.h>

#include "assess/assessment.h"
#include "base/notation.h"
#include "model/schema.h"

/* Returns what the values of an output mean. An output of a single logit is a number here; its
 * probability is computed where it is needed. */
plm_prediction_meaning plm_meaning_of(const char *loss, int columns)
{
    const bool logits = strstr(loss, "from_logits=true");
    if (!strstr(loss, "crossentropy"))
        return PLM_MEANS_OUTPUTS;
    if (columns == 1)
        return logits ? PLM_MEANS_OUTPUTS : PLM_MEANS_ONE_OF_TWO;
    /* with binary crossentropy a row may have several labels, so there is no single class */
    if (strstr(loss, "binary"))
        return PLM_MEANS_OUTPUTS;
    return logits ? PLM_MEANS_LOGITS : PLM_MEANS_CLASSES;
}

/* ---- which targets there are ---- */

/* Returns how many values output k has for a row: the product of its dims. */
int64_t plm_output_numbers(const plm_model *m, int k)
{
    plm_port port;
    int64_t count = 1;
    (void)plm_model_outputs(m, k, &port);
    for (int i = 0; i < port.rank; i++)
        count *= port.dims[i];
    return count;
}

/* Returns the number of classes that an output distinguishes; 0 = it predicts numbers, -1 = it
 * cannot be assessed. */
static int classes_of(const char *loss, int columns)
{
    switch (plm_meaning_of(loss, columns)) {
    case PLM_MEANS_CLASSES:
    case PLM_MEANS_LOGITS:
        return columns;
    case PLM_MEANS_ONE_OF_TWO:
        return 2;
    default:
        break;
    }
    if (!strstr(loss, "crossentropy"))
        return columns <= PLM_ASSESS_NUMBERS ? 0 : -1;
    return columns == 1 ? 2 : -1;
}

/* Makes names for classes that have none: "0", "1", ... */
static const char *const *number_labels(plm_arena *a, int classes)
{
    const char **label = plm_arena_array(a, (size_t)classes, sizeof *label);
    for (int i = 0; label && i < classes; i++) {
        label[i] = plm_arena_format(a, "%d", i);
        if (!label[i])
            return NULL;
    }
    return label;
}

/* Adds a target: a choice among classes, or one number of an output that has several. column: the
 * index of the number in its output. Does nothing if there are PLM_ASSESS_TARGETS targets already.
 * */
static plm_status add_target(plm_predicted *p, int k, int classes, int column)
{
    plm_port port;
    plm_predicted_target *t = &p->target[p->targets];
    const plm_column *about = plm_model_target(p->model, k);
    const plm_scale unit = plm_model_scale(p->model, k);
    if (p->targets == PLM_ASSESS_TARGETS)
        return PLM_OK;
    p->targets++;
    const bool several = plm_model_outputs(p->model, k, &port) > 1;
    *t = (plm_predicted_target){
        .name = about     ? about->name
                : several ? port.name
                          : "",
        .output = k,
        .column = column,
        .classes = classes,
        .single = classes == 2 && plm_output_numbers(p->model, k) == 1,
        .logits = strstr(port.loss, "from_logits=true") != NULL,
        .center = unit.center,
        .deviation = unit.deviation,
        .mean = about && about->encoding == PLM_ENCODE_STANDARDIZE ? about->center : (double)NAN};
    if (classes == 0)
        return PLM_OK;
    const bool named =
        about && about->encoding == PLM_ENCODE_CLASSES && about->words == (size_t)classes;
    t->label = named ? about->word : number_labels(&p->arena, classes);
    return t->label ? PLM_OK : PLM_E_MEMORY;
}

/* Adds a target for each label of an output: whether a row has this label or not. */
static plm_status add_labels(plm_predicted *p, int k, const plm_column *about)
{
    static const char *const answers[] = {"no", "yes"};
    for (int i = 0; i < (int)about->words && p->targets < PLM_ASSESS_TARGETS; i++) {
        plm_predicted_target *t = &p->target[p->targets];
        PLM_TRY(add_target(p, k, 2, i));
        t->single = true;
        t->label = answers;
        t->name = plm_arena_format(&p->arena, "%s_%s", about->name, about->word[i]);
        if (!t->name)
            return PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* True if an output has a probability for each label of a column. */
static bool has_labels(const plm_column *about, const char *loss, int columns)
{
    return about && about->encoding == PLM_ENCODE_LABELS && about->words == (size_t)columns &&
           strstr(loss, "binary_crossentropy");
}

/* Lists the targets of the first `targets` outputs of the model. An output that predicts one class
 * is one target; each label of a multi-label output is a target; so is each number of an output of
 * numbers. */
plm_status plm_predicted_targets(plm_predicted *p, int targets)
{
    const int outputs = plm_model_outputs(p->model, -1, NULL);
    for (int k = 0; k < outputs && k < targets; k++) {
        plm_port port;
        (void)plm_model_outputs(p->model, k, &port);
        const int columns = (int)plm_output_numbers(p->model, k);
        const plm_column *about = plm_model_target(p->model, k);
        if (has_labels(about, port.loss, columns)) {
            PLM_TRY(add_labels(p, k, about));
            continue;
        }
        const int classes = classes_of(port.loss, columns);
        if (classes > 0)
            PLM_TRY(add_target(p, k, classes, 0));
        for (int i = 0; classes == 0 && i < columns; i++)
            PLM_TRY(add_target(p, k, 0, i));
    }
    return PLM_OK;
}

/* ---- numbers of a row ---- */

/* Returns the probability of class k from an output y. From logits it is 1 / sum of e^(y[i] -
 * y[k]). An overflow of the sum is harmless: if y[k] is far below the largest logit, the sum is
 * infinite and the probability 0. */
double plm_predicted_probability(const plm_predicted_target *t, const float *y, int k)
{
    if (t->single) {
        const double of = (double)y[t->column], one = t->logits ? 1 / (1 + exp(-of)) : of;
        return k == 1 ? one : 1 - one;
    }
    if (!t->logits)
        return (double)y[k];
    double sum = 0; /* sum of exp(y[i] - y[k]); infinite if y[k] is far below another logit, which
                     * makes the result 0 */
    for (int i = 0; i < t->classes; i++)
        sum += exp((double)y[i] - (double)y[k]);
    return 1 / sum;
}

/* Returns the log loss of a row whose true class has this probability. The probability is taken as
 * at least 1e-7, as in the losses of the library, so that one wrong prediction with full confidence
 * does not make the mean infinite. */
double plm_predicted_class_loss(double probability)
{
    const double least = 1e-7;
    return -log(probability > least ? probability : least);
}

/* Returns the loss of a row: the log loss of its true class, or the squared error in the target's
 * own unit. */
double plm_predicted_loss(const plm_predicted_target *t, int64_t row, const float *y)
{
    if (t->classes > 0)
        return plm_predicted_class_loss(plm_predicted_probability(t, y, t->truth[row]));
    const double error = plm_predicted_number(t, y) - t->wanted[row];
    return error * error;
}

/* Returns the true number of a row as the data had it: the shortest decimal number that is the same
 * float in the training. t->wanted is computed back from this float, so 0.87 may be 0.8700001
 * there. */
double plm_predicted_truth(const plm_predicted_target *t, int64_t row)
{
    enum { DIGITS = 9 }; /* as many determine a float */
    const double x = t->wanted[row], y = (x - t->center) / t->deviation;
    char text[32];
    for (int digits = 1; digits < DIGITS; digits++) {
        plm_print(text, sizeof text, "%.*g", digits, x);
        const double shorter = plm_text_number(text, NULL);
        if ((float)((shorter - t->center) / t->deviation) == (float)y)
            return shorter;
    }
    return x;
}

/* Returns the number that an output predicts, in the target's own unit: undoes the
 * standardization. */
double plm_predicted_number(const plm_predicted_target *t, const float *y)
{
    return (double)y[t->column] * t->deviation + t->center;
}

/* Returns the class that is predicted for a row: the most probable class; of equally probable ones,
 * the first. */
int plm_predicted_class(const plm_predicted_target *t, int64_t row)
{
    const float *p = t->probability + row * t->classes;
    int best = 0;
    if (t->single) /* a tie is decided for class 1, as by the metric accuracy */
        return p[1] >= 0.5f;
    for (int i = 1; i < t->classes; i++)
        if (p[i] > p[best])
            best = i;
    return best;
}

/* Returns the true class in a target y [width]: the index of the largest value of a one-hot row, or
 * a class number, rounded and limited to the range of classes. */
int plm_class_in(const float *y, int64_t width, int classes)
{
    int best = 0;
    if (width > 1) {
        for (int i = 1; i < width; i++)
            best = y[i] > y[best] ? i : best;
        return best;
    }
    best = (int)(y[0] + 0.5f);
    return best < 0 ? 0 : best >= classes ? classes - 1 : best;
}

/* Stores what an output predicts for a row: the probabilities of the classes, or the number. */
void plm_predicted_take(plm_predicted_target *t, int64_t row, const float *y)
{
    for (int k = 0; k < t->classes; k++)
        t->probability[row * t->classes + k] = (float)plm_predicted_probability(t, y, k);
    if (t->classes == 0)
        t->guess[row] = plm_predicted_number(t, y);
}
