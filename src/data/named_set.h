/* Named sets: files with usual names in usual folders. */
#ifndef PLM_DATA_NAMED_SET_H
#define PLM_DATA_NAMED_SET_H

#include "data/data.h"

enum { PLM_SET_FILES = 8, PLM_SET_NAMES = 4 };

/* What to look for. */
typedef struct {
    const char *set;            /* "fashion_mnist": also its folder, with '_' or '-' */
    const char *data_dir;       /* searched first; folders separated by ':', "" = none */
    const char *const *folders; /* further names of its folder, ended by NULL; or NULL */
    const char *installed;      /* where a package puts it, or NULL */
    const char *hint;           /* how to get the files */
    int files;                  /* all of them lie in one folder */
    /* each under one of these names, plain or with .gz */
    const char *name[PLM_SET_FILES][PLM_SET_NAMES];
} plm_named_set;

/* Finds the files; path[i] in the source's arena. E_IO says every folder that was searched. */
PLM_CHECKED plm_status plm_named_set_find(plm_source *s, const plm_named_set *set,
                                          const char *path[PLM_SET_FILES]);

/* The fields of all named sets. */
typedef struct {
    const char *part, *data_dir;
} plm_named_set_fields;
extern const plm_field plm_named_set_table[];

/* A set kept as MNIST is: four IDX files. */
PLM_CHECKED plm_status plm_named_set_open_idx(plm_source *s, plm_named_set *set,
                                              const plm_named_set_fields *said);

#endif
