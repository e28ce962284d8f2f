/* The destination of a result: a file or standard output. The file is a plm_file of the library, so
 * it appears under its name only when it is complete. */
#ifndef PLM_CLI_FILE_H
#define PLM_CLI_FILE_H

#include "cli.h"

/* A result that is being written. */
typedef struct {
    /* the stream to print to: standard output, or a stream in memory whose text is later written to
     * the file */
    FILE *f;
    plm *w;         /* the runtime that opened `file`; NULL if there is no file */
    plm_file *file; /* NULL = standard output */
    char *text;     /* [length] the memory that f writes into */
    size_t length;
} plm_cli_file;

/* Opens a file, or standard output if path is NULL or "-". Returns an exit code. */
int plm_cli_file_open(plm_cli_file *o, const char *path);
/* Appends to the file what was printed into f, and empties f. Called regularly, it keeps the memory
 * small even if the file is long. Returns an exit code. */
int plm_cli_file_pass(plm_cli_file *o);
/* Replaces the beginning of the file by what was printed into f, and empties f. Returns an exit
 * code. */
int plm_cli_file_over(plm_cli_file *o);
/* Closes the file. code = 0: the file appears under its name, and the returned exit code says
 * whether this worked. Any other code: no file is written, and code is returned. */
int plm_cli_file_close(plm_cli_file *o, int code);

/* Opens a stream that writes to memory. When it is closed, *text is the written text, to be freed.
 * NULL = no memory. */
FILE *plm_cli_memory(char **text, size_t *length);

#endif
