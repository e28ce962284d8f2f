/* What functions of the program may call and return while the library calls them, and what happens
 * to handles that are mixed up: values of another model, runtimes closed early, sizes beyond
 * memory. */
#include "callback_support.h"
#include "plummet_doctor.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    plm *w;
    plm_model *m;
    plm_data *d;
    int moments, refused;
} changes;

/* All that would change the model, at every moment. */
static plm_status change(void *self, plm_run *run, const plm_event *event)
{
    changes *c = self;
    const plm_batch b = {.rows = 0};
    (void)event;
    c->moments++;
    const uint32_t id[] = {plm_add(c->m, "dense(2)").id,
                           plm_input(c->m, NULL, 1, (int64_t[1]){2}).id,
                           plm_apply(c->m, plm_find(c->m, "hidden"), "dense(2)").id};
    for (size_t i = 0; i < sizeof id / sizeof *id; i++)
        assert_int_equal(id[i], 0);
    plm_output(c->m, plm_find(c->m, "hidden"));
    const plm_status status[] = {plm_compile(plm_run_model(run), "sgd", "mse", NULL),
                                 plm_fit(c->m, c->d, NULL),
                                 plm_pretrain(c->m, c->d, NULL, NULL),
                                 plm_adapt(c->m, c->d),
                                 plm_train_batch(c->m, &b, NULL, 0),
                                 plm_evaluate_batch(c->m, &b, NULL, 0),
                                 plm_evaluate(c->m, c->d, NULL, 0),
                                 plm_model_pop(c->m, 1),
                                 plm_model_remove(c->m, "hidden"),
                                 plm_model_set_trainable(c->m, "hidden", false),
                                 plm_model_set_learning_rate_factor(c->m, "hidden", 0.5),
                                 plm_model_set_learning_rate_factor(c->m, "*/bias", 0.5),
                                 plm_model_set_steps(c->m, 100),
                                 (plm_status)plm_look(c->m, c->d, NULL, 0, NULL),
                                 plm_model_set_loss_weights(c->m, "2")};
    for (size_t i = 0; i < sizeof status / sizeof *status; i++)
        c->refused += status[i] == PLM_E_ORDER;
    assert_null(plm_doctor(c->m, c->d, NULL));
    assert_null(plm_pseudo_labels(c->m, c->d, c->d, 0.5, NULL));
    assert_int_equal(c->refused, 15 * c->moments);
    assert_non_null(strstr(plm_last_error(NULL)->what, "runtime"));
    return PLM_OK;
}

/* Rates that cannot be are refused and change nothing; below 0 is the schedule again. */
static plm_status set_rates(void *self, plm_run *run, const plm_event *event)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    const changes *c = self;
    (void)event;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(plm_run_set_learning_rate(run, bad[i]), PLM_E_SPEC);
        assert_non_null(strstr(plm_last_error(c->w)->what, "the learning rate cannot be"));
        assert_int_equal(plm_model_set_learning_rate(c->m, bad[i]), PLM_E_SPEC);
    }
    assert_int_equal(plm_run_set_learning_rate(run, 0.5), PLM_OK);
    assert_int_equal(plm_run_set_learning_rate(run, -1), PLM_OK);
    return PLM_OK;
}

/* What reads is allowed, and changes nothing either. */
static plm_status look(void *self, plm_run *run, const plm_event *event)
{
    changes *c = self;
    float x[WIDTH] = {1, 2, 3}, y = 0, kernel[WIDTH * 4];
    plm_model *m = plm_run_model(run), *copy = plm_model_clone(m);
    (void)event;
    assert_non_null(copy);
    assert_int_equal(
        plm_predict(m, &(plm_view){x, PLM_F32, 2, {1, WIDTH}}, &(plm_view){&y, PLM_F32, 2, {1, 1}}),
        PLM_OK);
    assert_int_equal(plm_parameter_read(m, 0, kernel), PLM_OK);
    if (sizeof(plm_real) == sizeof(float)) /* what is read as float is then the whole number */
        assert_int_equal(plm_parameter_write(m, 0, kernel), PLM_OK);
    assert_non_null(plm_model_summary(m, 80));
    assert_int_equal(plm_model_set_learning_rate(m, 0.05), PLM_OK);
    assert_int_equal(plm_evaluate(copy, c->d, NULL, 0), PLM_OK);
    plm_model_free(copy);
    return PLM_OK;
}

/* Fits with an observer, and gives the weights of the first layer. */
static void fitted(plm_status (*on_event)(void *, plm_run *, const plm_event *),
                   float out[WIDTH * 4])
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 5));
    plm_data *train = arrays(w), *other = arrays(w), *rest = arrays(w);
    changes c = {.w = w, .m = net(w), .d = other};
    const plm_observer o = {.name = "mine", .on_event = on_event, .self = &c};
    assert_int_equal(
        plm_fit(c.m, train,
                PLM_FIT(.epochs = 3, .validation = rest, .extra = &o, .extras = on_event != NULL)),
        PLM_OK);
    assert_int_equal(plm_parameter_read(c.m, 0, out), PLM_OK);
    plm_model_free(c.m);
    plm_data_free(train);
    plm_data_free(rest);
    plm_data_free(other);
    plm_close(w);
}

