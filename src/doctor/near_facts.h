/* What is known about rows and the rows that are most similar to them (neighbours.c). */
#ifndef PLM_DOCTOR_NEAR_FACTS_H
#define PLM_DOCTOR_NEAR_FACTS_H

#include <stdint.h>

/* How well the targets of similar rows agree. Up to 512 rows are each compared with the 5 nearest
 * others (neighbours); columns are scaled to the same standard deviation first. rows = 0: not
 * measured. */
typedef struct {
    int64_t rows;
    /* for classes, the share of rows whose class is that of most of their neighbours; otherwise the
     * coefficient of determination (R2) of predicting the mean of the neighbours */
    double hits;
    /* the same coefficient of determination, also for targets that may be classes: whole numbers
     * may be counts, and then the net learns them as numbers */
    double r2;
    /* how far neighbours agree above chance, in standard errors: about 0 if targets are unrelated
     * to the inputs */
    double beyond;
    /* for numbers, the same for the neighbours and theirs, up to 30 rows, which tells more where
     * targets have much noise; 0 = not measured */
    double wide;
    /* for classes: the value that `beyond` would have if all neighbours agreed; otherwise infinite
     * */
    double most;
    /* For classes; otherwise 0. sure: the share of rows whose neighbours are all of one class.
     * sure_chance: this share by chance. wrong: the share of the `sure` rows that have another
     * class than their neighbours. */
    double sure, sure_chance, wrong;
    /* For classes: the share of rows that have another class than most rows around them (their
     * neighbours and those of these), in the third of the rows whose surroundings are purest,
     * divided by that of all rows: about 1 for wrong labels, less where classes overlap. NaN = no
     * row has another class */
    double deep;
    /* For classes: the share of rows of whose neighbours at least 3 have one class (most_of), and
     * the share of these that have another class (astray). */
    double most_of, astray;
    /* of the rows whose neighbours have one class 3 times and two other labels: their number, the
     * share in which these two labels are equal, and this share by chance: equal shares speak for
     * labels that were drawn at random, a larger share for two classes that overlap */
    int64_t pairs;
    double pairs_equal, pairs_chance;
    /* for classes: the mean difference of the class numbers of neighbours with different classes,
     * divided by that of random rows with different classes: about 1 if the numbers are only names,
     * less if they have an order. NaN = too few such neighbours, or not classes */
    double apart;
    /* For classes: the rows whose neighbours differ (mixed). named: among these, the share of rows
     * whose class is that of most neighbours, less the share of rows for which the rounded mean of
     * the neighbours' numbers is the class; about 0 or less if the numbers have an order.
     * named_error: its standard error. */
    int64_t mixed;
    double named, named_error;
    /* For numbers: if the targets are in another unit in a part of the rows, how many times as much
     * the higher ones differ as the lower ones, and the share of the higher ones (near_units.c);
     * 0 = they are not */
    double unit_factor, unit_share;
    /* for numbers: an estimate of the share of noise in the variance of the targets, from the
     * targets of nearly equal rows; NaN = the targets are classes, or no rows are nearly equal */
    double noise;
    /* the share of rows with nearly equal copies, the median squared distance of these
     * (near_copies.c), and the share of validation rows as near to a training row
     * (common_copies.c); 0 = none, or unknown */
    double copied, copied_far, common;
    double two_spread, two_excess, two_flipped[2]; /* of two classes; see near_flipped.c */
    /* Of two among the classes: where the class `sided_from` belongs, this share of the labels is
     * the class `sided_to`, everywhere, but not the reverse (near_flipped.c). sided_rows: number of
     * rows that were compared; 0 = there are no such classes */
    double sided;
    int64_t sided_rows;
    int sided_from, sided_to;
    /* For classes: the number of the row in the source, from 0, from which on the labels are coded
     * in another way; 0 = none (near_order.c). turned_same: the share of pairs of neighbours on the
     * same side of it that have the same class; turned_across: of pairs with one row on each side;
     * turned_chance: this share by chance. */
    int64_t turned;
    double turned_same, turned_across, turned_chance;
    /* the rows that were compared: inputs [rows][stride], scaled; their targets [rows] */
    const float *row, *target;
    int64_t stride;
} plm_neighbours;

enum { PLM_RECODED = 6 }; /* max number of classes whose other coding is listed */
/* Whether the labels of the validation rows are coded in another way than those of the training
 * rows. Each validation row gets the class of its nearest training rows; the classes whose rows
 * have one other label nearly always, all of them among each other, are counted. */
typedef struct {
    int64_t rows; /* number of validation rows that were compared; 0 = not measured */
    int classes;  /* number of such classes; 0 = the labels are coded in the same way */
    double same;  /* the share of the rows whose label is the class of their nearest rows */
    /* for numbers: the correlation of the targets of the validation rows with the mean targets of
     * their nearest training rows; NaN = unknown */
    double correlation;
    double recoded; /* this share if the labels of the validation are translated */
    int from[PLM_RECODED], to[PLM_RECODED]; /* the first of these classes, and their labels */
} plm_recoding;

#endif
