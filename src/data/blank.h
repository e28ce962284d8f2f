/* Finds blanks (spaces and tabs) and line ends in separated text. Line ends are not blanks here,
 * since they end rows. */
#ifndef PLM_DATA_BLANK_H
#define PLM_DATA_BLANK_H

#include <stdbool.h>
#include <stddef.h>

/* True for a space or a tab. False for a negative number, which stands for the end of the file. */
static inline bool plm_is_blank(int byte)
{
    return byte == ' ' || byte == '\t';
}

/* Removes blanks at both ends of text[*from .. *to). */
static inline void plm_trim_blanks(const char *text, size_t *from, size_t *to)
{
    while (*from < *to && plm_is_blank(text[*from]))
        ++*from;
    while (*from < *to && plm_is_blank(text[*to - 1]))
        --*to;
}

/* Returns the index after the first line end (LF, CR or CRLF) of text[n]; n + 1 = there is none.
 * The byte after the text must be readable. */
static inline size_t plm_behind_line_end(const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && text[i] != '\n' && (text[i] != '\r' || text[i + 1] == '\n'))
        i++;
    return i + 1;
}

#endif
