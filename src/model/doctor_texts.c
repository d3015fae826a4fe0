/* Tokens that were stored in a text before that was refused: whoever may read it can use them. */
#include <gatehouse/token_format.h>

#include "doctor_internal.h"
#include <stdio.h>
#include <string.h>

/* `row` says where it is without repeating the text. */
static const char *const texts[] = {
    "SELECT 'account ' || number AS row, description || ' ' || owner AS text FROM account WHERE "
    "instr(description || ' ' || owner, 'gth_')",
    "SELECT 'token ' || number AS row, name AS text FROM token WHERE instr(name, 'gth_')",
    "SELECT 'group ' || number AS row, name || ' ' || description AS text FROM account_group WHERE "
    "instr(name || ' ' || description, 'gth_')",
    "SELECT 'permission ' || number AS row, id || ' ' || name || ' ' || sentence AS text FROM "
    "permission WHERE instr(id || ' ' || name || ' ' || sentence, 'gth_')",
    "SELECT 'key slot ' || number AS row, label AS text FROM key_slot WHERE instr(label, 'gth_')",
    "SELECT 'a saved search' AS row, name || ' ' || filter AS text "
    "FROM search WHERE instr(name || ' ' || filter, 'gth_')",
    "SELECT 'event ' || sequence AS row, subject || ' ' || coalesce(before, '') || ' ' || "
    "coalesce(after, '') AS text FROM event WHERE instr(subject, 'gth_') OR instr(before, 'gth_') "
    "OR instr(after, 'gth_')",
};

static enum error add_rows(struct store *store, const char *sql, char *rows, size_t size,
                           int64_t *count)
{
    enum { NAMED = 8 };
    struct stmt *stmt = store_prepare(store, sql);
    enum error e = OK;
    while (stmt_next(stmt, &e)) {
        const char *text = column_text(stmt, "text");
        size_t used = strlen(rows);
        if (!token_format_find(text, strlen(text)) || ++*count > NAMED + 1) continue;
        snprintf(rows + used, size - used, "%s%s", *count == 1 ? "" : ", ",
                 *count > NAMED ? "…" : column_text(stmt, "row"));
    }
    return e;
}

enum error doctor_check_texts(struct store *store, void (*found)(const char *sentence, void *arg),
                              void *arg)
{
    char rows[300] = "", sentence[500];
    int64_t count = 0;
    enum error e = OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && !e; i++)
        e = add_rows(store, texts[i], rows, sizeof rows, &count);
    if (e || !count) return e;
    snprintf(sentence, sizeof sentence,
             "a text that others may read contains a token (%s): revoke it, and remove it from the "
             "text unless that is an event",
             rows);
    found(sentence, arg);
    return OK;
}
