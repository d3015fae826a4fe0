/* Permissions: the catalogue, and the effective permissions of accounts. */
#ifndef GATEHOUSE_PERMISSION_H
#define GATEHOUSE_PERMISSION_H

#include <gatehouse/actor.h>
#include <gatehouse/id_set.h>

enum { PERMISSION_ID_MAX = 64, PERMISSION_NAME_MAX = 64, PERMISSION_SENTENCE_MAX = 400 };

struct permission {
    int64_t number;
    char id[PERMISSION_ID_MAX + 1]; /* a-z 0-9 _ : . / - */
    char name[PERMISSION_NAME_MAX * 4 + 1];
    char sentence[PERMISSION_SENTENCE_MAX * 4 + 1];
    int64_t accounts, groups; /* how many hold it explicitly */
};
struct permissions {
    size_t count;
    struct permission items[];
};

/* Whether all words of a filter are in its name or its id, or, as "d:word" (words.h), in its
 * sentence; ignoring case. */
bool permission_matches(const struct permission *permission, const char *filter);

/* The whole catalogue, by name. Freed with free(). */
enum error permission_list(struct store *store, struct permissions **out) MUST_CHECK;
enum error permission_find(struct store *store, const char *id, int64_t *number) MUST_CHECK;
/* The same for what a person types: the id, or the name that the screens show, in any case.
 * ERR_NOT_FOUND, or ERR_CONFLICT where several have that name. */
enum error permission_find_typed(struct store *store, const char *typed,
                                 int64_t *number) MUST_CHECK;
enum error permission_get(struct store *store, int64_t number, struct permission *out) MUST_CHECK;
/* How many accounts hold it effectively; may take long and can be interrupted. */
enum error permission_count_holders(struct store *store, int64_t number, int64_t *count) MUST_CHECK;
/* "token_management", which can be neither created nor granted. */
extern const char permission_reserved[];

/* One entry for each source of each permission that an account holds effectively. */
struct permission_source {
    int64_t permission;
    int64_t group; /* 0: explicit grant */
    char group_name[64 * 4 + 1];
};
struct permission_sources {
    size_t count;
    struct permission_source items[]; /* by permission, explicit grants first */
};
enum error permission_effective(struct store *store, int64_t account,
                                struct permission_sources **out) MUST_CHECK; /* free() */
/* The same for groups and grants that a page has staged; Everyone is added. */
enum error permission_effective_staged(struct store *store, const struct id_set *groups,
                                       const struct id_set *explicit_ones,
                                       struct permission_sources **out) MUST_CHECK; /* free() */

#endif
