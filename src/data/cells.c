/* Reads separated text row by row, one byte at a time. The rules:
 *
 *     A cell in quotes may contain delimiters and line ends; a quote in it is written twice:
 *     "a ""b"" c" (RFC 4180).
 *     A line ends with LF, CRLF or CR.
 *     A byte order mark at the beginning of the file is skipped.
 *     Blank lines are skipped.
 *     Blanks (spaces and tabs) around a cell without quotes do not belong to the cell.
 *
 * The file is read in pieces of PIECE bytes, and a row may cross pieces, so every byte is read by
 * `peek`, which reads the next piece if necessary. */
#include "data/cells.h"

#include <string.h>

#include "data/blank.h"

/* PIECE: number of bytes that are read from the file at once. FIRST_TEXT, FIRST_CELLS: initial
 * capacity of a row, in bytes and in cells. NONE: stands for the end of the file where a byte is
 * expected. */
enum { PIECE = 1 << 18, FIRST_TEXT = 1 << 14, FIRST_CELLS = 256, NONE = PLM_CELLS_END };

/* ---- bytes ---- */

/* Replaces the piece, whose bytes have all been used, by the next bytes of the file. */
static plm_status refill(plm_cells *c)
{
    c->before += (int64_t)c->end;
    c->at = c->end = 0;
    PLM_TRY(plm_reader_read(c->reader, c->piece, PIECE, &c->end));
    c->over = c->end == 0;
    return PLM_OK;
}

/* Moves the unused bytes to the beginning of the piece and fills the rest from the file. *added =
 * false: no byte was added, since the piece is full or the file has ended. */
static plm_status read_behind(plm_cells *c, bool *added)
{
    size_t got = 0;
    memmove(c->piece, c->piece + c->at, c->end - c->at);
    c->before += (int64_t)c->at;
    c->end -= c->at;
    c->at = 0;
    if (c->end < PIECE && !c->over)
        PLM_TRY(plm_reader_read(c->reader, c->piece + c->end, PIECE - c->end, &got));
    c->end += got;
    *added = got > 0;
    return PLM_OK;
}

/* Sets *out to the next byte without consuming it; NONE at the end of the file. */
static plm_status peek(plm_cells *c, int *out)
{
    if (c->at == c->end && !c->over)
        PLM_TRY(refill(c));
    *out = c->at < c->end ? (unsigned char)c->piece[c->at] : NONE;
    return PLM_OK;
}

/* Sets *out to the next byte of the file without consuming it; PLM_CELLS_END at the end of the
 * file. For other files that read cells. */
plm_status plm_cells_peek(plm_cells *c, int *out)
{
    return peek(c, out);
}

/* ---- the row that is being read ---- */

/* Returns a block of 2 * bytes bytes that begins with the content of `old`, and frees `old`. NULL =
 * no memory; `old` is then kept. */
static void *larger(plm_cells *c, void *old, size_t bytes)
{
    void *block = plm_allocate_array(c->w, 2, bytes);
    if (block) {
        memcpy(block, old, bytes);
        plm_release(c->w, old);
    }
    return block;
}

/* Reports a row that exceeds a limit. Without limits, a quote that is never closed, or a file
 * without line ends, would be read into memory as a single row. */
static plm_status fail_limit(plm_cells *c, const char *what, size_t most, const char *hint)
{
    return plm_fail(c->w, PLM_E_DATA, c->path, hint, "line %lld: %s, the limit is %zu",
                    (long long)c->line, what, most);
}

/* Appends a byte to the row's text, which is doubled when it is full. */
static plm_status add_byte(plm_cells *c, char byte)
{
    if (c->most_bytes > 0 && c->length >= c->most_bytes)
        return fail_limit(
            c, "the row has too many bytes", c->most_bytes,
            "check that the file is a table of text; csv(..., max_line=BYTES) allows more");
    if (c->length == c->text_room) {
        char *text = larger(c, c->text, c->text_room);
        if (!text)
            return PLM_E_MEMORY;
        c->text = text;
        c->text_room *= 2;
    }
    c->text[c->length++] = byte;
    return PLM_OK;
}

/* Adds an empty cell to the row; add_byte then appends to it. */
static plm_status begin_cell(plm_cells *c)
{
    if (c->most_cells > 0 && c->cells >= c->most_cells)
        return fail_limit(c, "the row has too many columns", c->most_cells,
                          "check the delimiter; csv(..., max_columns=N) allows more");
    if (c->cells == c->cell_room) {
        size_t *start = larger(c, c->start, c->cell_room * sizeof *start);
        if (!start)
            return PLM_E_MEMORY;
        c->start = start;
        c->cell_room *= 2;
    }
    c->start[c->cells++] = c->length;
    c->cell_quoted = false;
    return PLM_OK;
}

