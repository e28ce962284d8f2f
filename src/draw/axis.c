/* Finds the axes of a chart: the range of its points, and round numbers in that range as ticks. A
 * terminal and a picture use the same axes, so the chart is the same in both. People read a chart
 * by its round numbers, so ticks are 1, 2 or 5 times a power of ten, and the range of y ends at
 * such numbers. */
#include "draw/axis.h"

#include <math.h>
#include <string.h>

/* Max number of ticks from which the step is computed when the range of y is widened to multiples
 * of a step. */
enum { RANGE_TICKS = 7 };

/* True if a point can be drawn on the axes of the chart: it is finite, and above 0 on a logarithmic
 * axis. */
bool plm_chart_shows(const plm_chart *c, double x, double y)
{
    return isfinite(x) && isfinite(y) && (!c->log_x || x > 0) && (!c->log_y || y > 0);
}

/* Returns the position of a value on the axis: 0 = at the low end, 1 = at the high end. On a
 * logarithmic axis equal ratios have equal lengths. */
double plm_axis_at(const plm_axis *a, double value)
{
    return a->log ? log(value / a->low) / log(a->high / a->low)
                  : (value - a->low) / (a->high - a->low);
}

/* Widens the range of an axis so that it contains the value. */
static void include(plm_axis *a, double value)
{
    a->low = fmin(a->low, value);
    a->high = fmax(a->high, value);
}

/* Widens a range of length 0, which cannot be drawn: by a tenth of the value on both sides, or by 1
 * around 0. */
static void widen(plm_axis *a)
{
    if (a->high > a->low)
        return;
    double part = a->low != 0 ? fabs(a->low) * 0.1 : 1;
    a->low -= part;
    a->high += part;
}

/* Returns the number of digits that tell a tick from its neighbours, which are `step` away: at
 * least 4, and no more than a label can hold. */
static int digits_of(double value, double step)
{
    enum { FEWEST = 4, MOST = 8 };
    if (!(step > 0) || value == 0)
        return FEWEST;
    const double digits = floor(log10(fabs(value)) + 1e-9) - floor(log10(step) + 1e-9) + 1;
    return (int)fmax(FEWEST, fmin(MOST, digits));
}

/* Writes the label of a tick, such as "0.001", "1e-6" or "2e5". The format is %g, or %e below
 * 0.001, without the zeros and the plus sign that C prints in the exponent. 1.000e-06 becomes 1e-6:
 * the zeros after the decimal point, the point, and the leading zeros of the exponent are removed.
 * step: the distance to the next tick; 0 = it is a power of ten. */
static void name_tick(char *out, size_t capacity, double value, double step)
{
    const int digits = digits_of(value, step);
    if (value != 0 && fabs(value) < 0.000999)
        snprintf(out, capacity, "%.*e", digits - 1, value);
    else
        snprintf(out, capacity, "%.*g", digits, value);
    char *e = strchr(out, 'e');
    if (!e)
        return;
    char *from = e + 1, *to = e;
    while (to[-1] == '0' && memchr(out, '.', (size_t)(to - out)))
        to--;
    to -= to[-1] == '.';
    *to++ = 'e';
    if (*from == '-')
        *to++ = '-';
    from += *from == '-' || *from == '+';
    from += strspn(from, "0");
    memmove(to, from, strlen(from) + 1);
}

/* Appends a tick with its label; step: as in name_tick. Does nothing if there are PLM_TICKS ticks
 * already. */
static void add_tick(plm_axis *a, double value, double step)
{
    if (a->ticks == PLM_TICKS)
        return;
    name_tick(a->label[a->ticks], sizeof a->label[0], value, step);
    a->tick[a->ticks++] = value;
}

/* Returns the smallest step of 1, 2 or 5 times a power of ten that divides the range into at most
 * `parts` parts. The small tolerance prevents rounding errors from enlarging the step, such as from
 * 2 to 5. */
static double round_step(double range, int parts)
{
    double min = range / parts, ten = pow(10, floor(log10(min))), times = min / ten;
    return ten * (times <= 1 + 1e-9 ? 1 : times <= 2 + 1e-9 ? 2 : times <= 5 + 1e-9 ? 5 : 10);
}

/* Returns the distance of ticks that divides the range of an axis into at most `parts` parts, or
 * into more if else fewer than two multiples of the distance are in the range: a single tick does
 * not show a scale. */
