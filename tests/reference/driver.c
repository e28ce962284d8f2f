/* What the reference scripts talk to: a line says what to do, numbers go both ways as doubles,
 * so that nothing is lost between the library and numpy. One line of request, then its numbers;
 * the answer is "numbers N" and N doubles, "lines N" and N lines, or "error ..." on one line.
 * See driver.py for the other end.
 *
 *   open THREADS SEED ISA   a runtime (ISA "-": best); answers sizeof(plm_real), threads
 *   kinds FAMILY            lines "name key key ...": the registry's kinds and their keys
 *   model                   a new model
 *   add SPEC                a layer more
 *   input NAME DIM DIM ...  an input beside others
 *   compile                 then three lines: optimizer, loss, metrics (empty = none)
 *   parameters              lines "name trainable dim dim ..."
 *   read I / write I        a parameter, row-major
 *   adapt ROWS TARGETS      rows of the input (TARGETS 1: and of the target) for plm_adapt
 *   train N ROWS EVERY OUTPUT WEIGHTED EPOCH   N batches of ROWS rows (inputs, targets, weights
 *                           each), EPOCH of them an epoch (0 = no epochs); answers for every
 *                           step loss and rate and, where OUTPUT is 1, the output; then the
 *                           parameters after each EVERY steps
 *   settle                  what the end of a fit does: the average becomes the weights
 *   forward ROWS NOISY      the output for the rows at inference or (1) with dropout and noise
 *   evaluate N ROWS WEIGHTED   N batches; answers losses of rows, then means: loss, metrics
 *   data EPOCH SPEC         the rows of a pipeline as an epoch gives them: width of an input, width
 *                           of a target, then batch by batch its rows, inputs and then targets */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "train/run.h"

enum { LINE = 8192 };

/* ---- both ends of the pipe ---- */

static void give_up(const char *what)
{
    fprintf(stderr, "driver: %s\n", what);
    exit(1);
}

static void *take(size_t count, size_t size)
{
    void *block = calloc(count > 0 ? count : 1, size);
    if (block == NULL)
        give_up("out of memory");
    return block;
}

static double *receive(size_t count)
{
    double *values = take(count, sizeof *values);
    if (fread(values, sizeof *values, count, stdin) != count)
        give_up("the request ends early");
    return values;
}

void driver_answer(driver *d, double value)
{
    if (d->count == d->room) {
        d->room = d->room > 0 ? 2 * d->room : 1024;
        d->out = realloc(d->out, d->room * sizeof *d->out);
        if (d->out == NULL)
            give_up("out of memory");
    }
    d->out[d->count++] = value;
}

static void send(driver *d)
{
    printf("numbers %zu\n", d->count);
    fwrite(d->out, sizeof *d->out, d->count, stdout);
    d->count = 0;
}

void driver_send(driver *d, plm_status status)
{
    const plm_error *e = plm_last_error(d->w);
    if (status < 0) {
        printf("error %s: %s\n", e->where, e->what);
        d->count = 0;
    } else {
        send(d);
    }
}

static bool read_line(char *line)
{
    if (fgets(line, LINE, stdin) == NULL)
        return false;
    line[strcspn(line, "\n")] = '\0';
    return true;
}

/* ---- runtime and registry ---- */

static void free_batch(driver *d)
{
    for (int i = 0; i < d->batch.inputs; i++)
        free(d->batch.input[i].data);
    for (int i = 0; i < d->batch.targets; i++)
        free(d->batch.target[i].data);
    free((void *)(uintptr_t)d->batch.weight);
    d->batch = (plm_batch){0};
}

static void close_all(driver *d)
{
    free_batch(d);
    plm_model_free(d->m);
    plm_close(d->w);
    d->m = NULL;
    d->w = NULL;
}

static void open_runtime(driver *d, const char *said)
{
    int threads = 1;
    unsigned long long seed = 0;
    char isa[32] = "-";
    close_all(d);
    if (sscanf(said, "%d %llu %31s", &threads, &seed, isa) != 3)
        give_up("open THREADS SEED ISA");
    d->w = plm_open(PLM_OPTIONS(.threads = threads, .seed = seed, .unpinned = true,
                                .isa = isa[0] != '-' ? isa : NULL));
    if (d->w == NULL)
        give_up("out of memory");
    driver_answer(d, (double)sizeof(plm_real));
    driver_answer(d, (double)plm_threads(d->w));
    driver_send(d, d->w->fault);
}

