/* The pane beside the list on wide terminals: tokens and permissions of the row under the cursor.
 */
#include "ui/screens/accounts_screen.h"

#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>

void accounts_free_side(struct accounts *accounts)
{
    free(accounts->tokens);
    free(accounts->sources);
    free(accounts->catalogue);
    accounts->tokens = NULL;
    accounts->sources = NULL;
    accounts->catalogue = NULL;
}

enum error accounts_load_side(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    struct store *store = accounts->table.app->store;
    accounts_free_side(accounts);
    if (!here) return OK;
    accounts->side = here->row;
    int64_t number = here->row.number;
    enum error e = token_list(store, accounts->table.now, number, false, &accounts->tokens);
    if (!e) e = permission_effective(store, number, &accounts->sources);
    if (!e) e = permission_list(store, &accounts->catalogue);
    return e;
}

static int state_glyph(enum token_state state, enum role *role)
{
    switch (state) {
    case TOKEN_LIVE:
        *role = ROLE_GOOD;
        return GLYPH_ACTIVE;
    case TOKEN_SUSPENDED:
        *role = ROLE_WARN;
        return GLYPH_SUSPENDED;
    case TOKEN_EXPIRED:
    case TOKEN_REVOKED:
        break;
    }
    *role = ROLE_BAD;
    return GLYPH_DEAD;
}

static int draw_tokens(const struct accounts *accounts, const struct canvas *canvas, int row)
{
    draw_text(canvas, row++, 0, ROLE_MUTED, "TOKENS");
    if (!accounts->tokens->count) draw_text(canvas, row++, 0, ROLE_MUTED, "none");
    for (size_t i = 0; i < accounts->tokens->count; i++) {
        const struct token_row *token = &accounts->tokens->items[i];
        char used[WHEN_SIZE];
        enum role role;
        int glyph = state_glyph(token->state, &role);
        when_relative(used, token->last_used, accounts->table.now);
        draw_glyph(canvas, row, 0, role, glyph);
        draw_cell(canvas, row, 2, 12, ROLE_TEXT, token->name[0] ? token->name : token->last_four);
        draw_cell(canvas, row, 15, 9, role, token_state_text(token->state));
        draw_cell(canvas, row++, 25, canvas->columns - 25, ROLE_MUTED, used);
    }
    return row + 1;
}

/* "explicit", "build", "build, deploy": where a permission comes from; false: it is not held. */
static bool sources_text(const struct accounts *accounts, int64_t permission, char *out,
                         size_t size)
{
    size_t used = 0;
    *out = 0;
    for (size_t i = 0; i < accounts->sources->count && used < size - 70; i++) {
        const struct permission_source *source = &accounts->sources->items[i];
        char name[68];
        if (source->permission != permission) continue;
        text_visible(name, sizeof name, source->group ? source->group_name : "explicit", 16);
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", name);
    }
    return used > 0;
}

static void draw_permissions(const struct accounts *accounts, const struct canvas *canvas, int row)
{
    enum { NAME_COLUMNS = 19 };
    bool any = false;
    char sources[200];
    draw_text(canvas, row++, 0, ROLE_MUTED, "PERMISSIONS");
    for (size_t i = 0; i < accounts->catalogue->count; i++) {
        const struct permission *permission = &accounts->catalogue->items[i];
        if (!sources_text(accounts, permission->number, sources, sizeof sources)) continue;
        draw_cell(canvas, row, 0, NAME_COLUMNS, ROLE_TEXT, permission->name);
        draw_cell(canvas, row++, NAME_COLUMNS + 1, canvas->columns - NAME_COLUMNS - 1, ROLE_MUTED,
                  sources);
        any = true;
    }
    if (!any) draw_text(canvas, row, 0, ROLE_MUTED, "none");
}

void accounts_draw_side(const struct accounts *accounts, const struct canvas *canvas)
{
    for (int row = 0; row < canvas->rows; row++)
        draw_glyph(canvas, row, 0, ROLE_BORDER, GLYPH_BAR);
    if (!accounts->tokens || !accounts->sources || !accounts->catalogue) return;
    struct canvas inside = canvas_part(canvas, 0, 2, canvas->rows, canvas->columns - 3);
    const struct account_row *account = &accounts->side;
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, account->name);
    draw_cell_middle(&inside, 0, 0, inside.columns, ROLE_BOLD, id);
    int row = 1;
    if (account->owner[0]) {
        draw_text(&inside, row, 0, ROLE_MUTED, "owner");
        draw_text(&inside, row++, 6, ROLE_TEXT, account->owner);
    }
    if (account->description[0])
        row += draw_wrapped(&inside, row, 0, inside.columns, ROLE_TEXT, account->description);
    row = draw_tokens(accounts, &inside, row + 1);
    draw_permissions(accounts, &inside, row);
}
