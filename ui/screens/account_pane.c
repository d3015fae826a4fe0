#include <gatehouse/account_list.h>
#include <gatehouse/audit_list.h>
#include <gatehouse/group.h>
#include <gatehouse/permission.h>
#include <gatehouse/text.h>

#include "ui/screens/panes.h"
#include "ui/screens/token_act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_account(struct detail *out, const struct account_row *account)
{
    char id[ACCOUNT_ID_SIZE], date[WHEN_SIZE];
    account_id_text(id, account->name);
    when_date(date, account->created);
    detail_title(out, id);
    if (*account->description) detail_text(out, ROLE_TEXT, "%s", account->description);
    detail_field(out, "state", account->active ? ROLE_GOOD : ROLE_MUTED, "%s %s",
                 text_glyph(account->active ? GLYPH_ACTIVE : GLYPH_INACTIVE),
                 account->active ? "active" : "inactive");
    detail_field(out, "owner", *account->owner ? ROLE_TEXT : ROLE_MUTED, "%s",
                 *account->owner ? account->owner : "none");
    detail_field(out, "created", ROLE_TEXT, "%s", date);
}

/* Everyone is not among the rows. */
static enum error add_groups(struct store *store, int64_t account, struct detail *out)
{
    enum { SHOWN = 12 };
    struct account_details details;
    char names[SHOWN * (GROUP_NAME_MAX * 4 + 3) + 64] = "Everyone";
    size_t used = strlen(names);
    enum error e = account_details_load(store, account, &details, NULL);
    if (e) return e;
    for (size_t i = 0; i < details.groups.count && i < SHOWN && !e; i++) {
        struct group group;
        e = group_get(store, details.groups.ids[i], &group);
        if (!e) used += (size_t)snprintf(names + used, sizeof names - used, ", %s", group.name);
        if (e == ERR_NOT_FOUND) e = OK;
    }
    if (details.groups.count > SHOWN)
        snprintf(names + used, sizeof names - used, " and %s more",
                 number_text((int64_t)(details.groups.count - SHOWN)).text);
    account_details_free(&details);
    detail_field(out, "groups", ROLE_TEXT, "%s", names);
    return e;
}

/* A cell of a list of tokens as a cell of the pane. */
static void add_cell(struct detail *out, struct detail_line *line, size_t at,
                     const struct cell *cell)
{
    detail_cell(out, line, at, cell->role, cell->text);
}

static void add_token(struct detail *out, const struct token_row *token, bool active, int64_t now)
{
    enum { WIDE = 20 };
    struct detail_line *line = detail_row(out, DETAIL_ROW);
    struct cell name = {.width = WIDE, .text = ""}, state = name, used = name;
    used.role = ROLE_MUTED;
    token_name_cell(token, &name);
    token_state_cell(token, active, &state);
    token_used_cell(token, active, now, &used);
    add_cell(out, line, 0, &name);
    add_cell(out, line, 1, &state);
    add_cell(out, line, 2, &used);
}

static enum error add_tokens(struct store *store, int64_t now, const struct account_row *account,
                             struct detail *out)
{
    enum { SHOWN = 8 };
    struct token_rows *tokens;
    enum error e = token_list(store, now, account->number, false, &tokens);
    if (e) return e;
    detail_head(out, "TOKENS");
    for (size_t i = 0; i < tokens->count && i < SHOWN; i++)
        add_token(out, &tokens->items[i], account->active, now);
    detail_rest(out, SHOWN, (int64_t)tokens->count);
    free(tokens);
    return OK;
}

/* "explicit", "build", "build, deploy"; "": it is not held. */
static void sources_text(const struct permission_sources *sources, int64_t permission, char *out,
                         size_t size)
{
    size_t used = 0;
    *out = 0;
    for (size_t i = 0; i < sources->count && used < size; i++) {
        const struct permission_source *source = &sources->items[i];
        if (source->permission != permission) continue;
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                                 source->group ? source->group_name : "explicit");
    }
}

static enum error add_permissions(struct store *store, int64_t account, struct detail *out)
{
    enum { SHOWN = 24 };
    struct permission_sources *sources;
    struct permissions *catalogue;
    int64_t held = 0;
    enum error e = permission_effective(store, account, &sources);
    if (e) return e;
    e = permission_list(store, &catalogue);
    if (e) {
        free(sources);
        return e;
    }
    detail_head(out, "PERMISSIONS");
    for (size_t i = 0; i < catalogue->count; i++) {
        char text[200];
        sources_text(sources, catalogue->items[i].number, text, sizeof text);
        if (!*text || ++held > SHOWN) continue;
        struct detail_line *line = detail_row(out, DETAIL_ROW);
        detail_cell(out, line, 0, ROLE_TEXT, catalogue->items[i].name);
        detail_cell(out, line, 1, ROLE_MUTED, text);
    }
    detail_rest(out, SHOWN, held);
    free(catalogue);
    free(sources);
    return OK;
}

static void add_event(struct detail *out, const struct audit_event *event, int64_t now)
{
    char at[WHEN_SIZE], who[160];
    struct detail_line *line = detail_row(out, DETAIL_ROW);
    when_relative(at, event->at, now);
    actor_text(&event->actor, who, sizeof who);
    detail_cell(out, line, 0, ROLE_MUTED, at);
    detail_cell(out, line, 1, ROLE_TEXT, event->kind);
    detail_cell(out, line, 2, ROLE_MUTED, who);
}

static enum error add_events(struct store *store, int64_t now, int64_t account, struct detail *out)
{
    enum { SHOWN = 5 };
    struct audit_event events[SHOWN];
    const struct audit_query query = {.account = account, .since = WHEN_NEVER, .until = WHEN_NEVER};
    size_t count = 0;
    enum error e = audit_page(store, &query, 0, (struct page){.max = SHOWN}, events, &count);
    if (e) return e;
    detail_head(out, "EVENTS");
    for (size_t i = 0; i < count; i++) {
        add_event(out, &events[i], now);
        audit_event_free(&events[i]);
    }
    if (!count) detail_rest(out, 0, 0);
    return OK;
}

enum error account_pane_read(struct store *store, int64_t now, int64_t account, struct detail *out)
{
    struct account_row found;
    enum error e = account_get(store, now, account, &found);
    if (e) return e;
    add_account(out, &found);
    e = add_groups(store, account, out);
    if (!e) e = add_tokens(store, now, &found, out);
    if (!e) e = add_permissions(store, account, out);
    return e ? e : add_events(store, now, account, out);
}
