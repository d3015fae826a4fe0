#include <gatehouse/words.h>

#include <gatehouse/ascii.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <string.h>

enum { PREFIXES = 2 };

/* In the order in which they are named. */
static const struct entry {
    enum word_kind kind;
    const char *prefixes[PREFIXES]; /* the short one is named */
    const char *example;
    const char *finds[WORDS_LISTS]; /* NULL: the list does not know it */
} entries[] = {
    {WORD_OWNER,
     {"o:", "owner:"},
     "owner",
     {[WORDS_ACCOUNTS] = "accounts whose owner contains the word",
      [WORDS_TOKENS] = "tokens of accounts whose owner contains the word"}},
    {WORD_DESCRIPTION,
     {"d:", "description:"},
     "description",
     {[WORDS_ACCOUNTS] = "accounts whose description contains the word",
      [WORDS_TOKENS] = "tokens of accounts whose description contains the word",
      [WORDS_GROUPS] = "groups whose description contains the word",
      [WORDS_PERMISSIONS] = "permissions whose sentence contains the word"}},
    {WORD_STATE,
     {"is:"},
     "inactive",
     {[WORDS_ACCOUNTS] = "active or inactive accounts",
      [WORDS_TOKENS] = "live suspended expired revoked ending unused never-used inactive used "
                       "denied canaries"}},
    {WORD_ACTOR,
     {"by:", "actor:"},
     "mara",
     {[WORDS_EVENTS] = "events of that user: real, of the login, or claimed by sudo"}},
    {WORD_ACCOUNT,
     {"a:", "account:"},
     "ci-deploy",
     {[WORDS_ACCOUNTS] = "accounts whose ID contains the word",
      [WORDS_TOKENS] = "tokens of accounts whose ID contains the word",
      [WORDS_EVENTS] = "events of that account"}},
    {WORD_KIND,
     {"kind:"},
     "token",
     {[WORDS_EVENTS] = "events of that kind, token.revoke, or of all kinds of token"}},
    {WORD_SINCE, {"since:"}, "7d", {[WORDS_EVENTS] = "events from then on: today, 7d, 2026-01-31"}},
    {WORD_UNTIL,
     {"until:"},
     "2026-01-31",
     {[WORDS_EVENTS] = "events until then: today, 7d, 2026-01-31"}},
};
enum { ENTRIES = sizeof entries / sizeof *entries };

static const char *const plain[WORDS_LISTS] = {
    [WORDS_ACCOUNTS] = "words of the ID",
    [WORDS_TOKENS] = "words of account, name, last four",
    [WORDS_GROUPS] = "words of the name",
    [WORDS_PERMISSIONS] = "words of name or ID",
    [WORDS_EVENTS] = "words",
};

/* The prefix of the word: its entry, and its length; NULL: the list knows none. */
static const struct entry *entry_of(enum words_list list, const struct word *word, size_t *length)
{
    for (size_t i = 0; i < ENTRIES; i++)
        for (size_t j = 0; j < PREFIXES && entries[i].prefixes[j]; j++) {
            *length = strlen(entries[i].prefixes[j]);
            if (entries[i].finds[list] && word->size >= *length &&
                !ascii_ncasecmp(word->text, entries[i].prefixes[j], *length))
                return &entries[i];
        }
    return NULL;
}

static void skip(struct word *word, size_t size)
{
    word->text += size;
    word->size -= size;
}

/* A part of “sa::” is still being typed. */
static void skip_sa(struct word *word)
{
    size_t size = word->size < 4 ? word->size : 4;
    if (size && word->text[size - 1] == ':' && !ascii_ncasecmp(word->text, "sa::", size))
        skip(word, size);
}

static bool take(const char **typed, struct word *out)
{
    *typed += strspn(*typed, " \t");
    *out = (struct word){WORD_TEXT, *typed, strcspn(*typed, " \t")};
    *typed += out->size;
    return out->size > 0;
}

bool word_next(enum words_list list, const char **typed, struct word *out)
{
    size_t length;
    if (!take(typed, out)) return false;
    const struct entry *entry = entry_of(list, out, &length);
    if (entry) {
        out->kind = entry->kind;
        skip(out, length);
    }
    bool named = list == WORDS_ACCOUNTS || list == WORDS_TOKENS;
    if (named && (out->kind == WORD_TEXT || out->kind == WORD_ACCOUNT)) skip_sa(out);
    return true;
}

bool word_begins(const struct word *word, const char *text)
{
    return !ascii_ncasecmp(text, word->text, word->size);
}

static bool contains(const char *text, const struct word *word)
{
    for (; *text; text++)
        if (word_begins(word, text)) return true;
    return !word->size;
}

bool words_match(enum words_list list, const char *typed, const char *const texts[], size_t count,
                 const char *description)
{
    struct word word;
    while (word_next(list, &typed, &word)) {
        bool found = word.kind == WORD_DESCRIPTION && contains(description, &word);
        for (size_t i = 0; i < count && word.kind == WORD_TEXT; i++)
            found |= contains(texts[i], &word);
        if (!found) return false;
    }
    return true;
}

enum error words_fail(enum words_list list, const struct word *word)
{
    char known[WORDS_HINT_SIZE];
    words_hint(list, "", WORDS_HINT_SIZE, known);
    return fail(ERR_INVALID, "there is no filter “%.*s:”: use %s", (int)strcspn(word->text, ":"),
                word->text, known);
}

static void add(char *out, int columns, const char *part)
{
    const char *between = *out ? " · " : "";
    size_t used = strlen(out);
    if (text_width(out) + text_width(between) + text_width(part) > (size_t)columns) return;
    snprintf(out + used, WORDS_HINT_SIZE - used, "%s%s", between, part);
}

/* The last word, if it is still being typed: nothing follows it. */
static const struct entry *last_entry(enum words_list list, const char *typed)
{
    struct word word, last = {0};
    size_t length;
    while (take(&typed, &word))
        last = word;
    return last.size && !last.text[last.size] ? entry_of(list, &last, &length) : NULL;
}

const char *words_hint(enum words_list list, const char *typed, int columns,
                       char out[static WORDS_HINT_SIZE])
{
    const struct entry *entry = last_entry(list, typed);
    *out = 0;
    if (entry) {
        snprintf(out, WORDS_HINT_SIZE, "%s %s", entry->prefixes[0], entry->finds[list]);
        return out;
    }
    if (plain[list]) add(out, columns, plain[list]);
    for (size_t i = 0; i < ENTRIES; i++) {
        char part[64];
        snprintf(part, sizeof part, "%s%s", entries[i].prefixes[0], entries[i].example);
        if (entries[i].finds[list]) add(out, columns, part);
    }
    return out;
}
