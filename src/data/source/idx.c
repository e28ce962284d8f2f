/* idx: arrays in IDX files, the format of MNIST: a file of inputs, and optionally one of targets
 * and one of sample weights. */
#include "data/array_file.h"

typedef struct {
    const char *images, *labels, *weight, *stream; /* paths; which rows stay in the file */
} idx;

static const plm_field fields[] = {
    PLM_FIELD(idx, images, PLM_TEXT, NULL, 0, 0, "file of the inputs, plain or gzip"),
    PLM_FIELD(idx, labels, PLM_TEXT, "", 0, 0, "file of the targets; none = no targets"),
    PLM_FIELD(idx, weight, PLM_TEXT, "", 0, 0, "file of sample weights [rows], each 0 or more"),
    PLM_FIELD_OF(idx, stream, PLM_CHOICE, "auto", "auto|true|false",
                 "true = read in order; false = copied into memory; auto = mapped into memory (do "
                 "not change the file meanwhile), or read in order above 1 GiB"),
    {0}};

/* Opens the files as a set of arrays. */
static plm_status open_idx(plm_source *s, const void *config)
{
    const idx *c = config;
    return plm_array_set_open(s, &(plm_array_set){.inputs = {plm_source_path(s, c->images)},
                                                  .targets = {plm_source_path(s, c->labels)},
                                                  .weight = plm_source_path(s, c->weight),
                                                  .stream = c->stream,
                                                  .header = plm_idx_header});
}

extern const plm_source_kind plm_source_idx;
const plm_source_kind plm_source_idx = {
    .kind = {.name = "idx",
             .help = "arrays in IDX files, plain or gzip, the format of MNIST",
             .formula = "00 00 type rank, dimensions as big-endian u32, numbers",
             .notes =
                 "Values are not changed: bytes are 0..255, so add a rescaling layer or transform.",
             .config_size = sizeof(idx),
             .fields = fields,
             .examples =
                 PLM_LIST("idx('train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz')")},
    .open = open_idx,
    .seek = plm_array_set_seek,
    .read = plm_array_set_read,
    .close = plm_array_set_close,
};