static double tick_step(const plm_axis *a, int parts)
{
    enum { MOST = 10 }; /* of so many parts at least two ends are in the range */
    double step = round_step(a->high - a->low, parts);
    while (++parts <= MOST && floor(a->high / step + 1e-9) - ceil(a->low / step - 1e-9) < 1)
        step = round_step(a->high - a->low, parts);
    return a->counts ? fmax(1, step) : step;
}

/* Sets ticks at multiples of a round step. whole = true: also widens the range to multiples of the
 * step. Ticks are computed as i * step, not by repeated addition, so that rounding errors do not
 * accumulate; 0 is written for -0. */
static void linear_ticks(plm_axis *a, int max_ticks, bool whole)
{
    const double step = tick_step(a, max_ticks > 1 ? max_ticks - 1 : 1);
    double first = ceil(a->low / step - 1e-9), last = floor(a->high / step + 1e-9);
    if (whole) {
        first = floor(a->low / step + 1e-9);
        last = ceil(a->high / step - 1e-9);
        a->low = first * step;
        a->high = last * step;
    }
    for (double i = first; i <= last; i++)
        add_tick(a, i == 0 ? 0 : i * step, step);
}

/* Sets ticks at each stride-th power of ten and, with parts = 3, also at 2 and 5 times that power.
 */
static void power_ticks(plm_axis *a, int parts, double stride)
{
    static const double part[] = {1, 2, 5};
    const double first = floor(log10(a->low)), last = ceil(log10(a->high));
    for (double e = stride * ceil(first / stride); e <= last; e += stride)
        for (int i = 0; i < parts; i++) {
            const double value = part[i] * pow(10, e);
            if (value >= a->low * (1 - 1e-9) && value <= a->high * (1 + 1e-9))
                add_tick(a, value, 0);
        }
}

/* Sets the ticks of a logarithmic axis at powers of ten. If only few powers are in the range, 2 and
 * 5 times each power get ticks, too. A range of less than one decade gets ticks at round steps. If
 * there are more decades than allowed ticks, some are skipped. */
static void log_ticks(plm_axis *a, int max_ticks, bool whole)
{
    const double low = log10(a->low), high = log10(a->high), decades = high - low;
    if (decades < 1) {
        linear_ticks(a, max_ticks, whole && a->low > (a->high - a->low));
        return;
    }
    const int parts = decades * 3 < max_ticks ? 3 : 1;
    if (whole && parts == 1) {
        a->low = pow(10, floor(low + 1e-9));
        a->high = pow(10, ceil(high - 1e-9));
    }
    power_ticks(a, parts, ceil(decades / (max_ticks > 1 ? max_ticks - 1 : 1)));
}

/* Sets the ticks of an axis, at most max_ticks. whole = true: also widens the range to round
 * numbers. */
static void set_ticks(plm_axis *a, int max_ticks, bool whole)
{
    max_ticks = max_ticks < 2 ? 2 : max_ticks > PLM_TICKS ? PLM_TICKS : max_ticks;
    widen(a);
    if (a->log)
        log_ticks(a, max_ticks, whole);
    else
        linear_ticks(a, max_ticks, whole);
}

/* Finds the range of all points that can be drawn. Without such points, the ranges stay empty: low
 * > high. */
static void find_range(const plm_chart *c, plm_axis *x, plm_axis *y)
{
    for (int s = 0; s < c->count; s++) {
        const plm_series *line = &c->series[s];
        for (int i = 0; i < line->count; i++) {
            if (!plm_chart_shows(c, line->x[i], line->y[i]))
                continue;
            include(x, line->x[i]);
            include(y, line->y[i]);
        }
    }
}

/* Makes the axes that contain all points of a chart, with at most x_ticks and y_ticks ticks. The
 * range of y is always widened with RANGE_TICKS ticks, so that it is the same in a terminal and in
 * a picture. The range of x is that of the data, so that lines go from edge to edge. */
plm_draw_status plm_chart_axes(const plm_chart *c, int x_ticks, int y_ticks, plm_axis *x,
                               plm_axis *y)
{
    *x = (plm_axis){.log = c->log_x, .counts = c->whole_x, .low = INFINITY, .high = -INFINITY};
    *y = (plm_axis){.log = c->log_y, .low = INFINITY, .high = -INFINITY};
    find_range(c, x, y);
    if (!(x->low <= x->high))
        return PLM_DRAW_EMPTY;
    set_ticks(x, x_ticks, false);
    set_ticks(y, RANGE_TICKS, true);
    if (y_ticks != RANGE_TICKS) {
        y->ticks = 0;
        set_ticks(y, y_ticks, false);
    }
    return PLM_DRAW_OK;
}
