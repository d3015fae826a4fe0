/* What the files about tokens share. */
#ifndef GATEHOUSE_MODEL_TOKEN_INTERNAL_H
#define GATEHOUSE_MODEL_TOKEN_INTERNAL_H

#include <gatehouse/setting.h>
#include <gatehouse/token.h>

#include "sql.h"
#include <jansson.h>

/* Needs the table token as t, and :now. */
#define TOKEN_STATE                                                                                \
    "CASE WHEN t.revoked IS NOT NULL THEN 3 WHEN t.expires <= :now THEN 2 WHEN t.suspended = 1 "   \
    "THEN 1 ELSE 0 END"
#define TOKEN_HAS_NETWORKS SQL_HAS("SELECT 1 FROM token_network n WHERE n.token = t.number")
#define TOKEN_COLUMNS                                                                              \
    "t.number, t.account, t.name, t.last_four, t.created, t.expires, t.revoked, t.last_used, "     \
    "t.last_from, t.denied, t.denied_from, t.denied_why, t.narrowed, t.canary, t.imported, "       \
    "t.rotated, coalesce(t.successor, 0) AS successor, "                                           \
    "coalesce((SELECT number FROM token p WHERE p.successor = t.number), 0) AS predecessor, "      \
    "t.box IS NOT NULL AS sealed, " TOKEN_HAS_NETWORKS " AS networks, " TOKEN_STATE " AS state"
void token_read(struct stmt *stmt, void *row); /* a struct token_row */

/* Generates and writes the token that `row` describes (account, name, expires, predecessor) and
 * sets its number and last four. The caller has checked the expiry. */
enum error token_issue(const struct act *act, struct token_row *row,
                       const struct token_limits *limits, struct secret **text) MUST_CHECK;
/* Writes an event about `row`; frees both objects. */
enum error token_event(const struct act *act, const char *kind, const struct token_row *row,
                       json_t *before, json_t *after) MUST_CHECK;

/* The time up to which something is due at `now` by a setting of days; 0: nothing is. */
enum error token_due_before(struct store *store, enum setting setting, int64_t now,
                            int64_t *before) MUST_CHECK;
/* ERR_LIMIT if the account may not have `more` tokens in use. */
enum error token_check_limit(struct store *store, int64_t now, int64_t account,
                             int64_t more) MUST_CHECK;
/* The subject of events: "sa::ci-deploy/github-main", or "sa::ci-deploy/#12" for a token without a
 * name. */
enum { TOKEN_SUBJECT_SIZE = 69 + 1 + TOKEN_NAME_MAX * 4 + 24 };
/* The same where the Account ID is known. */
void token_subject_of(const char *id, const struct token_row *row,
                      char out[static TOKEN_SUBJECT_SIZE]);
enum error token_subject(struct store *store, const struct token_row *row,
                         char out[static TOKEN_SUBJECT_SIZE]) MUST_CHECK;

#endif
