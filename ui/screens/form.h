/* What the files of the account form share. */
#ifndef GATEHOUSE_UI_FORM_H
#define GATEHOUSE_UI_FORM_H

#include "ui/kit/field.h"
#include "ui/kit/grid.h"
#include "ui/kit/pane.h"
#include "ui/screen.h"
#include "ui/screens/account_history.h"
#include "ui/screens/token_act.h"
#include "ui/screens/token_builder.h"

#include <gatehouse/account.h>
#include <gatehouse/group.h>
#include <gatehouse/permission.h>
#include <gatehouse/token.h>

/* In Tab order. A new account has a name where an old one has its toggle and tokens, and a first
 * token after what that can be limited to. */
enum part {
    PART_NAME,
    PART_TOGGLE,
    PART_DESCRIPTION,
    PART_OWNER,
    PART_TOKENS,
    PART_GROUPS,
    PART_PERMISSIONS,
    PART_HISTORY,
    PART_FIRST_TOKEN,
    PART_BUILDER, /* the first part of the first token (enum builder_part); the others follow */
    PART_SAVE = PART_BUILDER + BUILDER_PARTS,
    PART_CANCEL,
    PART_COUNT
};

struct form {
    struct screen screen;
    int64_t number;                              /* 0: new */
    void (*created)(void *arg, int64_t account); /* told of a new one; NULL: nobody */
    void *created_arg;
    enum part part;
    bool loaded;
    int64_t now;
    struct pane pane;
    char refused[ERROR_MESSAGE_MAX]; /* why the name is refused */

    struct account_row account;
    struct account_details saved; /* as the fields were filled */
    int64_t version;
    int64_t seen; /* the newest event when the fields were filled */
    struct field name, description, owner;
    struct id_set groups, permissions; /* staged */

    bool makes_token;
    struct token_builder builder;

    struct token_rows *tokens;
    struct token_counts counts;
    char (*token_details)[TOKEN_DETAIL_SIZE]; /* beside `tokens` */
    size_t token_at;
    int64_t token_number; /* under the cursor */
    bool renaming;
    struct field rename;
    int menu_row, menu_column;

    struct group_rows *all_groups;
    size_t chip_at;

    struct permissions *catalogue;
    struct permission_sources *sources;
    struct grid grid;
    struct account_history history;
    enum command next; /* what leaving the form was asked for; COMMAND_NONE: going back */
};

/* What the fields hold now; strings and sets are the caller's (account_details_free). */
enum error form_details(const struct form *form, struct account_details *out) MUST_CHECK;
bool form_is_changed(const struct form *form);

/* account_form.c */
/* The part of the first token that has the focus; BUILDER_PARTS if none has. */
enum builder_part form_builder_part(const struct form *form);
/* Whether there is room for the last events of the account. */
bool form_has_history(const struct form *form);
/* Effective permissions of what is staged, which a first token can be limited to. */
enum error form_load_sources(struct form *form) MUST_CHECK;

/* Fills the fields from the database. */
enum error form_fill(struct form *form) MUST_CHECK;

/* account_form_draw.c: `draw` of the class. */
void form_draw(struct screen *screen, const struct canvas *whole);

/* account_form_parts.c: drawing returns the rows used. */
/* The columns that the tokens take so that nothing is cut. */
int form_token_columns(struct form *form);
int form_draw_tokens(struct form *form, const struct canvas *canvas, int row);
const struct token_row *form_token(const struct form *form);
/* A click on a row of the tokens, or on its ⋮, or on an event. Returns effects. */
enum { FORM_EVENTS = 2000 /* the targets of the events, above those of the tokens */ };
int form_click(struct form *form, int target);
/* Writes the name that is being typed, if one is. False: it was refused, which was said. */
bool form_commit_rename(struct form *form);

int form_draw_groups(struct form *form, const struct canvas *canvas, int row);

int form_draw_grid(struct form *form, const struct canvas *canvas, int row);
/* Where the permission under the cursor comes from, and what it allows. */
int form_draw_explanation(const struct form *form, const struct canvas *canvas);

/* What can be done in the parts, and moving in them. */
extern const struct screen_command form_part_commands[];
int form_move(struct screen *screen, enum command command);

/* account_form_save.c */
int form_save(struct form *form);
int form_leave(struct form *form);
/* Whether there is something to lose; then the admin was asked, and `next` follows a yes. */
bool form_asks_to_leave(struct form *form, enum command next);

#endif
