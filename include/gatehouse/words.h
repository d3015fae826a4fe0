/* The words that people type to find rows, over a list of the console or after --filter. One table
 * says which prefixes there are ("o:mara"), in which lists, and what they find. */
#ifndef GATEHOUSE_WORDS_H
#define GATEHOUSE_WORDS_H

#include <gatehouse/error.h>
#include <stdbool.h>
#include <stddef.h>

enum words_list {
    WORDS_NONE, /* a list without words */
    WORDS_ACCOUNTS,
    WORDS_TOKENS,
    WORDS_GROUPS,
    WORDS_PERMISSIONS,
    WORDS_EVENTS,
    WORDS_LISTS
};
enum word_kind {
    WORD_TEXT, /* without a prefix */
    WORD_ACCOUNT,
    WORD_OWNER,
    WORD_DESCRIPTION,
    WORD_STATE,
    WORD_ACTOR,
    WORD_KIND,
    WORD_SINCE,
    WORD_UNTIL,
    WORD_KINDS
};

/* A part of what was typed, not terminated: without its prefix, and without "sa::" where an account
 * may be meant. Empty while only the prefix has been typed: then it matches everything. */
struct word {
    enum word_kind kind;
    const char *text;
    size_t size;
};
/* Reads the next word, and moves *typed past it; false: there is none. A prefix that the list does
 * not know is part of the text. */
bool word_next(enum words_list list, const char **typed, struct word *out);
/* Whether the text begins with the word, ignoring case. */
bool word_begins(const struct word *word, const char *text);

/* For lists whose rows are in memory: whether each text word is in one of `texts` and each word of
 * the description in `description`, ignoring case. */
bool words_match(enum words_list list, const char *typed, const char *const texts[], size_t count,
                 const char *description);

/* ERR_INVALID, with a sentence that names the words of the list: `word`, which has a colon, has no
 * prefix of the list. */
enum error words_fail(enum words_list list, const struct word *word) MUST_CHECK;

/* What to say beside the field: the words of the list, or what the last word typed finds, in at
 * most `columns` columns. Returns `out`. */
enum { WORDS_HINT_SIZE = 400 };
const char *words_hint(enum words_list list, const char *typed, int columns,
                       char out[static WORDS_HINT_SIZE]);

#endif