static void print_fields(const plm_field *f)
{
    for (; f != NULL && f->name != NULL; f++)
        printf(" %s", f->name);
}

static void list_kinds(driver *d, const char *name)
{
    for (const plm_family *family = d->w->families; family->name != NULL; family++) {
        size_t count = 0;
        if (strcmp(family->name, name) != 0)
            continue;
        while (family->kinds[count] != NULL)
            count++;
        printf("lines %zu\n", count);
        for (size_t i = 0; i < count; i++) {
            printf("%s", family->kinds[i]->name);
            print_fields(family->kinds[i]->fields);
            print_fields(family->common);
            printf("\n");
        }
        return;
    }
    printf("error there is no family %s\n", name);
}

/* ---- models and their parameters ---- */

static void new_model(driver *d)
{
    free_batch(d);
    plm_model_free(d->m);
    d->m = plm_model_new(d->w);
    if (d->m == NULL)
        give_up("out of memory");
    send(d);
}

static void add_input(driver *d, const char *said)
{
    char name[64] = "";
    int64_t dims[PLM_RANK];
    int rank = 0, at = 0;
    if (sscanf(said, "%63s%n", name, &at) != 1)
        give_up("input NAME DIM DIM ...");
    for (char *end = NULL; rank < PLM_RANK; said = end, at = 0) {
        dims[rank] = strtoll(said + at, &end, 10);
        if (end == said + at)
            break;
        rank++;
    }
    plm_input(d->m, name, rank, dims);
    driver_send(d, d->m->fault);
}

static void compile(driver *d)
{
    char words[3][LINE];
    for (int i = 0; i < 3; i++)
        if (!read_line(words[i]))
            give_up("compile wants three lines");
    free_batch(d);
    d->m->restoring = true; /* every loss is asked behind every layer, sensible or not */
    driver_send(d, plm_compile(d->m, words[0][0] != '\0' ? words[0] : NULL, words[1], words[2]));
}

static void list_parameters(const driver *d)
{
    const plm_graph *g = &d->m->graph;
    printf("lines %zu\n", g->weights);
    for (size_t i = 0; i < g->weights; i++) {
        printf("%s %d", g->weight[i].name, g->weight[i].trainable);
        for (int k = 0; k < g->weight[i].rank; k++)
            printf(" %lld", (long long)g->weight[i].dims[k]);
        printf("\n");
    }
}

/* Appends a parameter to the answer, in full. */
static void answer_parameter(driver *d, const plm_weight *weight)
{
    plm_real *values = take(weight->count, sizeof *values);
    plm_weight_read(weight, d->m->vector.p, values);
    for (size_t i = 0; i < weight->count; i++)
        driver_answer(d, (double)values[i]);
    free(values);
}

static const plm_weight *weight_at(const driver *d, const char *said)
{
    const size_t i = strtoul(said, NULL, 10);
    if (i >= d->m->graph.weights)
        give_up("no such parameter");
    return &d->m->graph.weight[i];
}

static void write_parameter(driver *d, const char *said)
{
    const plm_weight *weight = weight_at(d, said);
    double *values = receive(weight->count);
    plm_real *own = take(weight->count, sizeof *own);
    for (size_t i = 0; i < weight->count; i++)
        own[i] = (plm_real)values[i];
    plm_weight_write(weight, d->m->vector.p, own);
    plm_model_mark_dirty(d->m);
    free(own);
    free(values);
    send(d);
}

/* ---- batches ---- */

size_t driver_size(const plm_view *v)
{
    size_t size = 1;
    for (int i = 0; i < v->rank; i++)
        size *= (size_t)v->dims[i];
    return size;
}

static plm_view view_of(const driver *d, plm_value value, int64_t rows)
{
    const plm_shape *s = plm_graph_shape(&d->m->graph, value);
    plm_view v = {.dtype = PLM_F32, .rank = s->rank + 1, .dims = {rows}};
    for (int i = 0; i < s->rank && i + 1 < PLM_RANK; i++)
        v.dims[i + 1] = s->dims[i];
    v.data = take(driver_size(&v), sizeof(float));
    return v;
}

