/* A table from a pipe is read more than once, so a file takes the pipe's place. */
#define _POSIX_C_SOURCE 200809L
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
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

bool plm_cli_is_pipe(const char *path)
{
    struct stat about;
    return !stat(path, &about) && S_ISFIFO(about.st_mode);
}

/* The pipe of that name takes the place of standard input. */
static int take_pipe(const char *path)
{
    int fd = open(path, O_RDONLY), code = PLM_EXIT_GOOD;
    if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
        code = plm_cli_fail(PLM_EXIT_IO, path, "check its name and rights",
                            "cannot read the pipe: %s", strerror(errno));
    if (fd > STDIN_FILENO)
        close(fd);
    return code;
}

int plm_cli_keep_input(const char *path)
{
    struct stat about;
    if (plm_cli_is_pipe(path) && take_pipe(path))
        return PLM_EXIT_IO;
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
