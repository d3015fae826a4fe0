/* Inside of the model: what the demonstration is made of. */
#ifndef GATEHOUSE_MODEL_DEMO_DATA_H
#define GATEHOUSE_MODEL_DEMO_DATA_H

#include <stdbool.h>

enum { DEMO_GROUPS = 5, DEMO_ACCOUNTS = 30, DEMO_SETS_MAX = 3, DEMO_TOKENS_MAX = 4 };

struct demo_group {
    const char *name;
    const char *permissions[4];
};
extern const struct demo_group demo_groups[DEMO_GROUPS];

enum end { STAYS, SUSPENDED, REVOKED };

struct demo_token {
    const char *name;
    int created_days, life_days; /* life 0: never expires */
    int used_minutes;            /* before now; 0: not used yet */
    enum end end;
    const char *only, *from; /* permissions and networks it is held to; NULL: none */
};

struct demo_account {
    const char *name, *description, *owner;
    int created_days;
    bool inactive;
    const char *groups[DEMO_SETS_MAX];
    const char *permissions[DEMO_SETS_MAX];
    struct demo_token tokens[DEMO_TOKENS_MAX];
};
extern const struct demo_account demo_accounts[DEMO_ACCOUNTS];

#endif
