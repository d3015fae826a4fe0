/* The table of the console's commands, and that of the contexts they work in. Key handling,
 * footers, menus, the palette, the help page and the key tables of the documents all come from
 * them. */
#ifndef GATEHOUSE_UI_COMMAND_H
#define GATEHOUSE_UI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* What can have the focus; each command lists those its keys work in. In the order in which the
 * documents show them. */
enum context {
    CONTEXT_NONE, /* ends a list */
    CONTEXT_EVERYWHERE,
    CONTEXT_LIST,  /* any list of rows */
    CONTEXT_TABLE, /* a list with a filter */
    CONTEXT_FILTER,
    CONTEXT_TEXT, /* a text field: what is typed is text before it is a command */
    CONTEXT_ACCOUNTS,
    CONTEXT_TOKEN_LIST, /* the tokens of all accounts */
    CONTEXT_TOKENS,     /* tokens, wherever they are listed */
    CONTEXT_GROUPS,
    CONTEXT_PERMISSIONS,
    CONTEXT_HOLDERS, /* who holds a permission */
    CONTEXT_AUDIT,
    CONTEXT_FORM,
    CONTEXT_TOGGLE, /* parts of a form */
    CONTEXT_FIRST_TOKEN,
    CONTEXT_EXPIRY, /* of a new token */
    CONTEXT_ONLY,   /* the permissions that a new token is limited to */
    CONTEXT_BUTTON,
    CONTEXT_CHIPS,
    CONTEXT_MEMBERS,
    CONTEXT_GRID,
    CONTEXT_HISTORY,      /* the last events of an account */
    CONTEXT_TOKEN_DIALOG, /* a generated token */
    CONTEXT_VAULT,        /* the list of key slots */
    CONTEXT_SETTINGS,
    CONTEXT_HELP,
    CONTEXT_MENU, /* and pickers */
    CONTEXT_DIALOG,
    CONTEXT_COUNT
};

/* Contexts that hold at the same time, the most special first: where a key means something in more
 * than one, the first wins. */
enum { CONTEXTS_MAX = 6 };
struct contexts {
    enum context list[CONTEXTS_MAX]; /* CONTEXT_NONE where there are fewer */
};

struct context_entry {
    const char *heading; /* of the help page and the documents: "Service accounts" */
    bool general;        /* shared by many screens, which list it after their own */
    /* What may hold at the same time, less special, besides lists and CONTEXT_EVERYWHERE. */
    enum context below[2];
};
extern const struct context_entry context_table[CONTEXT_COUNT];

enum command {
    COMMAND_NONE,
    /* everywhere */
    COMMAND_HELP,
    COMMAND_PALETTE,
    COMMAND_ESCAPE,
    COMMAND_BACK,
    COMMAND_QUIT,
    COMMAND_ACCEPT,
    COMMAND_NEXT_PART,
    COMMAND_PREVIOUS_PART,
    COMMAND_REFRESH,
    COMMAND_REDRAW,
    COMMAND_SUSPEND,
    COMMAND_LOCK,
    COMMAND_UNDO,
    COMMAND_VAULT, /* the screen of the key slots */
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
    COMMAND_DETAIL,
    /* the numbers of the overview line */
    COMMAND_SHOW_ACTIVE,
    COMMAND_SHOW_LIVE,
    COMMAND_SHOW_ENDING,
    COMMAND_SHOW_UNUSED,
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
    COMMAND_AUDIT_WHOLE,
    COMMAND_AUDIT_ACCOUNT,
    COMMAND_AUDIT_FOLLOW,
    /* forms */
    COMMAND_FORM_SAVE,   /* ^S */
    COMMAND_FORM_TOGGLE, /* Space, Enter on the toggle */
    COMMAND_FORM_TOKEN,  /* whether a new account gets a first token */
    COMMAND_EXPIRY_PREVIOUS,
    COMMAND_EXPIRY_NEXT,
    COMMAND_ONLY_TICK,
    COMMAND_FORM_PRESS, /* the button that has the focus */
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
    COMMAND_GRID_GRANT, /* explicitly, even if it is inherited */
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
    /* the help page */
    COMMAND_HELP_SEARCH,
    COMMAND_HELP_NEXT,
    COMMAND_HELP_PREVIOUS,
    COMMAND_COUNT
};

enum { COMMAND_KEYS = 4 };

/* What a command needs to be enabled; each includes the one before it. */
enum needs {
    NEEDS_NOTHING,
    NEEDS_STORE,  /* a database; during the first start there is none */
    NEEDS_WRITING /* a database that this console may change */
};

struct command_entry {
    const char *name;       /* in the palette and the configuration file: "account toggle" */
    int keys[COMMAND_KEYS]; /* the default ones (input.h) */
    enum context contexts[CONTEXTS_MAX];
    const char *hint;     /* in the footer; NULL: not shown there */
    const char *label;    /* in menus; NULL: the name */
    const char *sentence; /* on the help page and in the documents, without a full stop */
    enum needs needs;     /* else it is disabled */
};
extern const struct command_entry command_table[COMMAND_COUNT];

/* Its keys as they are bound now, COMMAND_KEYS of them, padded with 0. The first is the one shown.
 */
const int *command_keys(enum command command);
/* Replaces the keys of a command. */
void command_bind(enum command command, const int keys[static COMMAND_KEYS]);

bool command_is_in(enum command command, enum context context);
/* Whether its keys work where these hold. */
bool command_works(enum command command, const struct contexts *contexts);
/* Whether all its contexts are general: moving, filtering, quitting. */
bool command_is_general(enum command command);
/* The command of a key where these hold; COMMAND_NONE. */
enum command command_of_key(int key, const struct contexts *contexts);
/* Whether letters are text where these hold: a text field has the focus. */
bool command_types_text(const struct contexts *contexts);
/* The first key of a command that works where these hold; 0: it has none there. */
int command_key_in(enum command command, const struct contexts *contexts);
/* Whether it only moves the cursor. Screens get these in `move`. */
bool command_moves(enum command command);
/* How far a command of CONTEXT_LIST moves the cursor: one row, `page` rows, or `all` to reach an
 * end; negative upwards. 0 for other commands. */
int command_rows(enum command command, int page, int all);
/* The command of that name; COMMAND_NONE. */
enum command command_of_name(const char *name);
/* All keys of a command, "↑ k"; of those only the ones that work where `contexts` hold (NULL: all).
 */
void command_keys_text(enum command command, const struct contexts *contexts, char *out,
                       size_t out_size);
/* How a sentence names the key of a command: "U", or ":undo" (what to type in the palette) if it
 * has none. */
enum { COMMAND_KEY_SIZE = 48 };
struct command_key {
    char text[COMMAND_KEY_SIZE];
};
struct command_key command_key(enum command command);

#endif
