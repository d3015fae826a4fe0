#include "ui/command.h"

#include "ui/terminal/key.h"

#include <stdio.h>
#include <string.h>

const struct context_entry context_table[CONTEXT_COUNT] = {
    [CONTEXT_EVERYWHERE] = {"Everywhere", true, {CONTEXT_NONE}},
    [CONTEXT_LIST] = {"Lists", true, {CONTEXT_NONE}},
    [CONTEXT_TABLE] = {"Lists with a filter", true, {CONTEXT_NONE}},
    [CONTEXT_FILTER] = {"The filter", false, {CONTEXT_NONE}},
    [CONTEXT_TEXT] = {"Text fields", true, {CONTEXT_FORM, CONTEXT_DIALOG}},
    [CONTEXT_ACCOUNTS] = {"Service accounts", false, {CONTEXT_NONE}},
    [CONTEXT_TOKEN_LIST] = {"Tokens of all accounts", false, {CONTEXT_TOKENS}},
    [CONTEXT_TOKENS] = {"Tokens", false, {CONTEXT_FORM}},
    [CONTEXT_GROUPS] = {"Groups", false, {CONTEXT_NONE}},
    [CONTEXT_PERMISSIONS] = {"Permissions", false, {CONTEXT_NONE}},
    [CONTEXT_HOLDERS] = {"Who holds a permission", false, {CONTEXT_NONE}},
    [CONTEXT_AUDIT] = {"Audit", false, {CONTEXT_MENU, CONTEXT_DIALOG}},
    [CONTEXT_FORM] = {"Forms", true, {CONTEXT_NONE}},
    [CONTEXT_TOGGLE] = {"The toggle", false, {CONTEXT_FORM}},
    [CONTEXT_FIRST_TOKEN] = {"The first token of a new account", false, {CONTEXT_FORM}},
    [CONTEXT_EXPIRY] = {"Expiry of a new token", false, {CONTEXT_FORM, CONTEXT_DIALOG}},
    [CONTEXT_ONLY] = {"Permissions of a new token", false, {CONTEXT_FORM, CONTEXT_DIALOG}},
    [CONTEXT_BUTTON] = {"Buttons", false, {CONTEXT_FORM}},
    [CONTEXT_CHIPS] = {"Groups of an account", false, {CONTEXT_FORM}},
    [CONTEXT_MEMBERS] = {"Members of a group", false, {CONTEXT_FORM}},
    [CONTEXT_GRID] = {"Permissions of an account or a group", false, {CONTEXT_FORM}},
    [CONTEXT_HISTORY] = {"History of an account", false, {CONTEXT_FORM}},
    [CONTEXT_TOKEN_DIALOG] = {"A generated token", false, {CONTEXT_DIALOG}},
    [CONTEXT_VAULT] = {"Key slots of the vault", false, {CONTEXT_NONE}},
    [CONTEXT_SETTINGS] = {"Settings", false, {CONTEXT_NONE}},
    [CONTEXT_HELP] = {"Help and other long texts", false, {CONTEXT_DIALOG}},
    [CONTEXT_MENU] = {"Menus", true, {CONTEXT_DIALOG}},
    [CONTEXT_DIALOG] = {"Dialogs", true, {CONTEXT_NONE}},
};

