/* Where the command writes a result: a file or standard output. The file is a plm_file of the
 * library, so it appears under its name only when it is complete. */
#ifndef PLM_CLI_FILE_H
#define PLM_CLI_FILE_H

#include "cli.h"

/* A result that is being written. */
typedef struct {
    FILE *f; /* print here: standard output, or memory whose text is passed to the file later */
    plm *w;  /* a runtime that `file` needs; NULL if there is no file */
    plm_file *file; /* NULL = standard output */
    char *text;     /* [length] the memory that f writes into */
    size_t length;
} plm_cli_file;

/* Opens a file, or standard output if path is NULL or "-". Returns an exit code. */
int plm_cli_file_open(plm_cli_file *o, const char *path);
/* Appends to the file what was printed into f, and empties f. Called now and then, it keeps the
 * memory small for a long file. Returns an exit code. */
int plm_cli_file_pass(plm_cli_file *o);
/* Replaces the beginning of the file by what was printed into f, and empties f. Returns an exit
 * code. */
int plm_cli_file_over(plm_cli_file *o);
/* Closes the file. code = 0: the file appears under its name, and the exit code says whether this
 * worked. Any other code: the file is dropped, and code is returned. */
int plm_cli_file_close(plm_cli_file *o, int code);

/* Opens a stream whose text is *text once it is closed, to be freed. NULL = no memory. */
FILE *plm_cli_memory(char **text, size_t *length);

#endif