static void make_batch(driver *d, int64_t rows, bool targets, bool weighted)
{
    plm_batch *b = &d->batch;
    free_batch(d);
    *b = (plm_batch){.rows = rows, .inputs = d->m->inputs, .targets = targets ? d->m->heads : 0};
    for (int i = 0; i < b->inputs; i++)
        b->input[i] = view_of(d, d->m->input[i], rows);
    for (int i = 0; i < b->targets; i++)
        b->target[i] = view_of(d, d->m->head[i].target, rows);
    b->weight = weighted ? take((size_t)rows, sizeof(float)) : NULL;
}

static void receive_floats(float *to, size_t count)
{
    double *values = receive(count);
    for (size_t i = 0; i < count; i++)
        to[i] = (float)values[i];
    free(values);
}

static void receive_batch(driver *d)
{
    plm_batch *b = &d->batch;
    for (int i = 0; i < b->inputs; i++)
        receive_floats(b->input[i].data, driver_size(&b->input[i]));
    for (int i = 0; i < b->targets; i++)
        receive_floats(b->target[i].data, driver_size(&b->target[i]));
    if (b->weight != NULL)
        receive_floats((float *)(uintptr_t)b->weight, (size_t)b->rows);
}

/* ---- training and use ---- */

static void answer_output(driver *d, const plm_plan *plan, int64_t rows)
{
    const plm_shape *s = plm_graph_shape(&d->m->graph, d->m->head[0].prediction);
    const plm_real *y = plm_plan_read(plan, d->m->head[0].prediction);
    for (int64_t i = 0; i < rows * s->lines; i++)
        for (int64_t j = 0; j < s->width; j++)
            driver_answer(d, (double)y[i * s->stride + j]);
}

static plm_plan *plan_for(driver *d, plm_plan_use use)
{
    plm_plan *plan = NULL;
    if (plm_model_plan(d->m, use, d->batch.rows, &plan) < 0)
        give_up("no plan");
    return plan;
}

/* What plm_fit tells the rules of schedules. */
static void tell_time(plm_training *t, int64_t step, int64_t steps, int64_t epoch)
{
    t->clock.epoch = step / epoch;
    t->clock.epochs = steps / epoch;
    t->clock.steps_per_epoch = epoch;
    t->clock.fresh = step % epoch == 0;
}

/* All batches are read even after an error, so that the next request is found. */
static void train(driver *d, const char *said)
{
    long long steps = 0, rows = 0, every = 0, epoch = 0;
    int output = 0, weighted = 0;
    plm_status status = PLM_OK;
    if (sscanf(said, "%lld %lld %lld %d %d %lld", &steps, &rows, &every, &output, &weighted,
               &epoch) != 6)
        give_up("train N ROWS EVERY OUTPUT WEIGHTED EPOCH");
    make_batch(d, rows, true, weighted != 0);
    plm_training_set_steps(d->m->training, epoch > 0 ? steps : 0);
    driver kept = {.w = d->w, .m = d->m}; /* parameters come after what each step answers */
    for (long long i = 0; i < steps; i++) {
        double loss = 0;
        receive_batch(d);
        if (status < 0)
            continue;
        if (epoch > 0)
            tell_time(d->m->training, i, steps, epoch);
        status = plm_training_batch(d->m->training, &d->batch, &loss);
        driver_answer(d, loss);
        driver_answer(d, d->m->training->rate);
        if (output != 0 && status >= 0)
            answer_output(d, plan_for(d, PLM_PLAN_TRAIN), rows);
        for (size_t k = 0; k < d->m->graph.weights && status >= 0 && (i + 1) % every == 0; k++)
            answer_parameter(&kept, &d->m->graph.weight[k]);
    }
    for (size_t i = 0; i < kept.count; i++)
        driver_answer(d, kept.out[i]);
    free(kept.out);
    driver_send(d, status);
}

static void forward(driver *d, const char *said)
{
    long long rows = 0;
    int noisy = 0;
    if (sscanf(said, "%lld %d", &rows, &noisy) != 2)
        give_up("forward ROWS NOISY");
    make_batch(d, rows, false, false);
    receive_batch(d);
    plm_plan *plan = plan_for(d, noisy != 0 ? PLM_PLAN_NOISY : PLM_PLAN_PREDICT);
    plm_model_bind(d->m, plan, &d->batch, 0, rows);
    plm_plan_run(plan);
    answer_output(d, plan, rows);
    send(d);
}

