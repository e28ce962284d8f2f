/* Describes the names that can be used in run files and specs, as text for a page. */
#ifndef PLM_SHOW_DESCRIBE_H
#define PLM_SHOW_DESCRIBE_H

#include "show/screen.h"

/* Appends a text of plm_describe, which is laid out for 80 columns. For a narrower screen its lines
 * are wrapped again. */
void plm_description_add(const char *text, plm_screen s, plm_text *out);

/* Appends the description of a kind; of all kinds of a family, if name is NULL; of all families, if
 * family is NULL, too. The keys of run files are the family "key". If name is NULL, `family` may
 * also be the name of a kind or a key, or a word that a key takes. E_SPEC: an unknown name; the
 * hint has the most similar one. (description.c) */
PLM_CHECKED plm_status plm_description_of(plm *w, const char *family, const char *name,
                                          plm_screen s, plm_text *out);
/* Appends as JSON what plm_description_of describes: one family, or everything if family is NULL.
 * (description.c) */
PLM_CHECKED plm_status plm_description_json(plm *w, const char *family, plm_text *out);

/* Appends the version and the features of this build: instruction sets, threads, run files,
 * formats. pictures: the file formats in which pictures can be drawn, as text. */
void plm_build_add(plm *w, const char *pictures, plm_text *out);

/* ---- keys of run files (plm_run_keys) ---- */

/* Returns the index of a key; -1 = there is no key of this name. */
int plm_run_key_find(const char *name);
/* Returns the index of the key that has the word among its values, such as dmy of columns; -1 =
 * none. */
int plm_run_key_with(const char *word);
/* Appends a hint for a name that may be a misspelled key: "did you mean epochs?". */
void plm_run_key_advise(const char *name, plm_text *out);
/* Appends one key with its argument and its help. */
void plm_run_key_add(int key, plm_screen s, plm_text *out);
/* Appends all keys, each with its help in a second column. */
void plm_run_keys_add(plm_screen s, plm_text *out);
/* Appends all keys as a JSON array, with a newline. */
void plm_run_keys_json(plm_text *out);

#endif
