/* A table from a pipe is read more than once, so a file takes the pipe's place. */
#define _POSIX_C_SOURCE 200809L
#include "cli.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* All of standard input; false with errno. */
static bool copy_to(FILE *f)
{
    char piece[1 << 16];
    ssize_t n = 0;
    while ((n = read(STDIN_FILENO, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0 && fwrite(piece, 1, (size_t)n, f) != (size_t)n)
            return false;
    return n == 0 && !fflush(f);
}

int plm_cli_keep_input(void)
{
    struct stat about;
    if (!fstat(STDIN_FILENO, &about) && S_ISREG(about.st_mode))
        return PLM_EXIT_GOOD;
    FILE *f = tmpfile();
    bool good = f && copy_to(f) && dup2(fileno(f), STDIN_FILENO) == STDIN_FILENO &&
                !lseek(STDIN_FILENO, 0, SEEK_SET);
    int code = good ? PLM_EXIT_GOOD
                    : plm_cli_fail(PLM_EXIT_IO, "-", "give the name of a file",
                                   "cannot keep standard input: %s", strerror(errno));
    if (f)
        fclose(f);
    return code;
}
