// The header used from C++17: the same names, options filled field by field.
#include "plummet.h"

#include <cstdio>

int main()
{
    plm_options options = {};
    options.size = sizeof options;
    options.threads = 1;
    plm *w = plm_open(&options);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", 3);
    plm_add(m, "dense(2)");
    const plm_status status = plm_compile(m, nullptr, nullptr, nullptr);
    const plm_error *e = plm_last_error(w);
    if (status < 0)
        std::fprintf(stderr, "%s (%s): %s\n", e->what, e->where, e->hint);
    static const float x[3] = {1, 2, 3}; // constant: no cast is needed
    static const int64_t dims[2] = {1, 3};
    float y[2] = {};
    const plm_view in = plm_view_of(x, PLM_F32, 2, dims);
    plm_view out = {y, PLM_F32, 2, {1, 2}};
    const plm_status predicted = plm_predict(m, &in, &out);
    std::printf("plummet %s from C++: %g %g\n", plm_version(), static_cast<double>(y[0]),
                static_cast<double>(y[1]));
    plm_model_free(m);
    plm_close(w);
    return status < 0 || predicted < 0;
}