/* clang-format off */
const struct command_entry command_table[COMMAND_COUNT] = {
    [COMMAND_HELP] = {"help", {'?', UI_F1}, {CONTEXT_EVERYWHERE, CONTEXT_DIALOG}, "help", "Help", "shows the keys that work here", NEEDS_NOTHING},
    [COMMAND_PALETTE] = {"palette", {':'}, {CONTEXT_EVERYWHERE}, NULL, NULL, "runs any command by its name, and opens accounts, groups, permissions and searches by theirs; Tab completes", NEEDS_NOTHING},
    [COMMAND_ESCAPE] = {"escape", {UI_ESC, UI_CTRL('C')}, {CONTEXT_EVERYWHERE, CONTEXT_DIALOG}, "back", NULL, "closes a pop-up, else ends text editing, a range or a filter, else goes back", NEEDS_NOTHING},
    [COMMAND_BACK] = {"back", {'q'}, {CONTEXT_EVERYWHERE, CONTEXT_MENU}, "back", "Back", "goes back; on a tab it quits", NEEDS_NOTHING},
    [COMMAND_QUIT] = {"quit", {'Q'}, {CONTEXT_EVERYWHERE}, NULL, "Quit", "quits", NEEDS_NOTHING},
    [COMMAND_ACCEPT] = {"accept", {UI_ENTER}, {CONTEXT_TEXT, CONTEXT_MENU, CONTEXT_DIALOG}, "done", NULL, "accepts what was typed or chosen", NEEDS_NOTHING},
    [COMMAND_NEXT_PART] = {"next part", {UI_TAB}, {CONTEXT_FORM, CONTEXT_TEXT, CONTEXT_DIALOG}, "next", NULL, "goes to the next part", NEEDS_NOTHING},
    [COMMAND_PREVIOUS_PART] = {"previous part", {UI_BACK_TAB}, {CONTEXT_FORM, CONTEXT_TEXT, CONTEXT_DIALOG}, NULL, NULL, "goes to the previous part", NEEDS_NOTHING},
    [COMMAND_REFRESH] = {"refresh", {UI_F5, UI_CTRL('R')}, {CONTEXT_EVERYWHERE}, NULL, "Refresh", "reads everything again", NEEDS_NOTHING},
    [COMMAND_REDRAW] = {"redraw", {UI_CTRL('L')}, {CONTEXT_EVERYWHERE, CONTEXT_DIALOG}, NULL, "Redraw", "redraws the screen", NEEDS_NOTHING},
    [COMMAND_SUSPEND] = {"suspend", {UI_CTRL('Z')}, {CONTEXT_EVERYWHERE, CONTEXT_DIALOG}, NULL, "Suspend", "suspends the console until fg", NEEDS_NOTHING},
    [COMMAND_LOCK] = {"lock", {'L'}, {CONTEXT_EVERYWHERE}, NULL, "Lock the vault", "locks the vault", NEEDS_NOTHING},
    [COMMAND_UNDO] = {"undo", {'U'}, {CONTEXT_EVERYWHERE}, NULL, "Undo", "undoes the last change", NEEDS_WRITING},
    [COMMAND_VAULT] = {"vault", {0}, {CONTEXT_EVERYWHERE}, NULL, "Vault", "shows the key slots of the vault", NEEDS_STORE},
    [COMMAND_SETTINGS] = {"settings", {0}, {CONTEXT_EVERYWHERE}, NULL, "Settings", "shows limits and policies of this database", NEEDS_STORE},
    [COMMAND_PANIC] = {"panic", {0}, {CONTEXT_EVERYWHERE}, NULL, "Panic", "suspends every token of a group or an owner", NEEDS_WRITING},
    [COMMAND_AUDIT_VERIFY] = {"audit verify", {0}, {CONTEXT_EVERYWHERE}, NULL, "Check the audit log", "checks the chain of events and names the first that was changed, removed or inserted", NEEDS_STORE},
    [COMMAND_AUDIT_HEAD] = {"audit head", {0}, {CONTEXT_EVERYWHERE}, NULL, "Head of the audit log", "shows the hash of the newest event, to be kept elsewhere", NEEDS_STORE},
    [COMMAND_MOUSE] = {"mouse", {'%'}, {CONTEXT_EVERYWHERE}, NULL, "Mouse on/off", "switches the mouse on and off: click rows, tabs, column heads, buttons and the keys in the footer, turn the wheel; Shift-drag selects text", NEEDS_NOTHING},
    [COMMAND_TAB_ACCOUNTS] = {"accounts", {'1'}, {CONTEXT_EVERYWHERE}, NULL, "Accounts", "shows the service accounts", NEEDS_STORE},
    [COMMAND_TAB_TOKENS] = {"tokens", {'2'}, {CONTEXT_EVERYWHERE}, NULL, "Tokens", "shows the tokens of all accounts", NEEDS_STORE},
    [COMMAND_TAB_GROUPS] = {"groups", {'3'}, {CONTEXT_EVERYWHERE}, NULL, "Groups", "shows the groups", NEEDS_STORE},
    [COMMAND_TAB_PERMISSIONS] = {"permissions", {'4'}, {CONTEXT_EVERYWHERE}, NULL, "Permissions", "shows the permissions", NEEDS_STORE},
    [COMMAND_TAB_AUDIT] = {"audit", {'5'}, {CONTEXT_EVERYWHERE}, NULL, "Audit", "shows the audit log: who did what", NEEDS_STORE},

    [COMMAND_DOWN] = {"down", {UI_DOWN, 'j'}, {CONTEXT_LIST}, "down", NULL, "moves down", NEEDS_NOTHING},
    [COMMAND_UP] = {"up", {UI_UP, 'k'}, {CONTEXT_LIST}, "up", NULL, "moves up", NEEDS_NOTHING},
    [COMMAND_FIRST] = {"first", {'g', UI_HOME}, {CONTEXT_LIST}, NULL, NULL, "goes to the first row", NEEDS_NOTHING},
    [COMMAND_LAST] = {"last", {'G', UI_END}, {CONTEXT_LIST}, NULL, NULL, "goes to the last row", NEEDS_NOTHING},
    [COMMAND_PAGE_DOWN] = {"page down", {UI_PAGE_DOWN, UI_CTRL('D')}, {CONTEXT_LIST}, NULL, NULL, "goes a page down", NEEDS_NOTHING},
    [COMMAND_PAGE_UP] = {"page up", {UI_PAGE_UP, UI_CTRL('U')}, {CONTEXT_LIST}, NULL, NULL, "goes a page up", NEEDS_NOTHING},
    [COMMAND_FILTER] = {"filter", {'/'}, {CONTEXT_TABLE}, "filter", "Filter", "filters as you type: words of the names; o:owner d:description is:inactive a:account; of events by:user a:account kind:token since:7d until:2026-01-31; the line below the list says which words it knows", NEEDS_NOTHING},
    [COMMAND_FILTER_KEEP] = {"filter keep", {UI_ENTER, UI_TAB}, {CONTEXT_FILTER}, "keep", NULL, "keeps the filter and goes to the rows", NEEDS_NOTHING},
    [COMMAND_FILTER_CLEAR] = {"filter clear", {UI_ESC, UI_CTRL('C')}, {CONTEXT_FILTER}, "clear", NULL, "clears the filter", NEEDS_NOTHING},
    [COMMAND_SORT] = {"sort", {'s'}, {CONTEXT_ACCOUNTS, CONTEXT_TOKEN_LIST, CONTEXT_GROUPS, CONTEXT_PERMISSIONS}, "sort", "Sort", "picks the column to sort by; the same column again reverses the order", NEEDS_NOTHING},
    [COMMAND_MARK] = {"mark", {' '}, {CONTEXT_ACCOUNTS, CONTEXT_TOKEN_LIST}, "mark", "Mark", "marks the row and moves down; ends a range", NEEDS_NOTHING},
    [COMMAND_RANGE] = {"range", {'v'}, {CONTEXT_ACCOUNTS, CONTEXT_TOKEN_LIST}, NULL, "Range", "begins a range of marks, and ends it", NEEDS_NOTHING},
    [COMMAND_MARK_ALL] = {"mark all", {'*'}, {CONTEXT_ACCOUNTS, CONTEXT_TOKEN_LIST}, NULL, "Mark all", "marks all matching rows; press again to unmark", NEEDS_NOTHING},
    [COMMAND_MENU] = {"menu", {'.'}, {CONTEXT_ACCOUNTS, CONTEXT_GROUPS, CONTEXT_PERMISSIONS, CONTEXT_TOKENS, CONTEXT_MENU}, "menu", NULL, "opens the menu of the row", NEEDS_NOTHING},
    [COMMAND_DETAIL] = {"detail", {'i'}, {CONTEXT_TABLE}, "details", "Details on/off", "shows and hides the details of the row: at the right, below 120 columns at the bottom", NEEDS_STORE},
    [COMMAND_SHOW_ACTIVE] = {"show active", {'a'}, {CONTEXT_TABLE}, NULL, "Active accounts", "shows the active accounts; again: all of them", NEEDS_STORE},
    [COMMAND_SHOW_LIVE] = {"show live", {'l'}, {CONTEXT_TABLE}, NULL, "Live tokens", "shows the tokens that are live and work; again: all of them", NEEDS_STORE},
    [COMMAND_SHOW_ENDING] = {"show ending", {'d'}, {CONTEXT_TABLE}, NULL, "Tokens that end soon", "shows the tokens that end within 14 days; again: all of them", NEEDS_STORE},
    [COMMAND_SHOW_UNUSED] = {"show unused", {'u'}, {CONTEXT_TABLE}, NULL, "Unused tokens", "shows the tokens that are unused for 30 days or more; again: all of them", NEEDS_STORE},

    [COMMAND_ACCOUNT_EDIT] = {"account edit", {UI_ENTER, 'e'}, {CONTEXT_ACCOUNTS}, "edit", "Edit", "edits the account", NEEDS_NOTHING},
    [COMMAND_ACCOUNT_NEW] = {"account new", {'n'}, {CONTEXT_ACCOUNTS}, "new", "New account", "creates a service account", NEEDS_WRITING},
    [COMMAND_ACCOUNT_COPY_ID] = {"account copy id", {'y'}, {CONTEXT_ACCOUNTS}, NULL, "Copy account ID", "copies the account ID", NEEDS_NOTHING},
    [COMMAND_ACCOUNT_TOGGLE] = {"account toggle", {'A'}, {CONTEXT_ACCOUNTS}, "on/off", "Activate / deactivate", "activates or deactivates the account, or the marked ones", NEEDS_WRITING},
    [COMMAND_ACCOUNT_DELETE] = {"account delete", {'D'}, {CONTEXT_ACCOUNTS}, "delete", "Delete…", "deletes the account, or the marked ones, for good", NEEDS_WRITING},
    [COMMAND_ACCOUNT_TOKEN] = {"account token", {'T'}, {CONTEXT_ACCOUNTS}, NULL, "Generate token", "generates a token for the account", NEEDS_WRITING},
    [COMMAND_ACCOUNT_ADD] = {"account add", {'+'}, {CONTEXT_ACCOUNTS}, "add", "Add permission, group…", "grants the account, or the marked ones, a permission, or adds them to a group", NEEDS_WRITING},
    [COMMAND_ACCOUNT_REMOVE] = {"account remove", {'-'}, {CONTEXT_ACCOUNTS}, "remove", "Remove permission, group…", "revokes a permission from the account, or the marked ones, or removes them from a group", NEEDS_WRITING},
    [COMMAND_ACCOUNT_SUSPEND] = {"account suspend tokens", {'S'}, {CONTEXT_ACCOUNTS}, "suspend", "Suspend all tokens…", "suspends all tokens of the account, or of the marked ones", NEEDS_WRITING},
    [COMMAND_ACCOUNT_WHY] = {"account why", {'w'}, {CONTEXT_ACCOUNTS}, NULL, "Why a permission…", "shows where a permission of the account comes from", NEEDS_NOTHING},

    [COMMAND_GROUP_EDIT] = {"group edit", {UI_ENTER, 'e'}, {CONTEXT_GROUPS}, "edit", "Edit", "edits the group: description, members, permissions", NEEDS_NOTHING},
    [COMMAND_GROUP_NEW] = {"group new", {'n'}, {CONTEXT_GROUPS}, "new", "New group", "creates a group", NEEDS_WRITING},
    [COMMAND_GROUP_RENAME] = {"group rename", {'r'}, {CONTEXT_GROUPS}, "rename", "Rename…", "renames the group", NEEDS_WRITING},
    [COMMAND_GROUP_SUSPEND] = {"group suspend tokens", {'S'}, {CONTEXT_GROUPS}, NULL, "Suspend all tokens…", "suspends all tokens of all members", NEEDS_WRITING},
    [COMMAND_GROUP_DELETE] = {"group delete", {'D'}, {CONTEXT_GROUPS}, "delete", "Delete…", "deletes the group, after saying what its members lose", NEEDS_WRITING},

    [COMMAND_PERMISSION_HOLDERS] = {"permission holders", {UI_ENTER}, {CONTEXT_PERMISSIONS}, "who", "Who holds it", "shows who holds the permission, and through what", NEEDS_NOTHING},
    [COMMAND_PERMISSION_NEW] = {"permission new", {'n'}, {CONTEXT_PERMISSIONS}, "new", "New permission", "adds a permission to the catalogue", NEEDS_WRITING},
    [COMMAND_PERMISSION_EDIT] = {"permission edit", {'E', 'e'}, {CONTEXT_PERMISSIONS}, "edit", "Edit…", "changes the name and the sentence of the permission", NEEDS_WRITING},
    [COMMAND_PERMISSION_DELETE] = {"permission delete", {'D'}, {CONTEXT_PERMISSIONS}, "delete", "Delete…", "deletes the permission, after saying who loses it", NEEDS_WRITING},
    [COMMAND_HOLDER_OPEN] = {"holder open", {UI_ENTER, 'o'}, {CONTEXT_HOLDERS}, "open", "Open", "opens the account", NEEDS_NOTHING},
    [COMMAND_HOLDER_WHY] = {"holder why", {'w'}, {CONTEXT_HOLDERS}, "why", "Why", "shows every way in which the account holds the permission", NEEDS_NOTHING},

    [COMMAND_AUDIT_SHOW] = {"event show", {UI_ENTER}, {CONTEXT_AUDIT, CONTEXT_HISTORY}, "show", "Show", "shows the whole event; of an act on many rows, unfolds and folds its events", NEEDS_NOTHING},
    [COMMAND_AUDIT_WHOLE] = {"event whole", {'e'}, {CONTEXT_AUDIT}, "show", "Show whole", "shows the whole event, also of an act on many rows", NEEDS_NOTHING},
    [COMMAND_AUDIT_ACCOUNT] = {"event account", {'o'}, {CONTEXT_AUDIT}, "account", "Open the account", "opens the account of the event", NEEDS_NOTHING},
    [COMMAND_AUDIT_FOLLOW] = {"follow", {UI_F2}, {CONTEXT_AUDIT}, "follow", "Follow", "keeps the cursor on the newest event; again, or moving away, stops", NEEDS_NOTHING},

    [COMMAND_FORM_SAVE] = {"save", {UI_CTRL('S')}, {CONTEXT_FORM}, "save", "Save", "saves the form: Update or Create", NEEDS_WRITING},
    [COMMAND_FORM_TOGGLE] = {"toggle", {' ', UI_ENTER}, {CONTEXT_TOGGLE}, "on/off", NULL, "flips the toggle", NEEDS_WRITING},
    [COMMAND_FORM_TOKEN] = {"first token", {' '}, {CONTEXT_FIRST_TOKEN}, "yes/no", NULL, "chooses whether the new account gets a token", NEEDS_WRITING},
    [COMMAND_EXPIRY_PREVIOUS] = {"expiry previous", {UI_LEFT, 'h'}, {CONTEXT_EXPIRY}, NULL, NULL, "chooses the expiry on the left", NEEDS_NOTHING},
    [COMMAND_EXPIRY_NEXT] = {"expiry next", {UI_RIGHT, 'l', ' '}, {CONTEXT_EXPIRY}, "choose", NULL, "chooses the expiry on the right", NEEDS_NOTHING},
    [COMMAND_ONLY_TICK] = {"only", {' ', UI_ENTER}, {CONTEXT_ONLY}, "tick", NULL, "limits the token to this permission and the others that are ticked; again: no longer", NEEDS_NOTHING},
    [COMMAND_FORM_PRESS] = {"press", {UI_ENTER, ' '}, {CONTEXT_BUTTON}, "press", NULL, "presses the button", NEEDS_NOTHING},
    [COMMAND_CHIP_LEFT] = {"chip left", {UI_LEFT, 'h'}, {CONTEXT_CHIPS}, NULL, NULL, "goes to the group on the left", NEEDS_NOTHING},
    [COMMAND_CHIP_RIGHT] = {"chip right", {UI_RIGHT, 'l'}, {CONTEXT_CHIPS}, NULL, NULL, "goes to the group on the right", NEEDS_NOTHING},
    [COMMAND_CHIP_ADD] = {"group add", {'+', ' '}, {CONTEXT_CHIPS}, "add", "Add a group", "adds the account to a group", NEEDS_WRITING},
    [COMMAND_CHIP_REMOVE] = {"group remove", {'-', UI_BACKSPACE}, {CONTEXT_CHIPS}, "remove", "Remove the group", "removes the account from the group", NEEDS_WRITING},
    [COMMAND_MEMBER_ADD] = {"member add", {'+'}, {CONTEXT_MEMBERS}, "add", "Add an account", "adds an account to the group", NEEDS_WRITING},
    [COMMAND_MEMBER_REMOVE] = {"member remove", {'-', ' ', UI_BACKSPACE}, {CONTEXT_MEMBERS}, "remove", "Remove", "marks the member for removal; again: keeps it", NEEDS_WRITING},
    [COMMAND_GRID_LEFT] = {"permission left", {UI_LEFT, 'h'}, {CONTEXT_GRID, CONTEXT_ONLY}, NULL, NULL, "goes to the permission on the left", NEEDS_NOTHING},
    [COMMAND_GRID_RIGHT] = {"permission right", {UI_RIGHT, 'l'}, {CONTEXT_GRID, CONTEXT_ONLY}, NULL, NULL, "goes to the permission on the right", NEEDS_NOTHING},
    [COMMAND_GRID_UP] = {"permission up", {UI_UP, 'k'}, {CONTEXT_GRID, CONTEXT_ONLY}, NULL, NULL, "goes to the permission above", NEEDS_NOTHING},
    [COMMAND_GRID_DOWN] = {"permission down", {UI_DOWN, 'j'}, {CONTEXT_GRID, CONTEXT_ONLY}, NULL, NULL, "goes to the permission below", NEEDS_NOTHING},
    [COMMAND_GRID_TOGGLE] = {"permission toggle", {' ', UI_ENTER}, {CONTEXT_GRID}, "grant", NULL, "grants the permission, or removes the grant", NEEDS_WRITING},
    [COMMAND_GRID_GRANT] = {"permission grant", {'+'}, {CONTEXT_GRID}, "explicit", NULL, "grants explicitly what a group gives already", NEEDS_WRITING},
    [COMMAND_GRID_WHY] = {"permission why", {'w'}, {CONTEXT_GRID}, "why", NULL, "shows where the permission comes from, or what would give it", NEEDS_NOTHING},

    [COMMAND_TOKEN_GENERATE] = {"token generate", {'n'}, {CONTEXT_TOKENS}, "new", "Generate", "generates a token", NEEDS_WRITING},
    [COMMAND_TOKEN_COPY] = {"token copy", {'y'}, {CONTEXT_TOKENS}, "copy", "Copy", "copies the token to the clipboard; recorded", NEEDS_WRITING},
    [COMMAND_TOKEN_PEEK] = {"token peek", {'p'}, {CONTEXT_TOKENS}, "peek", "Peek", "shows the token for ten seconds; recorded", NEEDS_WRITING},
    [COMMAND_TOKEN_RENAME] = {"token rename", {'r'}, {CONTEXT_TOKENS}, "rename", "Rename", "renames the token in place; Enter commits", NEEDS_WRITING},
    [COMMAND_TOKEN_SUSPEND] = {"token suspend", {'A'}, {CONTEXT_TOKENS}, "on/off", "Suspend / resume", "suspends or resumes the token, or the marked ones", NEEDS_WRITING},
    [COMMAND_TOKEN_ROTATE] = {"token rotate", {'R'}, {CONTEXT_TOKENS}, NULL, "Rotate…", "generates a successor; the old token stops working after a grace period", NEEDS_WRITING},
    [COMMAND_TOKEN_EXPIRY] = {"token expiry", {'E'}, {CONTEXT_TOKENS}, "expiry", "Set expiry…", "gives the token, or the marked ones, another expiry", NEEDS_WRITING},
    [COMMAND_TOKEN_FORGET] = {"token forget", {'F'}, {CONTEXT_TOKENS}, NULL, "Forget secret…", "makes the token impossible to copy; it keeps working", NEEDS_WRITING},
    [COMMAND_TOKEN_CANARY] = {"token canary", {0}, {CONTEXT_TOKENS}, NULL, "Make it a canary…", "makes the token a canary: it never passes, and each use is an event", NEEDS_WRITING},
    [COMMAND_TOKEN_REVOKE] = {"token revoke", {'D'}, {CONTEXT_TOKENS}, "revoke", "Revoke…", "revokes the token, or the marked ones, for good", NEEDS_WRITING},
    [COMMAND_TOKEN_OPEN] = {"token account", {UI_ENTER, 'e', 'o'}, {CONTEXT_TOKEN_LIST}, "account", "Open account", "opens the account of the token", NEEDS_NOTHING},
    [COMMAND_TOKEN_FACETS] = {"token facets", {'f'}, {CONTEXT_TOKEN_LIST}, "facets", "Facets", "picks what to show: live, ending soon, unused, never used, of inactive accounts", NEEDS_NOTHING},
    [COMMAND_SEARCH_SAVE] = {"search save", {0}, {CONTEXT_TOKEN_LIST}, NULL, "Save this search…", "saves filter, facet and order under a name, for all admins", NEEDS_WRITING},
    [COMMAND_SEARCH_DELETE] = {"search delete", {0}, {CONTEXT_TOKEN_LIST}, NULL, "Delete a search…", "deletes a saved search", NEEDS_WRITING},

    [COMMAND_SECRET_COPY] = {"secret copy", {'y'}, {CONTEXT_TOKEN_DIALOG}, "copy", "Copy again", "sends the new token to the clipboard again", NEEDS_NOTHING},
    [COMMAND_SECRET_WRITE] = {"secret write", {'w'}, {CONTEXT_TOKEN_DIALOG}, "write", "Write to a file", "writes the new token to a new file", NEEDS_NOTHING},
    [COMMAND_SECRET_DONE] = {"secret done", {UI_ENTER}, {CONTEXT_TOKEN_DIALOG}, "done", "Done", "closes the dialog; the token is not shown again", NEEDS_NOTHING},

    [COMMAND_SLOT_ADD] = {"slot add", {'n'}, {CONTEXT_VAULT}, "add", "Add a key slot", "adds a key slot", NEEDS_WRITING},
    [COMMAND_SLOT_CHANGE] = {"slot change", {'E'}, {CONTEXT_VAULT}, "change", "Change", "changes the secret of the key slot", NEEDS_WRITING},
    [COMMAND_SLOT_REMOVE] = {"slot remove", {'D'}, {CONTEXT_VAULT}, "remove", "Remove…", "removes the key slot", NEEDS_WRITING},

    [COMMAND_SETTING_EDIT] = {"setting edit", {UI_ENTER, 'e'}, {CONTEXT_SETTINGS}, "change", "Change", "changes the setting, for everyone who uses this database", NEEDS_WRITING},

    [COMMAND_HELP_SEARCH] = {"help search", {'/'}, {CONTEXT_HELP}, "search", "Search", "searches the text", NEEDS_NOTHING},
    [COMMAND_HELP_NEXT] = {"help next", {'n'}, {CONTEXT_HELP}, "next", "Next match", "goes to the next match", NEEDS_NOTHING},
    [COMMAND_HELP_PREVIOUS] = {"help previous", {'N'}, {CONTEXT_HELP}, "previous", "Previous match", "goes to the previous match", NEEDS_NOTHING},
};
/* clang-format on */

