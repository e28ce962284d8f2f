/* fashion_mnist: 60,000 + 10,000 images of clothes, 28 x 28 greys 0..255, ten classes (Xiao, Rasul
 * and Vollgraf). */
#include "data/array_file.h"
#include "data/named_set.h"

/* Opens the two IDX files of the part, images and labels; the set has four. */
static plm_status open_fashion(plm_source *s, const void *config)
{
    plm_named_set set = {
        .set = "fashion_mnist",
        .installed = "/usr/share/datasets/fashion-mnist",
        .hint = "apt install dataset-fashion-mnist; or get the four files from "
                "https://github.com/zalandoresearch/fashion-mnist into DIR/fashion-mnist, and set "
                "data_dir='DIR' or the environment variable PLUMMET_DATA=DIR"};
    return plm_named_set_open_idx(s, &set, config);
}

extern const plm_source_kind plm_source_fashion_mnist;
const plm_source_kind plm_source_fashion_mnist = {
    .kind = {.name = "fashion_mnist",
             .help = "60,000 images of clothes (test: 10,000), 28 x 28 greys 0..255, ten classes",
             .notes = "T-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle "
                      "boot. Its four IDX "
                      "files, plain or gzip, are looked for in data_dir=, then in the data folders "
                      "of the command "
                      "($PLUMMET_DATA, the XDG data folders): there in fashion_mnist/, "
                      "fashion-mnist/ and in the folder "
                      "itself; then where Debian's package dataset-fashion-mnist puts them.",
             .source = "Xiao, Rasul and Vollgraf 2017",
             .config_size = sizeof(plm_named_set_fields),
             .fields = plm_named_set_table,
             .examples = PLM_LIST("fashion_mnist | shuffle | batch(32)", "fashion_mnist(test)")},
    .open = open_fashion,
    .close = plm_array_set_close,
};
