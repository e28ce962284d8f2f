/* Memory and text functions for the command. Unlike the library, the command may end when memory
 * runs out. This keeps its code short. */
#include <stdlib.h>

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
