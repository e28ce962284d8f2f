/* What is in a file. */
#define _POSIX_C_SOURCE 200809L
#include "contents.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_to_read(const char *path)
{
    int file;
    do
        file = open(path, O_RDONLY | O_CLOEXEC);
    while (file < 0 && errno == EINTR);
    return file;
}

/* Up to n bytes; fewer at the end of the file alone. -1 = errno. */
static ssize_t read_all(int file, char *out, size_t n)
{
    size_t got = 0;
    while (got < n) {
        const ssize_t more = read(file, out + got, n - got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return -1;
        if (more == 0)
            break;
        got += (size_t)more;
    }
    return (ssize_t)got;
}

/* A block of twice the size, with what the old one held. */
static char *enlarge(char *text, size_t capacity)
{
    char *longer = plm_cli_take(2 * capacity);
    memcpy(longer, text, capacity);
    free(text);
    return longer;
}

char *plm_cli_contents(const char *path, size_t limit, size_t *length)
{
    const int file = open_to_read(path);
    size_t capacity = 4096;
    ssize_t got = 0;
    *length = 0;
    if (file < 0)
        return NULL;
    char *text = plm_cli_take(capacity);
    while ((got = read_all(file, text + *length, capacity - 1 - *length)) > 0) {
        *length += (size_t)got;
        if (*length > limit || *length < capacity - 1)
            break;
        text = enlarge(text, capacity);
        capacity *= 2;
    }
    const int error = errno;
    close(file);
    if (got >= 0)
        return text;
    free(text);
    errno = error;
    return NULL;
}