static void adapt(driver *d, const char *said)
{
    char *rest = NULL;
    const long long rows = strtoll(said, &rest, 10);
    const bool targets = strtol(rest, NULL, 10) != 0;
    make_batch(d, rows, targets, false);
    receive_batch(d);
    plm_data *data =
        plm_data_arrays(d->w, d->batch.input, targets ? d->batch.target : NULL, "batch(7)");
    driver_send(d, data != NULL ? plm_adapt(d->m, data) : plm_last_error(d->w)->status);
    plm_data_free(data);
}

static plm_status evaluate_batch(driver *d)
{
    plm_training *t = d->m->training;
    PLM_TRY(plm_model_check_batch(d->m, &d->batch, true));
    PLM_TRY(plm_training_check_targets(t, &d->batch));
    PLM_TRY(plm_training_reserve(t, d->batch.rows));
    plm_plan *plan = plan_for(d, PLM_PLAN_EVALUATE);
    plm_model_bind(d->m, plan, &d->batch, 0, d->batch.rows);
    plm_plan_run(plan);
    plm_training_add_batch(t, plan, d->batch.rows);
    const plm_real *loss = plm_plan_read(plan, d->m->head[0].losses);
    for (int64_t i = 0; i < d->batch.rows; i++)
        driver_answer(d, (double)loss[i]);
    return PLM_OK;
}

static void evaluate(driver *d, const char *said)
{
    long long batches = 0, rows = 0;
    int weighted = 0;
    plm_status status = PLM_OK;
    plm_log log[PLM_LOGS];
    if (sscanf(said, "%lld %lld %d", &batches, &rows, &weighted) != 3)
        give_up("evaluate N ROWS WEIGHTED");
    make_batch(d, rows, true, weighted != 0);
    plm_training_reset(d->m->training);
    d->m->training->penalty = plm_training_penalty(d->m->training);
    for (long long i = 0; i < batches; i++) {
        receive_batch(d);
        if (status >= 0)
            status = evaluate_batch(d);
    }
    const int logs = plm_training_logs(d->m->training, false, log, PLM_LOGS);
    for (int i = 0; i < logs; i++)
        driver_answer(d, log[i].value);
    driver_send(d, status);
}

/* ---- requests ---- */

/* The rest of a line that begins with the word; NULL = it does not. */
static const char *after(const char *line, const char *word)
{
    const size_t n = strlen(word);
    if (strncmp(line, word, n) != 0 || (line[n] != ' ' && line[n] != '\0'))
        return NULL;
    return line[n] == ' ' ? line + n + 1 : line + n;
}

/* Requests about models; false = it is another. */
static bool answer_model(driver *d, const char *line)
{
    const char *rest = NULL;
    if (after(line, "model") != NULL) {
        new_model(d);
    } else if ((rest = after(line, "add")) != NULL) {
        plm_add(d->m, "%s", rest);
        driver_send(d, d->m->fault);
    } else if ((rest = after(line, "input")) != NULL) {
        add_input(d, rest);
    } else if (after(line, "compile") != NULL) {
        compile(d);
    } else if (after(line, "parameters") != NULL) {
        list_parameters(d);
    } else if ((rest = after(line, "read")) != NULL) {
        answer_parameter(d, weight_at(d, rest));
        send(d);
    } else if ((rest = after(line, "write")) != NULL) {
        write_parameter(d, rest);
    } else {
        return false;
    }
    return true;
}

static void answer_request(driver *d, const char *line)
{
    const char *rest = NULL;
    if (answer_model(d, line))
        return;
    if ((rest = after(line, "open")) != NULL) {
        open_runtime(d, rest);
    } else if ((rest = after(line, "kinds")) != NULL) {
        list_kinds(d, rest);
    } else if ((rest = after(line, "train")) != NULL) {
        train(d, rest);
    } else if ((rest = after(line, "forward")) != NULL) {
        forward(d, rest);
    } else if ((rest = after(line, "evaluate")) != NULL) {
        evaluate(d, rest);
    } else if ((rest = after(line, "adapt")) != NULL) {
        adapt(d, rest);
    } else if ((rest = after(line, "data")) != NULL) {
        driver_rows(d, rest);
    } else if (after(line, "settle") != NULL) {
        plm_training_finish(d->m->training);
        send(d);
    } else {
        give_up(line);
    }
}

int main(void)
{
    driver d = {0};
    char line[LINE];
    while (read_line(line)) {
        answer_request(&d, line);
        if (fflush(stdout) != 0)
            give_up("nobody reads the answers");
    }
    close_all(&d);
    free(d.out);
    return 0;
}
