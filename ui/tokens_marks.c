/* Marks in the list of tokens. */
#include "ui/tokens_screen.h"

static int done(struct tokens *tokens, enum error e)
{
    tokens->hidden = -1;
    return e ? app_say_error(tokens->table.app) : EFFECT_DRAW;
}

static int end_range(struct tokens *tokens)
{
    enum error e = tokens_add_range(tokens);
    tokens->in_range = false;
    return done(tokens, e);
}

static int mark(struct tokens *tokens)
{
    const struct listed_token *here = tokens_current(tokens);
    if (tokens->in_range) return end_range(tokens);
    if (!here) return EFFECT_NONE;
    enum error e = marks_flip(&tokens->marks, here->item.token.number, here->ruled);
    if (!e) e = list_move(&tokens->table.list, 1);
    return done(tokens, e);
}

static int range(struct tokens *tokens)
{
    const struct listed_token *here = tokens_current(tokens);
    if (tokens->in_range) return end_range(tokens);
    if (!here) return EFFECT_NONE;
    tokens->in_range = true;
    tokens->anchor = here->item;
    return EFFECT_DRAW;
}

static int drop_marks(struct tokens *tokens)
{
    int64_t count = marks_count(&tokens->marks);
    marks_free(&tokens->dropped);
    tokens->dropped = tokens->marks;
    tokens->marks = (struct marks){0};
    tokens->hidden = -1;
    app_say(tokens->table.app, ROLE_MUTED, "%lld mark%s dropped · U restores", (long long)count,
            count == 1 ? "" : "s");
    return EFFECT_DRAW;
}

/* A range, then the filter, then the facet, then the marks. */
static int escape(struct tokens *tokens)
{
    if (tokens->in_range) {
        tokens->in_range = false;
        return EFFECT_DRAW;
    }
    int effects = table_run(&tokens->table, COMMAND_ESCAPE);
    if (!(effects & EFFECT_PASS)) return effects;
    if (tokens->facet) {
        tokens->facet = TOKENS_ALL;
        return table_reopen(&tokens->table, TABLE_AROUND);
    }
    return marks_is_empty(&tokens->marks) ? EFFECT_NONE : drop_marks(tokens);
}

static int restore_marks(struct tokens *tokens)
{
    marks_free(&tokens->marks);
    tokens->marks = tokens->dropped;
    tokens->dropped = (struct marks){0};
    tokens->hidden = -1;
    return EFFECT_LOAD;
}

int tokens_run_marks(struct tokens *tokens, enum command command)
{
    switch (command) {
    case COMMAND_MARK:
        return mark(tokens);
    case COMMAND_RANGE:
        return range(tokens);
    case COMMAND_MARK_ALL:
        marks_set_rule(&tokens->marks, tokens->table.filter.text, (int)tokens->facet);
        tokens->hidden = -1;
        return EFFECT_LOAD;
    case COMMAND_ESCAPE:
        return escape(tokens);
    case COMMAND_UNDO:
        return marks_is_empty(&tokens->dropped) ? EFFECT_PASS : restore_marks(tokens);
    default:
        return EFFECT_PASS;
    }
}

bool tokens_wants_marks(const struct tokens *tokens)
{
    return tokens->hidden < 0 || (tokens->marks.rule && tokens->marks.rule_matches < 0);
}

static struct token_query rule_of(const struct tokens *tokens)
{
    return (struct token_query){.filter = tokens->marks.filter,
                                .facet = (enum token_facet)tokens->marks.facet,
                                .now = tokens->now};
}

/* How many of the marked ones filter and facet hide. */
static enum error count_hidden(struct tokens *tokens)
{
    struct token_query shown = tokens_query(tokens);
    const struct id_set *ids = &tokens->marks.ids;
    int64_t hidden = 0;
    bool all = !*shown.filter && !shown.facet;
    for (size_t i = 0; !all && !tokens->marks.rule && i < ids->count; i++) {
        bool matches;
        enum error e = token_matches(tokens->table.app->store, &shown, ids->ids[i], &matches);
        if (e) return e;
        hidden += !matches;
    }
    tokens->hidden = hidden;
    return OK;
}

enum error tokens_count_marks(struct tokens *tokens)
{
    struct token_query rule = rule_of(tokens);
    enum error e = OK;
    if (tokens->marks.rule && tokens->marks.rule_matches < 0)
        e = token_count(tokens->table.app->store, &rule, &tokens->marks.rule_matches);
    if (!e && tokens->hidden < 0) e = count_hidden(tokens);
    return e;
}

/* What a rule says, but for those left out. */
static enum error follow_rule(const struct tokens *tokens, struct id_set *out)
{
    struct token_query rule = rule_of(tokens);
    enum error e = token_numbers(tokens->table.app->store, &rule, out);
    for (size_t i = 0; !e && i < tokens->marks.ids.count; i++)
        id_set_remove(out, tokens->marks.ids.ids[i]);
    return e;
}

enum error tokens_chosen(const struct tokens *tokens, struct id_set *out)
{
    const struct listed_token *here = tokens_current(tokens);
    *out = (struct id_set){0};
    if (tokens->marks.rule) return follow_rule(tokens, out);
    if (tokens->marks.ids.count) return id_set_copy(out, &tokens->marks.ids);
    return here ? id_set_add(out, here->item.token.number) : OK;
}
