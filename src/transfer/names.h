/* Inside of transfer: groups and permissions by number, in the order of the export. */
#ifndef GATEHOUSE_SRC_TRANSFER_NAMES_H
#define GATEHOUSE_SRC_TRANSFER_NAMES_H

#include <gatehouse/account.h>
#include <jansson.h>

struct names {
    size_t count;
    struct name *items; /* by number */
};
enum error names_load_groups(struct store *store,
                             struct names *out) MUST_CHECK; /* by folded name */
enum error names_load_permissions(struct store *store, struct names *out) MUST_CHECK; /* by id */
void names_free(struct names *names);

/* The names of these numbers as a sorted list; NULL when out of memory. */
json_t *names_json(const struct names *names, const struct id_set *set);
/* Any text; what is not UTF-8 comes in its visible form. */
json_t *names_text(const char *text);

#endif
