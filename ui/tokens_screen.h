/* The inside of the tab of all tokens, shared by its files. */
#ifndef GATEHOUSE_UI_TOKENS_SCREEN_H
#define GATEHOUSE_UI_TOKENS_SCREEN_H

#include "ui/marks.h"
#include "ui/table.h"
#include "ui/token_act.h"

#include <gatehouse/token_query.h>

/* A row as the list holds it. */
struct listed_token {
    struct token_item item;
    bool ruled;                     /* matches the rule of the marks */
    char detail[TOKEN_DETAIL_SIZE]; /* what the line below says of it */
};

struct tokens {
    struct screen screen;
    struct table table;
    int64_t now; /* of the last load */
    enum token_facet facet;

    int64_t hidden; /* marks that filter and facet hide; -1: not counted yet */
    struct marks marks, dropped;
    bool in_range;
    struct token_item anchor;

    bool renaming;
    struct field rename;
    int64_t renamed; /* the token */
};

struct token_query tokens_query(const struct tokens *tokens);
/* The row under the cursor; NULL. */
struct listed_token *tokens_current(const struct tokens *tokens);

/* tokens_list.c */
extern const struct table_source tokens_source;
bool tokens_is_marked(const struct tokens *tokens, const struct listed_token *listed);
enum error tokens_add_range(struct tokens *tokens) MUST_CHECK;

/* tokens_draw.c */
void tokens_draw(struct app *app, struct screen *screen, const struct canvas *canvas);

/* tokens_marks.c: EFFECT_PASS for other commands. */
int tokens_run_marks(struct tokens *tokens, enum command command);
bool tokens_wants_marks(const struct tokens *tokens);
enum error tokens_count_marks(struct tokens *tokens) MUST_CHECK;
/* The marked ones, or the one under the cursor where nothing is marked; id_set_free. */
enum error tokens_chosen(const struct tokens *tokens, struct id_set *out) MUST_CHECK;

/* tokens_run.c */
int tokens_run(struct app *app, struct screen *screen, enum command command);
int tokens_rename_key(struct tokens *tokens, int key);

/* tokens_many.c: what changes the marked ones. */
int tokens_suspend_marked(struct tokens *tokens);
int tokens_revoke_marked(struct tokens *tokens);
int tokens_expire_marked(struct tokens *tokens);

/* tokens_search.c */
int tokens_pick_facet(struct tokens *tokens);
int tokens_save_search(struct tokens *tokens);
int tokens_delete_search(struct tokens *tokens);

#endif
