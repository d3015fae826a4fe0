/* The one table of the console's commands. Key handling, footer, ellipsis menus, palette, the help
 * page and the key tables of the documents all come from it. */
#ifndef GATEHOUSE_UI_COMMAND_H
#define GATEHOUSE_UI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* Where a command lives. What has the focus names its contexts; where a key means two things, the
 * one that stands further down here wins. */
enum context {
    CONTEXT_EVERYWHERE = 1 << 0,
    CONTEXT_TAB = 1 << 1,      /* the screens of the tab row */
    CONTEXT_LIST = 1 << 2,     /* anything with rows */
    CONTEXT_ACCOUNTS = 1 << 3, /* the list of accounts */
    CONTEXT_GROUPS = 1 << 4,
    CONTEXT_PERMISSIONS = 1 << 5,
    CONTEXT_HOLDERS = 1 << 6, /* who holds a permission */
    CONTEXT_FORM = 1 << 7,    /* New and Edit */
    CONTEXT_TOGGLE = 1 << 8,  /* parts of a form */
    CONTEXT_TOKENS = 1 << 9,
    CONTEXT_CHIPS = 1 << 10,
    CONTEXT_MEMBERS = 1 << 11,
    CONTEXT_GRID = 1 << 12,
    CONTEXT_VAULT = 1 << 13,        /* the list of key slots */
    CONTEXT_TOKEN_DIALOG = 1 << 14, /* a generated token */
    CONTEXT_SETTINGS = 1 << 15,
    CONTEXT_AUDIT = 1 << 16,
    CONTEXT_DIALOG = 1 << 17,
    CONTEXT_TEXT = 1 << 18, /* a text field */
    CONTEXT_FILTER = 1 << 19,
    CONTEXT_TOKEN_LIST = 1 << 20, /* the tokens of all accounts */
};

