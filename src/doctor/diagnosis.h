/* A diagnosis: the case, the rules, and what they found. */
#ifndef PLM_DOCTOR_DIAGNOSIS_H
#define PLM_DOCTOR_DIAGNOSIS_H

#include "doctor/doctor.h"
#include "doctor/facts.h"
#include "doctor/look.h"

/* A rule: a kind of finding with its thresholds, and what it found. */
typedef struct {
    const plm_finding_kind *kind;
    const void *config;
    bool found;
    bool told; /* the library has warned of it: see plm_report.told */
    int shown; /* 1 + level at which plm_diagnosis_add_fresh has added it; 0 = not yet */
    plm_finding finding;
} plm_doctor_rule;

struct plm_diagnosis {
    plm *w;
    plm_arena arena;
    plm_model *model; /* NULL = none */
    plm_case c;
    plm_data_facts *facts;
    plm_probe first;  /* of the look before the first step, if `looked` */
    plm_probe probe;  /* of the training, if `probing` */
    plm_probe replay; /* of the steps before a number that is not finite, if `replaying` */
    bool looked, probing, replaying;
    plm_doctor_rule *rule; /* [rules] */
    int rules;
    int *order; /* [found] indices of rules that found something: roots first */
    int found;
    plm_error_record refusal; /* the error that the case refers to */
    plm_error refusal_texts;
    plm_text text, json;
    int64_t checked;          /* number of rules whose part was examined */
    plm_doctor_places places; /* places in the run file; all 0 = there is none */
    int *item;                /* [layers of the model] item of the key model; -1 = unknown */
    const char *title, *run;  /* title and run, which the texts name; NULL = none */
    const plm_repair *repair; /* NULL = none was asked for */
};

#endif
