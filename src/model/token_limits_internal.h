/* Writing what a token is limited to. */
#ifndef GATEHOUSE_MODEL_TOKEN_LIMITS_INTERNAL_H
#define GATEHOUSE_MODEL_TOKEN_LIMITS_INTERNAL_H

#include <gatehouse/token_limits.h>

#include <jansson.h>

/* The bits of digest.checks: what a check must examine besides the digest itself. */
enum { CHECK_NARROWED = 1, CHECK_NETWORKS = 2, CHECK_CANARY = 4 };

/* Replaces the limits of an existing token. Only between store_begin and store_end. */
enum error token_limits_write(struct store *store, int64_t token,
                              const struct token_limits *limits) MUST_CHECK;
/* For events: ids of permissions, or null if not narrowed; networks. */
json_t *token_limits_permissions_json(struct store *store, const struct token_limits *limits);
json_t *token_limits_networks_json(const struct token_limits *limits);

#endif