/* The keys of the commands that the configuration file binds. */
static struct {
    bool is_set;
    int keys[COMMAND_KEYS];
} bound[COMMAND_COUNT];

const int *command_keys(enum command command)
{
    return bound[command].is_set ? bound[command].keys : command_table[command].keys;
}

void command_bind(enum command command, const int keys[static COMMAND_KEYS])
{
    bound[command].is_set = true;
    memcpy(bound[command].keys, keys, sizeof bound[command].keys);
}

static bool has_key(enum command command, int key)
{
    for (size_t i = 0; i < COMMAND_KEYS; i++)
        if (command_keys(command)[i] == key) return true;
    return false;
}

bool command_is_in(enum command command, enum context context)
{
    const enum context *contexts = command_table[command].contexts;
    for (size_t i = 0; i < CONTEXTS_MAX && contexts[i]; i++)
        if (contexts[i] == context) return true;
    return false;
}

bool command_works(enum command command, const struct contexts *contexts)
{
    for (size_t i = 0; i < CONTEXTS_MAX && contexts->list[i]; i++)
        if (command_is_in(command, contexts->list[i])) return true;
    return false;
}

bool command_is_general(enum command command)
{
    const enum context *contexts = command_table[command].contexts;
    for (size_t i = 0; i < CONTEXTS_MAX && contexts[i]; i++)
        if (!context_table[contexts[i]].general) return false;
    return true;
}

