/* JSON lines. Any text becomes a valid string: what must not reach a terminal is \uXXXX, what is no
 * UTF-8 the replacement character. */
#include "output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

plm_cli_json plm_cli_json_begin(FILE *f)
{
    fputc('{', f);
    return (plm_cli_json){.f = f};
}

/* The number of the letter of so many bytes. */
static unsigned long number_of(const unsigned char *c, size_t bytes)
{
    unsigned long number = bytes == 1 ? c[0] : c[0] & (0xffu >> (bytes + 1));
    for (size_t i = 1; i < bytes; i++)
        number = number << 6 | (c[i] & 0x3fu);
    return number;
}

/* A letter that plm_printable would change: its bytes are no UTF-8, or it does not show. */
static void put_hidden(FILE *f, const char *letter, size_t bytes, const char *shown)
{
    unsigned long number = number_of((const unsigned char *)letter, bytes);
    if (shown[1] == 'x' && (unsigned char)*letter >= 0x80) /* \x is a byte, \u a letter */
        fputs("\\ufffd", f);
    else if (number > 0xffff)
        fprintf(f, "\\u%04lx\\u%04lx", 0xd800 + ((number - 0x10000) >> 10),
                0xdc00 + ((number - 0x10000) & 0x3ff));
    else
        fprintf(f, "\\u%04lx", number);
}

/* Bytes of the letter at text as its first byte tells; no more than there are. */
static size_t letter_bytes(const char *text)
{
    const unsigned char first = (unsigned char)*text;
    const size_t bytes = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    size_t there = 1;
    while (there < bytes && ((unsigned char)text[there] & 0xc0) == 0x80)
        there++;
    return there == bytes ? bytes : 1;
}

void plm_cli_json_string(FILE *f, const char *text)
{
    fputc('"', f);
    for (const char *c = text; *c;) {
        char letter[5] = "", shown[32];
        size_t bytes = letter_bytes(c);
        memcpy(letter, c, bytes);
        plm_printable(letter, shown, sizeof shown);
        if (*c == '"' || *c == '\\')
            fprintf(f, "\\%c", *c);
        else if (!strcmp(letter, shown))
            fputs(letter, f);
        else if (bytes > 1 && shown[1] == 'x') /* the first of bytes that are no letter */
            put_hidden(f, c, bytes = 1, shown);
        else
            put_hidden(f, c, bytes, shown);
        c += bytes;
    }
    fputc('"', f);
}

static void json_key(plm_cli_json *j, const char *key)
{
    if (j->more)
        fputc(',', j->f);
    j->more = true;
    plm_cli_json_string(j->f, key);
    fputc(':', j->f);
}

static void json_figure(FILE *f, double value)
{
    if (isfinite(value))
        fprintf(f, "%.9g", value);
    else
        fputs("null", f);
}

void plm_cli_json_number(plm_cli_json *j, const char *key, double value)
{
    json_key(j, key);
    json_figure(j->f, value);
}

void plm_cli_json_text(plm_cli_json *j, const char *key, const char *value)
{
    json_key(j, key);
    plm_cli_json_string(j->f, value);
}

void plm_cli_json_numbers(plm_cli_json *j, const char *key, int count, const float *value)
{
    json_key(j, key);
    for (int i = 0; i < count; i++) {
        fputc(i ? ',' : '[', j->f);
        json_figure(j->f, (double)value[i]);
    }
    fputs(count ? "]" : "[]", j->f);
}

void plm_cli_json_reals(plm_cli_json *j, const char *key, int count, const double *value)
{
    json_key(j, key);
    for (int i = 0; i < count; i++) {
        fputc(i ? ',' : '[', j->f);
        json_figure(j->f, value[i]);
    }
    fputs(count ? "]" : "[]", j->f);
}

void plm_cli_json_end(plm_cli_json *j)
{
    fputs("}\n", j->f);
}