enum command {
    COMMAND_NONE,
    /* everywhere */
    COMMAND_HELP,
    COMMAND_PALETTE,
    COMMAND_ESCAPE,
    COMMAND_BACK,
    COMMAND_QUIT,
    COMMAND_NEXT_PART,
    COMMAND_PREVIOUS_PART,
    COMMAND_REFRESH,
    COMMAND_REDRAW,
    COMMAND_SUSPEND,
    COMMAND_LOCK,
    COMMAND_UNDO,
    COMMAND_VAULT, /* opens the screen of the key slots; from the palette */
    COMMAND_SETTINGS,
    COMMAND_PANIC,
    COMMAND_AUDIT_VERIFY,
    COMMAND_AUDIT_HEAD,
    COMMAND_MOUSE,
    COMMAND_TAB_ACCOUNTS,
    COMMAND_TAB_TOKENS,
    COMMAND_TAB_GROUPS,
    COMMAND_TAB_PERMISSIONS,
    COMMAND_TAB_AUDIT,
    /* lists */
    COMMAND_DOWN,
    COMMAND_UP,
    COMMAND_FIRST,
    COMMAND_LAST,
    COMMAND_PAGE_DOWN,
    COMMAND_PAGE_UP,
    COMMAND_FILTER,
    COMMAND_FILTER_KEEP,
    COMMAND_FILTER_CLEAR,
    COMMAND_SORT,
    COMMAND_MARK,
    COMMAND_RANGE,
    COMMAND_MARK_ALL,
    COMMAND_MENU,
    /* accounts */
    COMMAND_ACCOUNT_EDIT,
    COMMAND_ACCOUNT_NEW,
    COMMAND_ACCOUNT_COPY_ID,
    COMMAND_ACCOUNT_TOGGLE,
    COMMAND_ACCOUNT_DELETE,
    COMMAND_ACCOUNT_TOKEN,
    COMMAND_ACCOUNT_ADD,
    COMMAND_ACCOUNT_REMOVE,
    COMMAND_ACCOUNT_SUSPEND,
    COMMAND_ACCOUNT_WHY,
    /* groups */
    COMMAND_GROUP_EDIT,
    COMMAND_GROUP_NEW,
    COMMAND_GROUP_RENAME,
    COMMAND_GROUP_SUSPEND,
    COMMAND_GROUP_DELETE,
    /* permissions */
    COMMAND_PERMISSION_HOLDERS,
    COMMAND_PERMISSION_NEW,
    COMMAND_PERMISSION_EDIT,
    COMMAND_PERMISSION_DELETE,
    COMMAND_HOLDER_OPEN,
    COMMAND_HOLDER_WHY,
    /* the audit log */
    COMMAND_AUDIT_SHOW,
    COMMAND_AUDIT_ACCOUNT,
    COMMAND_AUDIT_FOLLOW,
    /* forms */
    COMMAND_FORM_SAVE,   /* ^S */
    COMMAND_FORM_TOGGLE, /* Space, Enter on the toggle */
    COMMAND_CHIP_LEFT,
    COMMAND_CHIP_RIGHT,
    COMMAND_CHIP_ADD,
    COMMAND_CHIP_REMOVE,
    COMMAND_MEMBER_ADD,
    COMMAND_MEMBER_REMOVE,
    COMMAND_GRID_LEFT,
    COMMAND_GRID_RIGHT,
    COMMAND_GRID_UP,
    COMMAND_GRID_DOWN,
    COMMAND_GRID_TOGGLE,
    COMMAND_GRID_GRANT, /* + : explicitly, also when it is inherited */
    COMMAND_GRID_WHY,
    /* tokens */
    COMMAND_TOKEN_GENERATE,
    COMMAND_TOKEN_COPY,
    COMMAND_TOKEN_PEEK,
    COMMAND_TOKEN_RENAME,
    COMMAND_TOKEN_SUSPEND,
    COMMAND_TOKEN_ROTATE,
    COMMAND_TOKEN_EXPIRY,
    COMMAND_TOKEN_FORGET,
    COMMAND_TOKEN_CANARY,
    COMMAND_TOKEN_REVOKE,
    COMMAND_TOKEN_OPEN, /* its account */
    COMMAND_TOKEN_FACETS,
    COMMAND_SEARCH_SAVE,
    COMMAND_SEARCH_DELETE,
    /* a generated token */
    COMMAND_SECRET_COPY,
    COMMAND_SECRET_WRITE,
    COMMAND_SECRET_DONE,
    /* key slots */
    COMMAND_SLOT_ADD,
    COMMAND_SLOT_CHANGE,
    COMMAND_SLOT_REMOVE,
    /* settings */
    COMMAND_SETTING_EDIT,
    COMMAND_COUNT
};

enum { COMMAND_KEYS = 4 };

struct command_entry {
    const char *name;       /* of the palette: "account toggle" */
    int keys[COMMAND_KEYS]; /* input.h; those it has unless it was bound to others */
    unsigned contexts;
    const char *hint;     /* of the footer; NULL: not shown there */
    const char *label;    /* of menus; NULL: the name */
    const char *sentence; /* of the help page and the documents, without full stop */
    bool changes;         /* disabled in a read-only console */
};
extern const struct command_entry command_table[COMMAND_COUNT];

/* Its keys now: COMMAND_KEYS of them, 0 behind the last. The first is the one that is shown; 0:
 * none. */
const int *command_keys(enum command command);
/* Gives a command other keys. */
void command_bind(enum command command, const int keys[static COMMAND_KEYS]);

/* The command of a key where `contexts` hold; COMMAND_NONE. */
enum command command_of_key(int key, unsigned contexts);
/* By its name in the palette; COMMAND_NONE. */
enum command command_of_name(const char *name);
/* "Service accounts", the heading of a context in the help page. */
const char *context_text(enum context context);
/* All keys of a command, "↑ k". */
void command_keys_text(enum command command, char *out, size_t out_size);

#endif
