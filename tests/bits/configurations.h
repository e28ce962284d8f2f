/* The configurations of which the bits are compared. */
#ifndef PLM_TESTS_BITS_CONFIGURATIONS_H
#define PLM_TESTS_BITS_CONFIGURATIONS_H

enum { BITS_LAYERS = 9 };

/* What the rows are to be told: their class (0 to 9), or three numbers from 0 to 1. */
typedef enum { BITS_CLASSES, BITS_NUMBERS } bits_target;

typedef struct {
    const char *name;
    bits_target target;
    const char *transforms, *optimizer, *loss, *metrics;
    const char *layer[BITS_LAYERS + 1]; /* after input(BITS_WIDTH); ended by NULL */
} bits_configuration;

/* Ended by name NULL. */
extern const bits_configuration bits_configurations[];

#endif
