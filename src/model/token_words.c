/* The words of a filter, and where SQLite finds those tokens that a word is in without looking at
 * all: in the names of tokens, in the last four and in the names of accounts, each by its index. */
#include "token_query_sql.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void token_words_read(const char *filter, struct token_words *words)
{
    words->count = 0;
    words->share = 0;
    while (words->count < TOKEN_WORDS) {
        filter += strspn(filter, " \t");
        size_t size = strcspn(filter, " \t");
        if (size == 0) break;
        const char *word = filter;
        filter += size;
        if (size >= 4 && strncasecmp(word, "sa::", 4) == 0) word += 4, size -= 4;
        if (!size) continue;
        struct token_word *next = &words->items[words->count++];
        next->size = size;
        sql_pattern(next->pattern, sizeof next->pattern, word, size);
    }
}

/* A word stands in the account's name, in the token's name or in the last four. */
void token_word_add(struct sql *sql, size_t nth)
{
    sql_format(sql,
               " AND (a.name LIKE %s ESCAPE '\\' OR t.name LIKE %s ESCAPE '\\' OR t.last_four LIKE "
               "%s ESCAPE '\\')",
               sql_words[nth], sql_words[nth], sql_words[nth]);
}

void token_words_bind(struct stmt *stmt, const struct sql *sql, const struct token_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        if (strstr(sql->text, sql_words[i])) bind_text(stmt, sql_words[i], words->items[i].pattern);
}

/* How many of the first thousand tokens have the word. */
static enum error count_share(struct store *store, const struct token_word *word, int64_t *share)
{
    const struct token_words alone = {.count = 1, .items = {*word}};
    struct sql sql = {0};
    sql_add(&sql, "SELECT count(*) FROM (SELECT account, name, last_four FROM token ORDER BY "
                  "number LIMIT 1000) t CROSS JOIN account a ON a.number = t.account WHERE 1");
    token_word_add(&sql, 0);
    struct stmt *stmt = sql_prepare(store, &sql);
    token_words_bind(stmt, &sql, &alone);
    return stmt_int(stmt, share);
}

enum error token_words_weigh(struct store *store, struct token_words *words)
{
    enum error e = OK;
    for (size_t i = 0; i < words->count && !e; i++) {
        int64_t share = 0;
        struct token_word *first = &words->items[0], word = words->items[i];
        e = count_share(store, &word, &share);
        bool leads =
            i == 0 || share < words->share || (share == words->share && word.size > first->size);
        if (e || !leads) continue;
        words->items[i] = *first;
        *first = word;
        words->share = share;
    }
    return e;
}

/* Many tokens have the same name: each is looked at once, from one to the next along the index,
 * which is some times slower than to walk through it where all names differ. So only the first
 * thousands are met that way. */
#define NAMES                                                                                      \
    "WITH RECURSIVE names (name, nth) AS (SELECT min(name), 1 FROM token UNION ALL SELECT "        \
    "(SELECT "                                                                                     \
    "min(name) FROM token WHERE name > names.name), nth + 1 FROM names WHERE nth < 5000 AND "      \
    "names.name IS NOT NULL) "
#define OF_NAMES                                                                                   \
    "SELECT number AS found FROM token WHERE name IN (SELECT name FROM names WHERE name LIKE "     \
    ":word0 ESCAPE '\\') UNION SELECT number FROM token WHERE name > (SELECT max(name) FROM "      \
    "names) AND name LIKE :word0 ESCAPE '\\'"
#define OF_LAST_FOUR " UNION SELECT number FROM token WHERE last_four LIKE :word0 ESCAPE '\\'"
#define OF_ACCOUNTS                                                                                \
    " UNION SELECT number FROM token WHERE account IN (SELECT number FROM account WHERE name "     \
    "LIKE "                                                                                        \
    ":word0 ESCAPE '\\')"

static bool is_all_four(const struct token_word *word)
{
    if (word->size != 4) return false;
    for (size_t i = 1; i <= word->size; i++)
        if (!isascii((unsigned char)word->pattern[i]) || !isalnum((unsigned char)word->pattern[i]))
            return false;
    return true;
}

/* Of all four letters: LIKE regards no case, the index does, and a letter has two. */
static void add_all_four(struct sql *sql)
{
    sql_add(sql, " UNION SELECT number FROM token WHERE last_four IN (SELECT p.letter || q.letter "
                 "|| r.letter || s.letter FROM ");
    for (int i = 0; i < 4; i++) /* behind the % of the pattern */
        sql_format(sql,
                   "%s(SELECT lower(substr(:word0, %d, 1)) AS letter UNION SELECT "
                   "upper(substr(:word0, %d, 1))) %c",
                   i ? " CROSS JOIN " : "", i + 2, i + 2, 'p' + i);
    sql_add(sql, ")");
}

void token_found_add(struct sql *sql, const struct token_words *words)
{
    const struct token_word *word = &words->items[0];
    sql_add(sql, "(" NAMES OF_NAMES);
    if (is_all_four(word))
        add_all_four(sql);
    else if (word->size < sizeof(((struct token_row *)0)->last_four))
        sql_add(sql, OF_LAST_FOUR);
    sql_add(sql, OF_ACCOUNTS ") CROSS JOIN token t ON t.number = found CROSS JOIN account a ON "
                             "a.number = t.account");
}
