/* Finds the files of named data sets, such as mnist and cifar10, whose file names and possible
 * folders are known. */
#ifndef PLM_DATA_NAMED_SET_H
#define PLM_DATA_NAMED_SET_H

#include "data/data.h"

/* FILES: max number of files of a data set. NAMES: max number of possible names of a file. */
enum { PLM_SET_FILES = 8, PLM_SET_NAMES = 4 };

/* A set to look for. */
typedef struct {
    const char *set;            /* "fashion_mnist"; also the name of its folder, with '_' or '-' */
    const char *data_dir;       /* folders to search first, separated by ':'; "" = none */
    const char *const *folders; /* further names of its folder, terminated by NULL; NULL = none */
    const char *installed;      /* the folder of a system package, or NULL */
    const char *hint;           /* how to get the files, for the error */
    int files;                  /* number of files, which must all be in the same folder */
    /* [files] the possible names of each, plain or with .gz */
    const char *name[PLM_SET_FILES][PLM_SET_NAMES];
} plm_named_set;

/* Finds the files; path[i] is in the source's arena. Errors: E_IO, with a list of the searched
 * folders. */
PLM_CHECKED plm_status plm_named_set_find(plm_source *s, const plm_named_set *set,
                                          const char *path[PLM_SET_FILES]);

/* The keys that all named sets have, and their field table. */
typedef struct {
    const char *part, *data_dir;
} plm_named_set_fields;
/* The keys of every named set. */
extern const plm_field plm_named_set_table[];

/* Opens a set that is stored as MNIST is: in four IDX files. */
PLM_CHECKED plm_status plm_named_set_open_idx(plm_source *s, plm_named_set *set,
                                              const plm_named_set_fields *given);

#endif
