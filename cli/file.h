/* Where the command writes a result: a file, by the library's plm_file, or standard output. */
#ifndef PLM_CLI_FILE_H
#define PLM_CLI_FILE_H

#include "cli.h"

typedef struct {
    FILE *f; /* write here: the text of the file that is not passed on yet, or standard output */
    plm *w;  /* of its own; NULL as `file` */
    plm_file *file; /* NULL = standard output */
    char *text;
    size_t length;
} plm_cli_file;

/* Opens a file, or standard output for path NULL. Returns an exit code. */
int plm_cli_file_open(plm_cli_file *o, const char *path);
/* Passes on what was written to f, so that a long file takes no memory. Returns an exit code. */
int plm_cli_file_pass(plm_cli_file *o);
/* Writes what is in f over the beginning of the file; f is empty afterwards. Returns an exit code.
 * */
int plm_cli_file_over(plm_cli_file *o);
/* Closes. code 0: the file takes its name, or the exit code tells why not; else there is none and
 * code is returned. */
int plm_cli_file_close(plm_cli_file *o, int code);

/* Whether both paths name the same regular file, in whatever way; NULL names none. */
bool plm_cli_is_same_file(const char *a, const char *b);

#endif
