/* A function that the library calls during a fit cannot read or free the streams of that fit, nor
 * can a generator use its own stream. */
#include "callback_support.h"
#include "plummet_doctor.h"

#include <string.h>

typedef struct {
    plm *w;
    plm_model *m;
    plm_data *train, *held;
    int asked, refused;
} streams;

/* All that reads a stream of the running call. */
static void use_streams(streams *s)
{
    plm_batch b = {.rows = -7};
    plm_model *copy = plm_model_clone(s->m);
    assert_non_null(copy);
    const plm_status status[] = {plm_data_next(s->train, &b),
                                 plm_data_next(s->held, &b),
                                 plm_data_rewind(s->train, 0),
                                 plm_data_rewind(s->held, 1),
                                 plm_fit(copy, s->train, NULL),
                                 plm_evaluate(copy, s->held, NULL, 0),
                                 plm_adapt(copy, s->train),
                                 plm_pretrain(copy, s->train, NULL, NULL),
                                 (plm_status)plm_look(copy, s->train, NULL, 0, NULL)};
    s->asked++;
    for (size_t i = 0; i < sizeof status / sizeof *status; i++)
        s->refused += status[i] == PLM_E_ORDER;
    assert_int_equal(s->refused, 9 * s->asked);
    assert_int_equal(b.rows, -7);
    assert_null(plm_data_split(s->train, "split(0.5)"));
    assert_null(plm_data_split(s->held, "split(0.5)"));
    assert_int_equal(plm_last_error(s->w)->status, PLM_E_ORDER);
    assert_non_null(strstr(plm_last_error(s->w)->what, "still reading this stream"));
    plm_model_free(copy);
}

static plm_status use_in_event(void *self, plm_run *run, const plm_event *event)
{
    (void)run;
    (void)event;
    use_streams(self);
    return PLM_OK;
}

/* The weights of the same fit without an observer. */
static void fit_alone(float out[WIDTH * 4])
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 5));
    plm_data *train = arrays(w), *held = arrays(w);
    plm_model *m = net(w);
    assert_int_equal(plm_fit(m, train, PLM_FIT(.epochs = 3, .validation = held)), PLM_OK);
    assert_int_equal(plm_parameter_read(m, 0, out), PLM_OK);
    plm_model_free(m);
    plm_data_free(train);
    plm_data_free(held);
    plm_close(w);
}

static void streams_of_a_fit_are_not_read_within_it(void **state)
{
    float plain[WIDTH * 4], other[WIDTH * 4];
    (void)state;
    fit_alone(plain);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 5));
    streams s = {.w = w, .m = net(w), .train = arrays(w), .held = arrays(w)};
    const plm_observer o = {.on_event = use_in_event, .self = &s};
    plm_batch b;
    assert_int_equal(
        plm_fit(s.m, s.train, PLM_FIT(.epochs = 3, .validation = s.held, .extra = &o, .extras = 1)),
        PLM_OK);
    /* the begin and the end of the fit and of 3 epochs, and 3 batches in each of these */
    assert_int_equal(s.asked, 17);
    assert_int_equal(plm_parameter_read(s.m, 0, other), PLM_OK);
    assert_memory_equal(plain, other, sizeof plain);
    /* after the fit they are free again */
    assert_int_equal(plm_data_rewind(s.train, 0), PLM_OK);
    assert_int_equal(plm_data_next(s.train, &b), PLM_OK);
    assert_int_equal(plm_evaluate(s.m, s.held, NULL, 0), PLM_OK);
    /* one stream may be both */
    assert_int_equal(plm_fit(s.m, s.train, PLM_FIT(.validation = s.train)), PLM_OK);
    plm_model_free(s.m);
    plm_data_free(s.train);
    plm_data_free(s.held);
    plm_close(w);
}

/* Frees all that the fit uses, the runtime first. */
static plm_status free_all(void *self, plm_run *run, const plm_event *event)
{
    streams *s = self;
    (void)run;
    if (event->kind != PLM_BATCH_END || s->asked++ > 0)
        return PLM_OK;
    plm_close(s->w);
    plm_data_free(s->train);
    plm_data_free(s->held);
    plm_data_free(s->train);
    plm_model_free(s->m);
    return PLM_OK;
}

static void what_a_fit_uses_is_freed_behind_it(void **state)
{
    helper h = {0};
    plm_fit_result result;
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .allocate = helper_allocate, .user = &h));
    streams s = {.w = w, .m = net(w), .train = arrays(w), .held = arrays(w)};
    const plm_observer o = {.on_event = free_all, .self = &s};
    assert_int_equal(plm_fit(s.m, s.train,
                             PLM_FIT(.epochs = 2, .validation = s.held, .extra = &o, .extras = 1,
                                     .result = &result)),
                     PLM_OK);
    assert_int_equal(s.asked, 6);
    assert_int_equal(result.epochs, 2);
    assert_int_equal(h.live, 0);
}

/* A generator that uses its own stream while it makes rows, or frees it. */
static plm_status make_and_use(void *self, plm_batch *room, float *weight)
{
    streams *s = self;
    plm_batch b;
    (void)weight;
    memset(room->input[0].data, 0, (size_t)room->rows * WIDTH * sizeof(float));
    memset(room->target[0].data, 0, (size_t)room->rows * sizeof(float));
    s->asked++;
    s->refused +=
        plm_data_next(s->train, &b) == PLM_E_ORDER && plm_data_rewind(s->train, 0) == PLM_E_ORDER;
    if (s->held != NULL)
        plm_data_free(s->train);
    return PLM_OK;
}

static plm_data *made(streams *s)
{
    return plm_data_generator(s->w, PLM_GENERATOR(.rows = 16, .inputs = 1, .input_rank = {1},
                                                  .input_dims = {{WIDTH}}, .targets = 1,
                                                  .next = make_and_use, .self = s,
                                                  .transforms = "batch(8)"));
}

static void a_generator_does_not_read_its_own_stream(void **state)
{
    helper h = {0};
    plm_batch b;
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .allocate = helper_allocate, .user = &h));
    streams s = {.w = w};
    s.m = net(w);
    s.train = made(&s);
    assert_int_equal(plm_data_next(s.train, &b), PLM_OK);
    assert_int_equal(b.rows, 8);
    assert_int_equal(plm_fit(s.m, s.train, NULL), PLM_OK);
    assert_int_equal(plm_evaluate(s.m, s.train, NULL, 0), PLM_OK);
    assert_true(s.asked >= 5);
    assert_int_equal(s.refused, s.asked);
    plm_data *spare = s.train;
    s.held = spare; /* from now on it frees its stream */
    assert_int_equal(plm_fit(s.m, s.train, NULL), PLM_OK);
    s.train = made(&s);
    assert_int_equal(plm_data_next(s.train, &b), PLM_E_ORDER);
    assert_non_null(strstr(plm_last_error(w)->what, "freed its own stream"));
    plm_model_free(s.m);
    plm_close(w);
    assert_int_equal(h.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_of_a_fit_are_not_read_within_it),
        cmocka_unit_test(what_a_fit_uses_is_freed_behind_it),
        cmocka_unit_test(a_generator_does_not_read_its_own_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
