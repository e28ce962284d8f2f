/* Memory and text for the command. Unlike the library, the command may end when memory runs out,
 * which keeps its code short. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

void plm_cli_end_without_memory(void)
{
    fputs("plummet: error: out of memory\n", stderr);
    exit(PLM_EXIT_INTERNAL);
}

void *plm_cli_take(size_t bytes)
{
    void *block = calloc(1, bytes ? bytes : 1);
    if (!block)
        plm_cli_end_without_memory();
    return block;
}

void *plm_cli_grow(void *items, size_t count, size_t size)
{
    /* the capacity is the next power of two, so the array is full only if count is one */
    if (count & (count - 1))
        return items;
    size_t room = count ? count * 2 : 1;
    void *grown = plm_cli_take(room * size);
    if (count)
        memcpy(grown, items, count * size);
    free(items);
    return grown;
}

char *plm_cli_format_list(const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    size_t room = length < 0 ? 1 : (size_t)length + 1;
    char *text = plm_cli_take(room);
    vsnprintf(text, room, format, again);
    va_end(again);
    return text;
}

char *plm_cli_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = plm_cli_format_list(format, arguments);
    va_end(arguments);
    return text;
}
