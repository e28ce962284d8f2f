/* Train on arrays of your own: two moons, a small net, one line an epoch. Prints the accuracy and
 * saves the model. For cos and sin the program needs the mathematical library, too:
 *     cc train_arrays.c $(pkg-config --cflags --libs plummet) -lm -o train_arrays */
#include <math.h>
#include <plummet.h>
#include <stdio.h>

enum { ROWS = 1000 };

/* Points of two half circles that reach into each other; label 0 or 1. */
static void two_moons(float x[ROWS][2], float y[ROWS])
{
    unsigned state = 7;
    for (int i = 0; i < ROWS; i++) {
        const double angle = 3.14159265358979 * i / ROWS;
        const int moon = i % 2;
        for (int k = 0; k < 2; k++) {
            state = state * 1664525u + 1013904223u;
            x[i][k] = (float)((state >> 8) / 16777216.0 - 0.5) * 0.3f;
        }
        x[i][0] += (float)(moon ? 1 - cos(angle) : cos(angle));
        x[i][1] += (float)(moon ? 0.5 - sin(angle) : sin(angle));
        y[i] = (float)moon;
    }
}

static plm_status print_epoch(void *self, plm_run *run, const plm_event *event)
{
    (void)self;
    (void)run;
    if (event->kind == PLM_EPOCH_END && (event->epoch + 1) % 10 == 0)
        printf("epoch %lld: loss %.4f, accuracy %.4f\n", (long long)event->epoch + 1,
               event->log[0].value, event->log[1].value);
    return PLM_OK;
}

int main(int argc, char **argv)
{
    static float x[ROWS][2], y[ROWS];
    two_moons(x, y);
    plm *w = plm_open(PLM_OPTIONS(.seed = 1));
    plm_data *data = plm_data_arrays(w, &(plm_view){x, PLM_F32, 2, {ROWS, 2}},
                                     &(plm_view){y, PLM_F32, 1, {ROWS}}, "shuffle | batch(32)");
    plm_data *test = plm_data_split(data, "split(0.2, shuffle=true)");
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2)");
    plm_add(m, "dense(%d, activation=elu, kernel_initializer=he_normal)", 24);
    plm_add(m, "dense(%d, activation=elu, kernel_initializer=he_normal)", 24);
    plm_add(m, "dense(1, activation=sigmoid)");
    plm_log log[2];
    const plm_observer observer = {.name = "print", .on_event = print_epoch};
    plm_status status = plm_compile(m, "adam(0.01)", "binary_crossentropy", "accuracy");
    if (!PLM_FAILED(status))
        status = plm_fit(m, data, PLM_FIT(.epochs = 30, .extra = &observer, .extras = 1));
    if (!PLM_FAILED(status)) /* PLM_STOPPED, by an observer, is no error */
        status = plm_evaluate(m, test, log, 2);
    if (!PLM_FAILED(status))
        status = plm_model_save(m, argc > 1 ? argv[1] : "moons.safetensors", NULL);
    if (!PLM_FAILED(status))
        printf("test accuracy %.4f\n", log[1].value);
    else
        fprintf(stderr, "%s: %s (%s)\n", plm_last_error(w)->where, plm_last_error(w)->what,
                plm_last_error(w)->hint);
    plm_model_free(m);
    plm_data_free(test);
    plm_data_free(data);
    plm_close(w);
    return PLM_FAILED(status);
}