static void changes_within_a_fit_are_refused(void **state)
{
    float plain[WIDTH * 4], changed[WIDTH * 4];
    (void)state;
    fitted(NULL, plain);
    fitted(change, changed);
    assert_memory_equal(plain, changed, sizeof plain);
    fitted(set_rates, changed);
    assert_memory_equal(plain, changed, sizeof plain);
    fitted(look, changed);
    assert_memory_equal(plain, changed, sizeof plain);
}

static plm_status free_it(void *self, plm_run *run, const plm_event *event)
{
    (void)event;
    plm_model_free(plm_run_model(run));
    plm_model_free(plm_run_model(run));
    return self != NULL ? PLM_STOPPED : PLM_OK;
}

static void a_model_freed_within_its_fit_goes_behind_it(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_data *d = arrays(w);
    const plm_observer o = {.on_event = free_it, .self = &d};
    assert_int_equal(plm_fit(net(w), d, PLM_FIT(.extra = &o, .extras = 1)), PLM_STOPPED);
    plm_data_free(d);
    plm_close(w);
}

static plm_status answer(void *self, plm_run *run, const plm_event *event)
{
    (void)run;
    return event->kind == PLM_BATCH_END ? *(plm_status *)self : PLM_OK;
}

static plm_status make(void *self, plm_batch *room, float *weight)
{
    (void)weight;
    memset(room->input[0].data, 0, (size_t)room->rows * WIDTH * sizeof(float));
    memset(room->target[0].data, 0, (size_t)room->rows * sizeof(float));
    return *(plm_status *)self;
}

static void answers_that_are_none_are_errors(void **state)
{
    static const int given[] = {PLM_OK, PLM_STOPPED, PLM_END, 77, PLM_E_DATA, -3000};
    static const int of_fit[] = {PLM_OK,     PLM_STOPPED, PLM_E_SPEC,
                                 PLM_E_SPEC, PLM_E_DATA,  PLM_E_SPEC};
    static const int of_next[] = {PLM_OK,     PLM_E_SPEC, PLM_E_SPEC,
                                  PLM_E_SPEC, PLM_E_DATA, PLM_E_SPEC};
    (void)state;
    for (int i = 0; i < 6; i++) {
        plm_status status = (plm_status)given[i];
        plm *w = plm_open(PLM_OPTIONS(.threads = 1));
        plm_data *d = arrays(w);
        plm_model *m = net(w);
        const plm_observer o = {.name = "mine", .on_event = answer, .self = &status};
        assert_int_equal(plm_fit(m, d, PLM_FIT(.extra = &o, .extras = 1)), of_fit[i]);
        if (of_fit[i] < 0)
            assert_string_equal(plm_last_error(w)->where, "mine");
        plm_data_free(d);
        d = plm_data_generator(w, PLM_GENERATOR(.rows = 16, .inputs = 1, .input_rank = {1},
                                                .input_dims = {{WIDTH}}, .targets = 1, .next = make,
                                                .self = &status));
        assert_int_equal(plm_fit(m, d, NULL), of_next[i]);
        if (of_next[i] < 0)
            assert_non_null(strstr(plm_last_error(w)->hint, "next"));
        plm_data_free(d);
        plm_model_free(m);
        plm_close(w);
    }
}

static void values_and_streams_stay_with_their_own(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1)), *other = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *a = plm_model_new(w), *b = plm_model_new(w);
    const plm_value of_a = plm_apply(a, plm_input(a, "x", 1, (int64_t[1]){4}), "dense(7)");
    assert_true(of_a.id != 0);
    plm_add(b, "input(4)");
    plm_add(b, "dense(5)");
    assert_int_equal(plm_apply(b, of_a, "dense(1)").id, 0);
    assert_int_equal(plm_compile(b, "sgd", "mse", NULL), PLM_E_ORDER);
    assert_non_null(strstr(plm_last_error(w)->what, "not a value of this model"));
    plm_model_free(b);
    /* a layer that moved up in the list is not taken for the one that went */
    const plm_value last = plm_apply(a, of_a, "dense(2, name=last)");
    assert_int_equal(plm_model_remove(a, "last"), PLM_OK);
    assert_int_equal(plm_apply(a, last, "dense(1)").id, 0);
    plm_model_free(a);
    b = net(w);
    plm_data *d = arrays(other), *mine = arrays(w);
    assert_int_equal(plm_fit(b, d, NULL), PLM_E_ORDER);
    assert_non_null(strstr(plm_last_error(w)->what, "another runtime"));
    assert_int_equal(plm_fit(b, mine, PLM_FIT(.validation = d)), PLM_E_ORDER);
    assert_int_equal(plm_evaluate(b, d, NULL, 0), PLM_E_ORDER);
    /* the runtime goes with the last of its objects */
    plm_close(other);
    plm_close(w);
    assert_int_equal(plm_fit(b, mine, NULL), PLM_OK);
    plm_data_free(d);
    plm_data_free(mine);
    plm_model_free(b);
}

