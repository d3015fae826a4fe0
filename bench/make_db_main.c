/* make-db ACCOUNTS TOKENS FILE [--seed N] */
#include "make_db.h"

#include <gatehouse/ambient.h>
#include <gatehouse/secret.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The start of today: all use lies in the past, and the same seed gives the same content all
 * day. */
static int64_t today(void)
{
    return ambient_now() / DAY_SECONDS * DAY_SECONDS;
}

int main(int argc, char **argv)
{
    struct make_db wanted = {.seed = 1, .now = today()};
    bool seeded = argc == 6 && strcmp(argv[4], "--seed") == 0;
    if (argc != 4 && !seeded) {
        fputs("usage: make-db ACCOUNTS TOKENS FILE [--seed N]\n", stderr);
        return 2;
    }
    wanted.accounts = strtoll(argv[1], NULL, 10);
    wanted.tokens = strtoll(argv[2], NULL, 10);
    if (seeded) wanted.seed = strtoull(argv[5], NULL, 10);
    if (wanted.accounts < 1 || wanted.tokens < 0 || wanted.tokens > 20 * wanted.accounts) {
        fputs("make-db: at least one account, and 0 to 20 tokens for each\n", stderr);
        return 2;
    }
    if (!crypto_init() && !make_db(argv[3], &wanted)) return 0;
    fprintf(stderr, "make-db: %s\n", error_message());
    return 1;
}
