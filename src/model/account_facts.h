/* Inside of the model: what a check must know of an account, kept in memory.
 *
 * A fact is good for one generation of the database (counter.h), so that nobody has to say what a
 * change touches. Facts are kept in a table of fixed size; a new one takes the place of another. */
#ifndef GATEHOUSE_MODEL_ACCOUNT_FACTS_H
#define GATEHOUSE_MODEL_ACCOUNT_FACTS_H

#include <gatehouse/account.h>

struct account_fact {
    bool exists, active;
    bool holds; /* the permission that was asked for; none asked: true */
    char name[ACCOUNT_NAME_MAX + 1];
};
struct account_facts;

enum error account_facts_new(struct account_facts **out) MUST_CHECK;
void account_facts_free(struct account_facts *facts); /* NULL is fine */
/* `generation` has been read in the present transaction. *out lives until the next call.
 * `permission` 0: none asked. */
enum error account_facts_get(struct account_facts *facts, struct store *store, int64_t generation,
                             int64_t account, int64_t permission,
                             const struct account_fact **out) MUST_CHECK;

#endif
