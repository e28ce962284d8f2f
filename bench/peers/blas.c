/* A BLAS on the products of a dense layer: blas LIBRARY M K N SECONDS. Prints "PRODUCT layout=NN
 * gflops=..." for y = x W (NN), dx = dy W' (NT), dW = x' dy (TN), after "CORE ..." if the library
 * tells for which core it chose its kernels. The library is loaded by name; its threads are set by
 * its environment. */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112 }; /* of CBLAS */

typedef void sgemm_function(int order, int ta, int tb, int m, int n, int k, float alpha,
                            const float *a, int lda, const float *b, int ldb, float beta, float *c,
                            int ldc);

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *numbers(size_t count)
{
    float *x = aligned_alloc(64, (count * sizeof *x + 63) / 64 * 64);
    for (size_t i = 0; x != NULL && i < count; i++)
        x[i] = (float)((i * 2654435761u >> 7) % 4001) / 4000.0f - 0.5f;
    return x;
}

static void measure(sgemm_function *sgemm, const char *layout, const int size[3], const float *a,
                    const float *b, float *c, double seconds)
{
    const int m = size[0], k = size[1], n = size[2];
    const int ta = layout[0] == 'T', tb = layout[1] == 'T';
    double begun = 0, elapsed = 0;
    int calls = -1;
    for (; calls < 3 || elapsed < seconds; calls++) {
        if (calls == 0)
            begun = now();
        sgemm(ROW_MAJOR, ta ? TRANSPOSED : PLAIN, tb ? TRANSPOSED : PLAIN, m, n, k, 1, a,
              ta ? m : k, b, tb ? k : n, 0, c, n);
        elapsed = calls >= 0 ? now() - begun : 0;
    }
    printf("PRODUCT layout=%s gflops=%.2f calls=%d\n", layout,
           2e-9 * m * (double)k * n * calls / elapsed, calls);
}

/* A function of the library, by its name or by that in SciPy's wheel. */
static void *find(void *library, const char *name)
{
    char prefixed[64];
    void *found = library ? dlsym(library, name) : NULL;
    snprintf(prefixed, sizeof prefixed, "scipy_%s", name);
    return found != NULL || library == NULL ? found : dlsym(library, prefixed);
}

static void say_core(void *library)
{
    char *(*core)(void) = NULL;
    void (*mkl)(char *, int) = NULL;
    char version[256] = "";
    *(void **)&core = find(library, "openblas_get_corename");
    *(void **)&mkl = find(library, "mkl_get_version_string");
    if (core != NULL)
        printf("CORE %s\n", core());
    if (mkl != NULL) {
        mkl(version, sizeof version - 1);
        printf("CORE %s\n", version);
    }
}

int main(int argc, char **argv)
{
    sgemm_function *sgemm = NULL;
    void *library = argc > 5 ? dlopen(argv[1], RTLD_NOW) : NULL;
    *(void **)&sgemm = find(library, "cblas_sgemm");
    if (sgemm == NULL) {
        fprintf(stderr, "usage: blas LIBRARY M K N SECONDS; %s\n", argc > 5 ? dlerror() : "");
        return 2;
    }
    say_core(library);
    const int m = atoi(argv[2]), k = atoi(argv[3]), n = atoi(argv[4]);
    const double seconds = strtod(argv[5], NULL);
    float *x = numbers((size_t)m * (size_t)k), *w = numbers((size_t)k * (size_t)n),
          *y = numbers((size_t)m * (size_t)n);
    if (x == NULL || w == NULL || y == NULL)
        return 1;
    measure(sgemm, "NN", (const int[3]){m, k, n}, x, w, y, seconds);
    measure(sgemm, "NT", (const int[3]){m, n, k}, y, w, x, seconds);
    measure(sgemm, "TN", (const int[3]){k, m, n}, x, y, w, seconds);
    free(x), free(w), free(y);
    return 0;
}
