#include "audit_hash.h"

#include <sodium.h>
#include <string.h>

static void add_length(crypto_generichash_state *state, uint64_t length)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(length >> (8 * i) & 0xFF);
    crypto_generichash_update(state, bytes, sizeof bytes);
}

/* Null is told apart from empty by a length that no text has. */
static void add_text(crypto_generichash_state *state, const char *text)
{
    if (!text) {
        add_length(state, UINT64_MAX);
        return;
    }
    add_length(state, strlen(text));
    crypto_generichash_update(state, (const uint8_t *)text, strlen(text));
}

static void add_number(crypto_generichash_state *state, bool present, int64_t number)
{
    add_length(state, present ? 8 : UINT64_MAX);
    if (present) add_length(state, (uint64_t)number);
}

void audit_hash(const uint8_t previous[static AUDIT_HASH_SIZE], const struct event_record *record,
                uint8_t out[static AUDIT_HASH_SIZE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, AUDIT_HASH_SIZE);
    add_length(&state, AUDIT_HASH_SIZE);
    crypto_generichash_update(&state, previous, AUDIT_HASH_SIZE);
    add_number(&state, true, record->sequence);
    add_number(&state, true, record->at);
    add_number(&state, true, record->uid);
    add_text(&state, record->user);
    add_number(&state, record->has_login, record->login_uid);
    const char *const early[] = {record->login,    record->claim, record->host,
                                 record->terminal, record->kind,  record->subject};
    for (size_t i = 0; i < sizeof early / sizeof *early; i++)
        add_text(&state, early[i]);
    add_number(&state, record->has_account, record->account);
    add_number(&state, record->has_token, record->token);
    add_text(&state, record->before);
    add_text(&state, record->after);
    crypto_generichash_final(&state, out, AUDIT_HASH_SIZE);
}
