/* A hash table with open addressing: an entry is at the position that its hash gives, or at the
 * next free one after it. At most half of the positions are used, so searches are short.
 *
 * Nets of 20,000 layers and tables of thousands of columns look up names all the time; a search
 * through a list would make that quadratic. The names are not copied, so whoever puts one in keeps
 * it alive. */
#include "base/index.h"

#include <string.h>

enum { FIRST_CAPACITY = 64 };

/* A name with its number. The hash is stored so that the table can grow without computing it
 * again. */
struct plm_index_entry {
    const char *name; /* NULL = free */
    size_t number;    /* what plm_index_find returns for the name */
    uint64_t hash;    /* of the name */
};

/* Returns the hash of a name: FNV-1a with 64 bits (Fowler, Noll, Vo). The position in the table
 * depends on the lower bits only, so the upper half is mixed into the lower one. */
static uint64_t hash_of(const char *name)
{
    uint64_t hash = 14695981039346656037u;
    for (const char *c = name; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    return hash ^ hash >> 32;
}

/* Returns the position of a name, or the free one where it would be put. At least half of the
 * positions are free, so the search ends. */
static size_t place_of(const plm_index *x, const char *name, uint64_t hash)
{
    size_t at = (size_t)hash & (x->capacity - 1);
    while (x->entry[at].name != NULL &&
           (x->entry[at].hash != hash || strcmp(x->entry[at].name, name) != 0))
        at = (at + 1) & (x->capacity - 1);
    return at;
}

/* Doubles the table and puts all entries in their new positions. The old table stays in the
 * arena. */
static plm_status grow(plm_index *x)
{
    plm_index larger = {.arena = x->arena, .count = x->count};
    larger.capacity = x->capacity > 0 ? 2 * x->capacity : FIRST_CAPACITY;
    larger.entry = plm_arena_array(x->arena, larger.capacity, sizeof *larger.entry);
    if (larger.entry == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < x->capacity; i++)
        if (x->entry[i].name != NULL)
            larger.entry[place_of(&larger, x->entry[i].name, x->entry[i].hash)] = x->entry[i];
    *x = larger;
    return PLM_OK;
}

/* Returns the number stored under a name; SIZE_MAX = the name is not there. The search ends at the
 * name, or at the first free position, where the name would have been. */
size_t plm_index_find(const plm_index *x, const char *name)
{
    if (x->count == 0)
        return SIZE_MAX;
    const plm_index_entry *e = &x->entry[place_of(x, name, hash_of(name))];
    return e->name != NULL ? e->number : SIZE_MAX;
}

/* Doubles the table first if more than half of it would be used. */
plm_status plm_index_put(plm_index *x, const char *name, size_t number)
{
    if (2 * (x->count + 1) > x->capacity)
        PLM_TRY(grow(x));
    const uint64_t hash = hash_of(name);
    plm_index_entry *e = &x->entry[place_of(x, name, hash)];
    x->count += e->name == NULL;
    *e = (plm_index_entry){.name = name, .number = number, .hash = hash};
    return PLM_OK;
}

/* Replaces the number of a name. The name must be in the table; this is not checked. */
void plm_index_set(plm_index *x, const char *name, size_t number)
{
    x->entry[place_of(x, name, hash_of(name))].number = number;
}

/* Frees the position of the name. A search stops at the first free position, so entries after it
 * that a search would no longer reach are moved back into the free position. */
void plm_index_remove(plm_index *x, const char *name)
{
    if (x->count == 0)
        return;
    const size_t mask = x->capacity - 1;
    size_t hole = place_of(x, name, hash_of(name));
    if (x->entry[hole].name == NULL)
        return;
    /* look at the entries after the freed position, up to the next free one */
    for (size_t at = (hole + 1) & mask; x->entry[at].name != NULL; at = (at + 1) & mask) {
        const size_t home = (size_t)x->entry[at].hash & mask;
        /* An entry whose hash position is after the freed one must stay, since a search for it
         * starts after the freed one. */
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        x->entry[hole] = x->entry[at];
        hole = at;
    }
    x->entry[hole].name = NULL;
    x->count--;
}

/* Removes all names. The memory is kept for the next names. */
void plm_index_clear(plm_index *x)
{
    if (x->capacity > 0)
        memset(x->entry, 0, x->capacity * sizeof *x->entry);
    x->count = 0;
}