/* Ends the row's last cell by a NUL. Blanks at the end of a cell without quotes are dropped. */
static plm_status end_cell(plm_cells *c)
{
    const size_t start = c->start[c->cells - 1];
    while (!c->cell_quoted && c->length > start && plm_is_blank(c->text[c->length - 1]))
        c->length--;
    return add_byte(c, '\0');
}

/* ---- reading a row ---- */

/* Fails with E_FORMAT because of a wrong quote. line: the line of the file, from 1. */
static plm_status fail_quote(plm_cells *c, int64_t line, const char *what)
{
    return plm_fail(c->w, PLM_E_FORMAT, c->path,
                    "a quote within a quoted cell is written twice (\"\")", "line %lld: %s",
                    (long long)line, what);
}

/* Fails if the byte is zero, which does not occur in text files. */
static plm_status check_byte(plm_cells *c, int byte)
{
    if (byte != 0)
        return PLM_OK;
    return plm_fail(c->w, PLM_E_FORMAT, c->path,
                    "use a text file in UTF-8 or ASCII, plain or compressed with gzip",
                    "line %lld: the file has a zero byte, so it is not a text file",
                    (long long)c->next_line);
}

/* Moves past the line end (LF, CR or CRLF) that begins with the current byte. */
static plm_status take_line_end(plm_cells *c)
{
    int byte = NONE;
    const bool return_first = c->piece[c->at++] == '\r';
    c->next_line++;
    PLM_TRY(peek(c, &byte));
    if (return_first && byte == '\n')
        c->at++;
    return PLM_OK;
}

/* Counts a line end within quotes. end: the byte that was just read: LF, or CR without a following
 * LF. */
static plm_status count_line(plm_cells *c, int end)
{
    int behind = NONE;
    if (end == '\r')
        PLM_TRY(peek(c, &behind));
    c->next_line += behind != '\n';
    return PLM_OK;
}

/* Appends the content of a quoted cell to the row, and moves past the closing quote. The opening
 * quote has already been read. */
static plm_status read_quoted(plm_cells *c)
{
    const int64_t opened = c->next_line;
    int byte = NONE;
    c->cell_quoted = true;
    for (;;) {
        PLM_TRY(peek(c, &byte));
        if (byte == NONE)
            return fail_quote(c, opened, "the quote that opens here is never closed");
        PLM_TRY(check_byte(c, byte));
        c->at++;
        if (byte == '\n' || byte == '\r')
            PLM_TRY(count_line(c, byte));
        if (byte == '"') {
            PLM_TRY(peek(c, &byte));
            if (byte != '"')
                return PLM_OK;
            c->at++;
        }
        PLM_TRY(add_byte(c, (char)byte));
    }
}

/* True if this byte ends a row: a line end or the end of the file. */
static bool ends_line(int byte)
{
    return byte == NONE || byte == '\n' || byte == '\r';
}

/* True if this byte separates cells. If the delimiter is a blank, a tab is also accepted. */
static bool is_delimiter(const plm_cells *c, int byte)
{
    return c->delimiter == ' ' ? plm_is_blank(byte) : byte == (unsigned char)c->delimiter;
}

/* Skips blanks, but not a tab that is the delimiter. */
static plm_status pass_blanks(plm_cells *c)
{
    int byte = NONE;
    PLM_TRY(peek(c, &byte));
    while (plm_is_blank(byte) && (c->delimiter == ' ' || !is_delimiter(c, byte))) {
        c->at++;
        PLM_TRY(peek(c, &byte));
    }
    return PLM_OK;
}

/* Appends the text of a cell without quotes to the row, up to a delimiter, a line end or the end of
 * the file. */
static plm_status read_plain(plm_cells *c)
{
    int byte = NONE;
    for (;;) {
        PLM_TRY(peek(c, &byte));
        if (ends_line(byte) || is_delimiter(c, byte))
            return PLM_OK;
        PLM_TRY(check_byte(c, byte));
        PLM_TRY(add_byte(c, (char)byte));
        c->at++;
    }
}

/* Reads what follows a cell: blanks, then a delimiter or the end of the line. *more = true: it was
 * a delimiter, so the row has another cell. */
static plm_status read_end(plm_cells *c, bool *more)
{
    int byte = NONE;
    /* if blanks are the delimiter, blanks before a line end do not begin another cell */
    PLM_TRY(pass_blanks(c));
    PLM_TRY(peek(c, &byte));
    *more = !ends_line(byte);
    if (!*more || c->delimiter == ' ')
        return PLM_OK;
    if (!is_delimiter(c, byte))
        return fail_quote(c, c->next_line, "there is text after a closing quote");
    c->at++;
    return PLM_OK;
}

/* Reads one cell and the delimiter that follows it; *more: see read_end. */
static plm_status read_cell(plm_cells *c, bool *more)
{
    int byte = NONE;
    PLM_TRY(pass_blanks(c));
    PLM_TRY(begin_cell(c));
    PLM_TRY(peek(c, &byte));
    if (byte == '"') {
        c->at++;
        PLM_TRY(read_quoted(c));
    } else {
        PLM_TRY(read_plain(c));
    }
    PLM_TRY(end_cell(c));
    return read_end(c, more);
}