enum command command_of_key(int key, const struct contexts *contexts)
{
    for (size_t place = 0; key && place < CONTEXTS_MAX && contexts->list[place]; place++)
        for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++)
            if (command_is_in((enum command)i, contexts->list[place]) &&
                has_key((enum command)i, key))
                return (enum command)i;
    return COMMAND_NONE;
}

bool command_types_text(const struct contexts *contexts)
{
    return contexts->list[0] == CONTEXT_TEXT || contexts->list[0] == CONTEXT_FILTER;
}

/* A key may also mean something else in a more special context. */
static bool works_as(int key, enum command command, const struct contexts *contexts)
{
    if (command_types_text(contexts) && key_edits(key)) return false;
    return command_of_key(key, contexts) == command;
}

int command_key_in(enum command command, const struct contexts *contexts)
{
    for (size_t i = 0; i < COMMAND_KEYS && command_keys(command)[i]; i++)
        if (works_as(command_keys(command)[i], command, contexts)) return command_keys(command)[i];
    return 0;
}

bool command_moves(enum command command)
{
    switch (command) {
    case COMMAND_DOWN:
    case COMMAND_UP:
    case COMMAND_FIRST:
    case COMMAND_LAST:
    case COMMAND_PAGE_DOWN:
    case COMMAND_PAGE_UP:
    case COMMAND_CHIP_LEFT:
    case COMMAND_CHIP_RIGHT:
    case COMMAND_GRID_LEFT:
    case COMMAND_GRID_RIGHT:
    case COMMAND_GRID_UP:
    case COMMAND_GRID_DOWN:
    case COMMAND_EXPIRY_PREVIOUS:
    case COMMAND_EXPIRY_NEXT:
        return true;
    default:
        return false;
    }
}

