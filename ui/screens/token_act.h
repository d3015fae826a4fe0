/* What the console does with one token, wherever it is listed. The functions that change something
 * return effects. */
#ifndef GATEHOUSE_UI_TOKEN_ACT_H
#define GATEHOUSE_UI_TOKEN_ACT_H

#include "ui/kit/columns.h"
#include "ui/screen.h"

#include <gatehouse/token.h>

enum { TOKEN_DETAIL_SIZE = 640 };

/* What its row has no room for: when it was revoked and denied, what it is limited to, what it
 * replaces and what replaces it; "" if there is nothing. Reads from the model. */
enum error token_detail(struct store *store, int64_t now, const struct token_row *token,
                        bool account_active, char out[static TOKEN_DETAIL_SIZE]) MUST_CHECK;

/* Cells of the columns that every list of tokens has. A masked token is followed by a glyph if it
 * is limited to permissions or networks, the last use by a ! if something still knocks. */
enum { TOKEN_MASKED_LEAST = 7, TOKEN_MASKED_BEST = 10 };
void token_name_cell(const struct token_row *token, struct cell *cell);
void token_masked_cell(const struct token_row *token, struct cell *cell);
void token_state_cell(const struct token_row *token, bool account_active, struct cell *cell);
void token_expires_cell(const struct token_row *token, int64_t now, struct cell *cell);
void token_used_cell(const struct token_row *token, bool account_active, int64_t now,
                     struct cell *cell);

/* Renames it and says so. False: the name was refused, which was said. */
bool token_commit_name(struct app *app, int64_t number, const char *name);

/* The commands on one token, for classes whose `row` is a struct token_row. What a list does itself
 * is not among them: generating, renaming, the menu. */
extern const struct screen_command token_act_commands[];
/* For the row of a command that a revoked token does not have. */
const char *token_why_not(const struct screen *screen);
/* The commands of its menu, ended by COMMAND_NONE. */
extern const enum command token_menu[];

#endif
