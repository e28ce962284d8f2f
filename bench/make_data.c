/* Writes the rows of the workloads: make_data FOLDER -> xWIDTH.bin yWIDTH.bin for each width of
 * the table `sets`. x: normal numbers, float32, [rows, width]. y: which of ten fixed linear
 * teachers is the largest, bytes; up to 16 columns, the product of the tanh of two teachers,
 * float32. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { CLASSES = 10, MOST_WIDTH = 1024, NUMBERS_UP_TO = 16 };

static const struct {
    int rows, width;
} sets[] = {{60000, 784}, {8192, 1024}, {60000, 16}, {20000, 97}, {20000, 256}, {16384, 8}};

/* splitmix64 (Steele, Lea, Flood 2014): uniform in (0, 1). */
static double uniform(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return ((double)((z ^ z >> 31) >> 11) + 0.5) / 9007199254740992.0;
}

/* Box and Muller 1958. */
static float normal(uint64_t *state)
{
    const double radius = sqrt(-2.0 * log(uniform(state)));
    return (float)(radius * cos(6.283185307179586 * uniform(state)));
}

static FILE *create(const char *folder, char letter, int width)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%c%d.bin", folder, letter, width);
    FILE *f = fopen(path, "wb");
    if (f == NULL) {
        perror(path);
        exit(1);
    }
    return f;
}

static void write_label(FILE *f, const double figure[CLASSES], int width)
{
    if (width <= NUMBERS_UP_TO) {
        const float y = (float)(tanh(figure[0] / 4) * tanh(figure[1] / 4));
        fwrite(&y, sizeof y, 1, f);
        return;
    }
    unsigned char best = 0;
    for (int c = 1; c < CLASSES; c++)
        if (figure[c] > figure[best])
            best = (unsigned char)c;
    fwrite(&best, 1, 1, f);
}

static int write_set(const char *folder, int rows, int width)
{
    uint64_t state = (uint64_t)width;
    static float teacher[CLASSES][MOST_WIDTH], x[MOST_WIDTH];
    FILE *xs = create(folder, 'x', width), *ys = create(folder, 'y', width);
    for (int c = 0; c < CLASSES; c++)
        for (int k = 0; k < width; k++)
            teacher[c][k] = normal(&state);
    for (int i = 0; i < rows; i++) {
        double figure[CLASSES] = {0};
        for (int k = 0; k < width; k++)
            x[k] = normal(&state);
        for (int c = 0; c < CLASSES; c++)
            for (int k = 0; k < width; k++)
                figure[c] += (double)teacher[c][k] * (double)x[k];
        fwrite(x, sizeof *x, (size_t)width, xs);
        write_label(ys, figure, width);
    }
    const int bad = ferror(xs) || ferror(ys);
    return (fclose(xs) != 0) + (fclose(ys) != 0) + bad;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: make_data FOLDER\n", stderr);
        return 2;
    }
    int bad = 0;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        bad += write_set(argv[1], sets[i].rows, sets[i].width);
    if (bad != 0) {
        perror("make_data: the files could not be written");
        return 1;
    }
    return 0;
}