/* Reads the next row: skips blank lines, then reads cells until no delimiter follows. */
plm_status plm_cells_next(plm_cells *c, bool *got)
{
    int byte = NONE;
    *got = false;
    for (;;) { /* skip blank lines; with tabs as delimiters, only empty lines are blank */
        if (c->delimiter != '\t')
            PLM_TRY(pass_blanks(c));
        PLM_TRY(peek(c, &byte));
        if (byte == NONE)
            return PLM_OK;
        if (byte != '\n' && byte != '\r')
            break;
        PLM_TRY(take_line_end(c));
    }
    c->cells = 0;
    c->length = 0;
    c->line = c->next_line;
    for (bool more = true; more;)
        PLM_TRY(read_cell(c, &more));
    PLM_TRY(peek(c, &byte));
    if (byte != NONE)
        PLM_TRY(take_line_end(c));
    *got = true;
    return PLM_OK;
}

/* Returns the position in the file, in bytes, of the next byte to be read. For a compressed file it
 * is the position in the uncompressed text. */
int64_t plm_cells_place(const plm_cells *c)
{
    return c->before + (int64_t)c->at;
}

/* Runs the fast reader on the piece. When the piece ends within a row, adds bytes and runs it
 * again. The fast reader uses positions relative to the piece, so `limit` is converted; PIECE + 1
 * stands for a limit after the piece. */
plm_status plm_cells_rows(plm_cells *c, const plm_rows_shape *shape, int64_t limit,
                          plm_rows_sink *sink, plm_rows_stop *stop)
{
    for (bool added = true;;) {
        const int64_t lines = sink->lines, left = limit - c->before;
        const size_t most = left < 0 ? 0 : left > PIECE ? PIECE + 1 : (size_t)left;
        *stop = plm_rows_read(shape, c->piece, &c->at, most, c->end, sink);
        c->next_line += sink->lines - lines;
        if (*stop != PLM_ROWS_SHORT)
            return PLM_OK;
        PLM_TRY(read_behind(c, &added));
        if (!added) { /* the file has ended, or the row is longer than a piece */
            *stop = PLM_ROWS_ODD;
            return PLM_OK;
        }
    }
}

/* ---- opening, moving, closing ---- */

/* Skips a line; *got = false: the file has no more lines. */
static plm_status pass_line(plm_cells *c, bool *got)
{
    int byte = NONE;
    PLM_TRY(peek(c, &byte));
    *got = byte != NONE;
    while (!ends_line(byte)) {
        c->at++;
        PLM_TRY(peek(c, &byte));
    }
    return byte == NONE ? PLM_OK : take_line_end(c);
}

/* Goes back to the beginning of the file, and skips the byte order mark and `skip` lines. */
plm_status plm_cells_rewind(plm_cells *c)
{
    static const unsigned char mark[3] = {0xEF, 0xBB, 0xBF};
    bool got = true;
    PLM_TRY(plm_reader_rewind(c->reader));
    c->before = 0;
    c->end = 0;
    PLM_TRY(refill(c));
    c->next_line = 1;
    if (c->end >= sizeof mark && memcmp(c->piece, mark, sizeof mark) == 0)
        c->at = sizeof mark;
    for (int64_t i = 0; i < c->skip && got; i++)
        PLM_TRY(pass_line(c, &got));
    return PLM_OK;
}

/* Continues at another position of the file, at which a row begins. line: the number of its line.
 * */
plm_status plm_cells_go(plm_cells *c, int64_t place, int64_t line)
{
    PLM_TRY(plm_reader_rewind(c->reader));
    PLM_TRY(plm_reader_skip(c->reader, (size_t)place));
    c->before = place;
    c->end = 0;
    c->next_line = line;
    return refill(c);
}

/* Allocates the piece with the margins that the fast reader needs, and a first capacity for the
 * row. */
plm_status plm_cells_open(plm_cells *c)
{
    c->block = plm_allocate(c->w, PIECE + 2 * PLM_ROWS_MARGIN);
    c->piece = c->block ? c->block + PLM_ROWS_MARGIN : NULL;
    c->text = plm_allocate(c->w, FIRST_TEXT);
    c->start = plm_allocate_array(c->w, FIRST_CELLS, sizeof *c->start);
    if (!c->piece || !c->text || !c->start)
        return PLM_E_MEMORY;
    c->text_room = FIRST_TEXT;
    c->cell_room = FIRST_CELLS;
    return plm_cells_rewind(c);
}

/* Closes the file and frees the memory of the row. */
void plm_cells_close(plm_cells *c)
{
    plm_release(c->w, c->block);
    plm_release(c->w, c->text);
    plm_release(c->w, c->start);
    plm_reader_close(c->reader);
    *c = (plm_cells){.w = c->w};
}