static void the_first_error_is_told_again(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_data *d = arrays(w);
    plm_model *m = net(w);
    assert_int_equal(plm_compile(m, "adam", "nonsense", NULL), PLM_E_SPEC);
    assert_null(plm_data_open(w, "csv('none.csv')"));
    assert_int_equal(plm_fit(m, d, NULL), PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->what, "nonsense"));
    plm_model_free(m);
    m = plm_model_new(w);
    plm_add(m, "input(3)");
    plm_add(m, "dens(4)");
    assert_null(plm_data_open(w, "csv('none.csv')"));
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->what, "dens"));
    plm_model_free(m);
    assert_null(plm_model_load(w, "none.safetensors", NULL));
    assert_int_equal(plm_fit(NULL, d, NULL), PLM_E_ORDER);
    assert_non_null(strstr(plm_last_error(w)->what, "the model is NULL"));
    assert_non_null(strstr(plm_last_error(w)->what, "none.safetensors"));
    plm_data_free(d);
    plm_close(w);
}

static void sizes_beyond_memory_are_shapes(void **state)
{
    static const char *const layers[] = {"repeat_vector(1000000000)", "concatenate() <- a a a a",
                                         "dense(1000000000)", "dot(1) <- b c"};
    const int64_t large = (int64_t)1 << 49;
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    for (int i = 0; i < 4; i++) {
        plm_model *m = plm_model_new(w);
        plm_input(m, "a", 1, &large);
        plm_input(m, "b", 2, (int64_t[2]){1, large});
        plm_input(m, "c", 2, (int64_t[2]){1, large});
        plm_apply(m, plm_find(m, "a"), "%s", layers[i]);
        assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_E_SHAPE);
        plm_model_free(m);
    }
    plm_model *m = plm_model_new(w);
    assert_int_equal(plm_input(m, "a", 2, (int64_t[2]){INT64_MAX, 1}).id, 0);
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_E_SHAPE);
    plm_model_free(m);
    m = net(w);
    float x[WIDTH] = {0}, y = 0;
    static const int64_t rows[] = {INT64_MAX / 3, INT64_MAX / 4, INT64_MAX / 6, INT64_MAX, -1, 0};
    for (int i = 0; i < 6; i++) {
        const plm_view in = {x, PLM_F32, 2, {rows[i], WIDTH}};
        plm_view out = {&y, PLM_F32, 2, {rows[i], 1}};
        assert_int_equal(plm_predict(m, &in, &out), PLM_E_SHAPE);
        const plm_batch b = {
            .rows = rows[i], .inputs = 1, .targets = 1, .input = {in}, .target = {out}};
        assert_int_equal(plm_train_batch(m, &b, NULL, 0), PLM_E_SHAPE);
        if (rows[i] != 0)
            assert_null(plm_data_arrays(w, &in, &out, NULL));
        if (rows[i] > 0)
            assert_int_equal(plm_last_error(w)->status, PLM_E_SHAPE);
    }
    plm_model_free(m);
    plm_close(w);
}

static int warned;
static void hear(void *user, int level, const char *line)
{
    (void)user;
    warned += level == 1 && strstr(line, "threads") != NULL;
}

/* In a process of its own, whose user has no process left: exit status 0 = it trained, alone. */
static int train_without_threads(void)
{
    const struct rlimit none = {0, 0};
    float y = 0, x[WIDTH] = {0};
    if ((getuid() == 0 && setuid(65534) != 0) || setrlimit(RLIMIT_NPROC, &none) != 0)
        return 77;
    plm *w = plm_open(PLM_OPTIONS(.threads = 4, .seed = 5, .log = hear));
    if (plm_threads(w) == 4)
        return 77; /* a system that does not count threads */
    plm_data *d = arrays(w);
    plm_model *m = net(w);
    const bool good = plm_fit(m, d, PLM_FIT(.epochs = 2)) == PLM_OK &&
                      plm_predict(m, &(plm_view){x, PLM_F32, 2, {1, WIDTH}},
                                  &(plm_view){&y, PLM_F32, 2, {1, 1}}) == PLM_OK;
    plm_model_free(m);
    plm_data_free(d);
    plm_close(w);
    return good && warned == 1 ? 0 : 1;
}

static void threads_that_cannot_start_are_done_without(void **state)
{
    int status = 0;
    (void)state;
    const pid_t child = fork();
    if (child == 0)
        _exit(train_without_threads());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_that_cannot_start_are_done_without),
        cmocka_unit_test(changes_within_a_fit_are_refused),
        cmocka_unit_test(a_model_freed_within_its_fit_goes_behind_it),
        cmocka_unit_test(answers_that_are_none_are_errors),
        cmocka_unit_test(values_and_streams_stay_with_their_own),
        cmocka_unit_test(the_first_error_is_told_again),
        cmocka_unit_test(sizes_beyond_memory_are_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
