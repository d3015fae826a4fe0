/* What each command does in the list of accounts. */
#include "ui/kit/menu.h"
#include "ui/screens/account_form.h"
#include "ui/screens/accounts_screen.h"
#include "ui/screens/why_dialog.h"
#include "ui/terminal/clipboard.h"

#include <gatehouse/ambient.h>

enum { SIDE_DELAY_MS = 100 };

static int menu(struct accounts *accounts)
{
    static const enum command commands[] = {COMMAND_ACCOUNT_EDIT,   COMMAND_ACCOUNT_TOGGLE,
                                            COMMAND_ACCOUNT_TOKEN,  COMMAND_ACCOUNT_ADD,
                                            COMMAND_ACCOUNT_REMOVE, COMMAND_ACCOUNT_SUSPEND,
                                            COMMAND_ACCOUNT_WHY,    COMMAND_ACCOUNT_COPY_ID,
                                            COMMAND_ACCOUNT_DELETE, COMMAND_NONE};
    const struct listed *here = accounts_current(accounts);
    char title[ACCOUNT_ID_SIZE];
    if (!here) return EFFECT_NONE;
    account_id_text(title, here->row.name);
    menu_open(accounts->table.app, title, accounts->table.menu_row, accounts->table.menu_column,
              commands);
    return EFFECT_DRAW;
}

static int copy_id(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    char id[ACCOUNT_ID_SIZE];
    if (!here) return EFFECT_NONE;
    account_id_text(id, here->row.name);
    return clipboard_copy_text(accounts->table.app, id);
}

static int edit(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    if (here) account_form_open(accounts->table.app, here->row.number);
    return EFFECT_DRAW;
}

static int why(struct accounts *accounts)
{
    const struct listed *here = accounts_current(accounts);
    if (!here) return EFFECT_NONE;
    accounts->why_account = here->row.number;
    return why_ask(accounts->table.app, &accounts->why_account);
}

static int run_on_rows(struct accounts *accounts, enum command command)
{
    switch (command) {
    case COMMAND_ACCOUNT_EDIT:
        return edit(accounts);
    case COMMAND_ACCOUNT_NEW:
        account_form_open(accounts->table.app, 0);
        return EFFECT_DRAW;
    case COMMAND_ACCOUNT_COPY_ID:
        return copy_id(accounts);
    case COMMAND_ACCOUNT_TOGGLE:
        return marks_is_empty(&accounts->table.marks) ? accounts_toggle(accounts)
                                                      : accounts_toggle_marked(accounts);
    case COMMAND_ACCOUNT_DELETE:
        return marks_is_empty(&accounts->table.marks) ? accounts_delete(accounts)
                                                      : accounts_delete_marked(accounts);
    case COMMAND_ACCOUNT_TOKEN:
        return marks_is_empty(&accounts->table.marks) ? accounts_generate(accounts)
                                                      : accounts_generate_marked(accounts);
    case COMMAND_ACCOUNT_SUSPEND:
        return accounts_suspend(accounts);
    case COMMAND_ACCOUNT_WHY:
        return why(accounts);
    case COMMAND_ACCOUNT_ADD:
    case COMMAND_ACCOUNT_REMOVE:
        return accounts_change_rights(accounts, command == COMMAND_ACCOUNT_ADD);
    case COMMAND_MENU:
        return menu(accounts);
    default:
        return EFFECT_PASS;
    }
}

int accounts_run(struct app *app, struct screen *screen, enum command command)
{
    (void)app;
    struct accounts *accounts = (struct accounts *)screen;
    int effects = table_run(&accounts->table, command);
    accounts->side_due = ambient_ticks() + SIDE_DELAY_MS;
    return effects & EFFECT_PASS ? run_on_rows(accounts, command) : effects;
}
