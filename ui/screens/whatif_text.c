#include "ui/screens/whatif_text.h"

#include "ui/kit/progress.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEMS_SHOWN = 8 };

static void add_line(char *out, size_t size, const struct whatif_item *item, bool gained)
{
    char name[96], accounts[TEXT_COUNT_SIZE];
    size_t used = strlen(out);
    int64_t count = gained ? item->gained : item->lost;
    if (!count) return;
    text_visible(name, sizeof name, item->name, 24);
    snprintf(out + used, size - used, "\n%s %s: %s %s it", gained ? "+" : "-", name,
             text_count(accounts, count, "account"),
             gained ? (count == 1 ? "gains" : "gain") : (count == 1 ? "loses" : "lose"));
}

/* One account: what it may do afterwards and could not before, and the other way round. */
static void write_own(const struct whatif *found, char *out, size_t size)
{
    snprintf(out, size, "Effective permissions change%s",
             found->working ? ", at once for its working tokens.\n"
                            : "; it has no working token.\n");
    for (size_t i = 0; i < found->count && i < ITEMS_SHOWN; i++) {
        char name[96];
        size_t used = strlen(out);
        text_visible(name, sizeof name, found->items[i].name, 24);
        snprintf(out + used, size - used, "\n%s %s", found->items[i].gained ? "+" : "-", name);
    }
}

static void write_all(const struct whatif *found, char *out, size_t size)
{
    char accounts[TEXT_COUNT_SIZE];
    snprintf(out, size, "Effective permissions of %s change; %s of them %s working tokens.\n",
             text_count(accounts, found->accounts, "account"), number_text(found->working).text,
             found->working == 1 ? "has" : "have");
    for (size_t i = 0; i < found->count && i < ITEMS_SHOWN; i++) {
        add_line(out, size, &found->items[i], true);
        add_line(out, size, &found->items[i], false);
    }
}

static void write_text(const struct whatif *found, bool one, char *out, size_t size)
{
    char more[TEXT_COUNT_SIZE];
    if (!found->accounts) {
        snprintf(out, size, "No effective permission changes.");
        return;
    }
    if (one)
        write_own(found, out, size);
    else
        write_all(found, out, size);
    size_t used = strlen(out);
    if (found->count > ITEMS_SHOWN)
        snprintf(out + used, size - used, "\nand %s more",
                 text_count(more, (int64_t)found->count - ITEMS_SHOWN, "permission"));
}

bool whatif_describe_count(struct app *app, const struct whatif_change *change, char *out,
                           size_t size, int64_t *accounts)
{
    struct long_work work;
    struct whatif *found;
    struct progress progress = progress_of(&work, app, "Checking");
    enum error e = whatif(app->store, app_act(app).now, change, &progress, &found);
    app->message[0] = 0;
    if (e) {
        app_say_error(app);
        return false;
    }
    write_text(found, change->account != 0, out, size);
    *accounts = found->accounts;
    free(found);
    return true;
}

bool whatif_describe(struct app *app, const struct whatif_change *change, char *out, size_t size)
{
    int64_t ignored;
    return whatif_describe_count(app, change, out, size, &ignored);
}
