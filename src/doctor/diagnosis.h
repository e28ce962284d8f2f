/* A diagnosis: what is known about a net and its training (plm_case), the rules, and their
 * findings. */
#ifndef PLM_DOCTOR_DIAGNOSIS_H
#define PLM_DOCTOR_DIAGNOSIS_H

#include "doctor/doctor.h"
#include "doctor/facts.h"
#include "doctor/look.h"

/* A rule: a kind of finding with its thresholds, and its finding if there is one. */
typedef struct {
    const plm_finding_kind *kind;
    const void *config;
    bool found;
    bool told; /* true = the library itself has warned about this fault, see plm_report.told */
    int shown; /* 1 + level of the finding when plm_diagnosis_add_fresh last added it; 0 = never */
    plm_finding finding;
} plm_doctor_rule;

struct plm_diagnosis {
    plm *w;
    plm_arena arena;
    plm_model *model; /* NULL = none */
    plm_case c;
    plm_data_facts *facts;
    /* if `looked`: measurements of a pass of the untrained net, before the first step */
    plm_probe first;
    plm_probe probe; /* readings of the training, if `probing` */
    /* if `replaying`: measurements of the steps that were repeated up to the first number that is
     * not finite */
    plm_probe replay;
    bool looked, probing, replaying;
    int64_t epochs_seen; /* number of epochs over when rules were last applied at the end of one */
    plm_doctor_rule *rule; /* [rules] */
    int rules;
    /* [found] indices of the rules that have a finding, in the order of printing: causes before
     * their consequences */
    int *order;
    int found;
    plm_error_record refusal; /* the error that the case refers to */
    plm_error refusal_texts;
    plm_text text, json;
    plm_doctor_places places; /* functions that return places in the run file; all members 0 = there
                               * is no run file */
    /* [layers of the model] the item of the key `model` that made each layer; -1 = unknown */
    int *item;
    const char *title, *run;  /* title: first line of the texts. run: name of the run. NULL = none
                               * */
    const char *unseen;       /* a sentence about what was not examined; NULL = none */
    const plm_repair *repair; /* NULL = no repair was asked for */
    /* true = groups of the validation rows of a fit are measured when it has ended. Otherwise the
     * caller does so, with the weights that it keeps. */
    bool groups_at_end;
};

/* Finds the layers of the compiled model whose values can be measured, and fills plm_case.spot with
 * them. Errors: E_MEMORY, and those of plm_model_spots. (examine.c) */
PLM_CHECKED plm_status plm_diagnosis_find_spots(plm_diagnosis *d);
/* Determines the cause of each finding, and the order in which findings are printed. (causes.c) */
void plm_diagnosis_relate(plm_diagnosis *d);
/* Copies the measurements of the training to plm_case. (examine.c) */
void plm_diagnosis_take_samples(plm_diagnosis *d);
/* Copies the first number that is not finite to plm_case. If no measured step contained it, it is
 * searched for in the memory that the last step has written. (examine.c) */
void plm_diagnosis_take_bad(plm_diagnosis *d, const plm_probe *p);
/* Rewrites the remedies of a report that change a layer, so that they name its item in the run
 * file; remedies that cannot be written as one item are removed. (place.c) */
void plm_diagnosis_place(plm_diagnosis *d, plm_report *r);

#endif
