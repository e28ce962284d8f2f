/* mnist: 60,000 + 10,000 images of handwritten digits, 28 x 28 greys 0..255, ten classes (LeCun,
 * Cortes and Burges). */
#include "data/array_file.h"
#include "data/named_set.h"

/* Opens the two IDX files of the part, images and labels; the set has four. */
static plm_status open_mnist(plm_source *s, const void *config)
{
    plm_named_set set = {.set = "mnist",
                         .hint =
                             "get the four files (train-images-idx3-ubyte.gz, "
                             "train-labels-idx1-ubyte.gz, t10k-...) from "
                             "https://storage.googleapis.com/cvdf-datasets/mnist/ into DIR/mnist, "
                             "and set data_dir='DIR' or the environment variable PLUMMET_DATA=DIR"};
    return plm_named_set_open_idx(s, &set, config);
}

extern const plm_source_kind plm_source_mnist;
const plm_source_kind plm_source_mnist = {
    .kind = {.name = "mnist",
             .help = "60,000 hand-written digits (test: 10,000), 28 x 28 greys 0..255, ten classes",
             .notes = "Its four IDX files, plain or gzip, are looked for in data_dir=, then in the "
                      "data folders of the "
                      "command ($PLUMMET_DATA, the XDG data folders): there in mnist/ and in the "
                      "folder itself.",
             .source = "LeCun, Cortes and Burges 1998",
             .config_size = sizeof(plm_named_set_fields),
             .fields = plm_named_set_table,
             .examples =
                 PLM_LIST("mnist | shuffle | batch(32)", "mnist(test)", "mnist(data_dir='data')")},
    .open = open_mnist,
    .close = plm_array_set_close,
};