int command_rows(enum command command, int page, int all)
{
    switch (command) {
    case COMMAND_DOWN:
        return 1;
    case COMMAND_UP:
        return -1;
    case COMMAND_PAGE_DOWN:
        return page;
    case COMMAND_PAGE_UP:
        return -page;
    case COMMAND_FIRST:
        return -all;
    case COMMAND_LAST:
        return all;
    default:
        return 0;
    }
}

enum command command_of_name(const char *name)
{
    for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++)
        if (!strcmp(command_table[i].name, name)) return (enum command)i;
    return COMMAND_NONE;
}

void command_keys_text(enum command command, const struct contexts *contexts, char *out,
                       size_t out_size)
{
    size_t used = 0;
    *out = 0;
    const int *keys = command_keys(command);
    for (size_t i = 0; i < COMMAND_KEYS && keys[i]; i++) {
        char key[16];
        if (contexts && !works_as(keys[i], command, contexts)) continue;
        key_text(keys[i], key);
        int more = snprintf(out + used, out_size - used, "%s%s", used ? " " : "", key);
        if (more < 0 || (size_t)more >= out_size - used) return;
        used += (size_t)more;
    }
}

struct command_key command_key(enum command command)
{
    struct command_key key = {""};
    char name[16];
    int first = *command_keys(command);
    key_text(first ? first : *command_keys(COMMAND_PALETTE), name);
    snprintf(key.text, sizeof key.text, "%s%s", name, first ? "" : command_table[command].name);
    return key;
}
