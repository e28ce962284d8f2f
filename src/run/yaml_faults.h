/* What is wrong with a run file that libyaml cannot read, in words of its own; and the lists of
 * Python that YAML cannot read, made readable. Internal to yaml.c. */
#ifndef PLM_RUN_YAML_FAULTS_H
#define PLM_RUN_YAML_FAULTS_H

#include "base/text.h"

/* What is wrong, and how to correct it. */
typedef struct {
    const char *what, *hint;
    bool begins; /* its place is where the text or list begins that libyaml was reading */
} plm_yaml_fault;

/* Returns the fault for a problem that libyaml reports. problem: its words; NULL = unknown. */
plm_yaml_fault plm_yaml_fault_of(const char *problem);
/* True if the line in which byte `at` of text [length] is looks like NAME = VALUE. name: set to
 * NAME. */
bool plm_yaml_assigned(const char *text, size_t length, size_t at, char name[80]);
/* Copies the line in which byte `at` of text [length] is into out; a longer line is cut. */
void plm_yaml_line(const char *text, size_t length, size_t at, char out[400]);
/* Copies text [length] to `out`, with the list that begins at byte `at`, by [, in quotes: YAML then
 * takes it for one text. Comments in the list become blanks; lines keep their numbers. False: the
 * list has no end. */
bool plm_yaml_quote_list(const char *text, size_t length, size_t at, plm_text *out);

#endif
