/* cifar10: 50,000 + 10,000 colour images, 32 x 32 x 3 of 0..255, ten classes (Krizhevsky 2009). It
 * reads the binary form, in which a row is a label byte, followed by the red, the green and the
 * blue plane, 32 x 32 bytes each. While a row is read, its planes are converted to pixels of three
 * colours, [32, 32, 3], since layers and other data sets have the colours of a pixel as the last
 * axis. The number of rows is not in the files, so memory is doubled until the files end. */
#include "data/named_set.h"

#include <string.h>

enum {
    SIDE = 32,           /* points of a side of a picture */
    PLANE = SIDE * SIDE, /* number of pixels; a row has all red values, then the green ones, then
                          * the blue ones */
    COLOURS = 3,
    ROW = 1 + COLOURS * PLANE, /* number of bytes of a row in the file: its label, then the colour
                                * values */
    CLASSES = 10,
    MOST_ROWS = 1000000
};

static const char *const folders[] = {"cifar-10-batches-bin", "cifar10-subset", NULL};

/* Sets the names of the files to look for. test: the files of the test part; otherwise of the
 * training part. whole: the files of the whole data set; otherwise those of a small subset. */
static void name_files(plm_named_set *set, bool test, bool whole)
{
    static const char *const train[] = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                        "data_batch_4.bin", "data_batch_5.bin"};
    set->files = whole && !test ? 5 : 1;
    for (int i = 0; i < set->files; i++)
        set->name[i][0] = !whole
                              ? (test ? "test_batch_first1000.bin" : "data_batch_1_first3000.bin")
                          : test ? "test_batch.bin"
                                 : train[i];
}

/* Finds the files: the whole data set or, if it is not there, the small subset. *files: number of
 * files. */
static plm_status find(plm_source *s, const plm_named_set_fields *given,
                       const char *path[PLM_SET_FILES], int *files)
{
    plm_named_set set = {.set = "cifar10",
                         .data_dir = given->data_dir,
                         .folders = folders,
                         .hint = "get https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz, "
                                 "unpack it in DIR, and set data_dir='DIR' or the environment "
                                 "variable PLUMMET_DATA=DIR"};
    const bool test = strcmp(given->part, "test") == 0;
    name_files(&set, test, false);
    *files = set.files;
    plm_status status = plm_named_set_find(s, &set, path);
    const char *const few = path[0];
    if (status == PLM_E_MEMORY)
        return status;
    name_files(&set, test, true);
    const plm_status whole = plm_named_set_find(s, &set, path);
    if (whole >= 0)
        *files = set.files;
    else if (status >= 0)
        path[0] = few;
    return whole >= 0 ? whole : status < 0 ? whole : status;
}

/* Doubles the memory of both parts, images and labels. *capacity: number of rows that fit. */
static plm_status grow(plm_source *s, int64_t *capacity)
{
    for (int i = 0; i < 2; i++) {
        plm_table *t = &s->table[i];
        void *old = t->owned;
        void *more = plm_source_take_rows(s, t, *capacity > 0 ? *capacity * 2 : 4096);
        if (!more) {
            t->owned = old;
            return PLM_E_MEMORY;
        }
        if (old)
            memcpy(more, old, (size_t)s->rows * t->width);
        plm_release(&s->w, old);
    }
    *capacity = *capacity > 0 ? *capacity * 2 : 4096;
    return PLM_OK;
}

/* Appends a row: its label, and its pixels with their three colours adjacent. */
static void keep_row(plm_source *s, const unsigned char row[ROW])
{
    unsigned char *pixel = (unsigned char *)s->table[0].owned + (size_t)s->rows * (COLOURS * PLANE);
    unsigned char *label = s->table[1].owned;
    label[s->rows] = row[0];
    for (int i = 0; i < PLANE; i++)
        for (int colour = 0; colour < COLOURS; colour++)
            pixel[i * COLOURS + colour] = row[1 + colour * PLANE + i];
    s->rows++;
}

/* Appends the rows of one file. *capacity: number of rows that fit in memory; updated. */
static plm_status read_rows(plm_source *s, plm_reader *r, int64_t *capacity)
{
    unsigned char row[ROW];
    const int64_t before = s->rows;
    for (;;) {
        size_t got = 0;
        PLM_TRY(plm_reader_read(r, row, ROW, &got));
        if (got == 0)
            break;
        if (got < ROW)
            return plm_fail(&s->w, PLM_E_FORMAT, plm_reader_path(r),
                            "the file is truncated: download it again",
                            "the file ends within image %lld: every image has %d bytes",
                            (long long)(s->rows - before), (int)ROW);
        if (s->rows >= MOST_ROWS)
            return plm_fail(&s->w, PLM_E_FORMAT, plm_reader_path(r),
                            "use the binary form of CIFAR-10", "the files have more than %d images",
                            (int)MOST_ROWS);
        if (row[0] >= CLASSES)
            return plm_fail(&s->w, PLM_E_FORMAT, plm_reader_path(r),
                            "use the binary form of CIFAR-10",
                            "image %lld has the label %d, but the classes are 0 to 9",
                            (long long)(s->rows - before), (int)row[0]);
        if (s->rows == *capacity)
            PLM_TRY(grow(s, capacity));
        keep_row(s, row);
    }
    return PLM_OK;
}

/* Reads all files of the part into memory. */
static plm_status open_cifar10(plm_source *s, const void *config)
{
    const char *path[PLM_SET_FILES] = {0};
    int files = 0;
    int64_t capacity = 0;
    PLM_TRY(find(s, config, path, &files));
    s->name = "cifar10";
    s->rows = 0;
    s->inputs = s->targets = 1;
    s->classes = CLASSES;
    s->table[0] = (plm_table){.name = path[0], .element = PLM_U8};
    s->table[1] = (plm_table){.name = path[0], .element = PLM_U8};
    PLM_TRY(plm_source_shape(s, &s->table[0], 4, (int64_t[]){1, SIDE, SIDE, COLOURS}));
    PLM_TRY(plm_source_shape(s, &s->table[1], 1, (int64_t[]){1}));
    for (int i = 0; i < files; i++) {
        plm_reader *r = NULL;
        PLM_TRY(plm_reader_open(&s->w, path[i], &r));
        const plm_status status = read_rows(s, r, &capacity);
        plm_reader_close(r);
        PLM_TRY(status);
    }
    return PLM_OK;
}

extern const plm_source_kind plm_source_cifar10;
const plm_source_kind plm_source_cifar10 = {
    .kind = {.name = "cifar10",
             .help = "50,000 colour images (test: 10,000), 32 x 32 x 3 of 0..255, ten classes",
             .notes = "Airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck. The "
                      "files of the binary "
                      "form, data_batch_1.bin to _5.bin and test_batch.bin, plain or gzip, are "
                      "looked for in data_dir=, "
                      "then in the data folders of the command ($PLUMMET_DATA, the XDG data "
                      "folders): there in "
                      "cifar10/, cifar-10-batches-bin/ and in the folder itself.",
             .source = "Krizhevsky 2009",
             .config_size = sizeof(plm_named_set_fields),
             .fields = plm_named_set_table,
             .examples = PLM_LIST("cifar10 | shuffle | batch(64)", "cifar10(test)")},
    .open = open_cifar10,
};
