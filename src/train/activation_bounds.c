/* The numbers that activation functions can give, for rules about the last layer and its loss. */
#include <math.h>
#include <string.h>

#include "train/sense.h"

/* The bounds of activation functions; others take (nearly) all values. */
typedef struct {
    const char *name;
    double low, high; /* infinity = not bounded on this side */
} range;

static const range ranges[] = {{"softmax", 0, 1},
                               {"sigmoid", 0, 1},
                               {"hard_sigmoid", 0, 1},
                               {"relu", 0, INFINITY},
                               {"relu6", 0, 6},
                               {"softplus", 0, INFINITY},
                               {"exponential", 0, INFINITY},
                               {"tanh", -1, 1},
                               {"softsign", -1, 1},
                               {"hard_tanh", -1, 1},
                               {"log_softmax", -INFINITY, 0},
                               {"log_sigmoid", -INFINITY, 0}};

void plm_activation_bounds(const char *function, double *low, double *high)
{
    *low = -INFINITY;
    *high = INFINITY;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (function != NULL && strcmp(function, ranges[i].name) == 0) {
            *low = ranges[i].low;
            *high = ranges[i].high;
        }
}
