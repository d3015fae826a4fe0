#include "ui/bindings.h"

#include "ui/command.h"
#include "ui/terminal/key.h"

#include <stdio.h>
#include <string.h>

/* The general contexts in the order in which every screen names them, after its own. */
static const enum context general[] = {CONTEXT_LIST, CONTEXT_TABLE, CONTEXT_EVERYWHERE};
enum { GENERAL = sizeof general / sizeof *general };

/* Which line of the file bound a command; 0: none. */
struct bindings {
    struct config *config;
    int lines[COMMAND_COUNT];
};

static bool has_key(const int *keys, int key)
{
    for (int i = 0; i < COMMAND_KEYS; i++)
        if (keys[i] == key) return true;
    return false;
}

static bool is_control(int key)
{
    return key < 0x20 && key != UI_TAB && key != UI_ENTER;
}

/* Why a command cannot have a key; NULL: it can. The rules guard against accidents: a slow escape
 * sequence, a stray Esc, typed text. */
static const char *why_not(enum command command, int key)
{
    const struct command_entry *entry = &command_table[command];
    if (key == 'O' || key == '[') return "it may be part of a slow arrow key";
    if (has_key(entry->keys, key)) return NULL;
    if (entry->needs == NEEDS_WRITING && is_control(key))
        return "control keys never change anything";
    bool in_text = command_is_in(command, CONTEXT_FILTER) || command_is_in(command, CONTEXT_TEXT);
    if (in_text && key_edits(key)) return "it edits text where this command is used";
    return NULL;
}

/* Parses "A x"; false: a problem was reported. */
static bool read_keys(struct config *config, const struct config_key *line, enum command command,
                      int keys[static COMMAND_KEYS])
{
    char text[CONFIG_VALUE_SIZE], *rest = NULL;
    int count = 0;
    snprintf(text, sizeof text, "%s", line->keys);
    if (strcmp(text, "none") == 0) return true;
    for (char *word = strtok_r(text, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        int key = key_of_text(word);
        const char *reason = key ? why_not(command, key) : "there is no key with that name";
        if (key && count == COMMAND_KEYS) reason = "a command has at most four keys";
        if (reason) {
            config_complain(config, line->line, "%s cannot be %s: %s", line->command, word, reason);
            return false;
        }
        keys[count++] = key;
    }
    if (!count) config_complain(config, line->line, "no key given: write “none” to unbind");
    return count > 0;
}

/* What nobody could do any more with these keys alone; NULL: nothing. */
static const char *what_lacks(enum command command, const int keys[static COMMAND_KEYS])
{
    bool works_in_fields = false;
    for (int i = 0; i < COMMAND_KEYS && keys[i]; i++)
        works_in_fields |= !key_edits(keys[i]);
    if (command == COMMAND_PALETTE && !keys[0])
        return "the palette needs a key: everything can be reached by it";
    if (command == COMMAND_BACK && !keys[0]) return "back needs a key: on a tab it quits";
    if (command == COMMAND_HELP && !works_in_fields)
        return "help needs a key that is not text, such as F1, for text fields";
    return NULL;
}

static void bind(struct bindings *bindings, const struct config_key *line)
{
    enum command command = command_of_name(line->command);
    int keys[COMMAND_KEYS] = {0};
    if (!command) {
        config_complain(bindings->config, line->line,
                        "there is no command “%s”; the palette (%s) lists them", line->command,
                        command_key(COMMAND_PALETTE).text);
        return;
    }
    if (command == COMMAND_ESCAPE) {
        config_complain(bindings->config, line->line, "the keys of escape cannot be changed");
        return;
    }
    if (!read_keys(bindings->config, line, command, keys)) return;
    const char *lacks = what_lacks(command, keys);
    if (lacks) {
        config_complain(bindings->config, line->line, "%s", lacks);
        return;
    }
    command_bind(command, keys);
    bindings->lines[command] = line->line;
}

static void take_key(enum command command, int key)
{
    int keys[COMMAND_KEYS] = {0}, count = 0;
    for (int i = 0; i < COMMAND_KEYS; i++)
        if (command_keys(command)[i] != key) keys[count++] = command_keys(command)[i];
    command_bind(command, keys);
}

/* 0: the command belongs to particular screens; else the place of its context in `general`. */
static int generality(enum command command)
{
    for (int i = 0; i < GENERAL; i++)
        if (command_is_in(command, general[i])) return i + 1;
    return 0;
}

static bool share_context(enum command a, enum command b)
{
    for (int i = CONTEXT_NONE + 1; i < CONTEXT_COUNT; i++)
        if (command_is_in(a, (enum context)i) && command_is_in(b, (enum context)i)) return true;
    return false;
}

/* Whether a context of `a` may hold at the same time as one of `b`, which is less special. */
static bool is_above(enum command a, enum command b)
{
    for (int i = CONTEXT_NONE + 1; i < CONTEXT_COUNT; i++)
        for (int j = 0; j < 2 && command_is_in(a, (enum context)i); j++)
            if (context_table[i].below[j] && command_is_in(b, context_table[i].below[j]))
                return true;
    return false;
}

/* Two commands have the same key. Within one context only one of them can keep it: the one the file
 * binds, or of two the first. Across contexts both keep it, and the less general one wins; that is
 * reported, too. */
static void settle(struct bindings *bindings, enum command own, enum command other, int key)
{
    const struct command_entry *a = &command_table[own], *b = &command_table[other];
    bool same_place = share_context(own, other), above = is_above(own, other);
    bool together = above || is_above(other, own) || generality(own) || generality(other);
    char name[16];
    if (!same_place && !together) return;
    if (has_key(a->keys, key) && has_key(b->keys, key)) return; /* that is intended */
    key_text(key, name);
    bool own_wins = above || generality(own) < generality(other);
    if (same_place)
        own_wins = !bindings->lines[other] || bindings->lines[own] < bindings->lines[other];
    enum command winner = own_wins ? own : other, loser = own_wins ? other : own;
    config_complain(bindings->config, bindings->lines[own], "%s means %s and %s: it does %s%s",
                    name, a->name, b->name, command_table[winner].name,
                    same_place ? "" : " where both could be meant");
    if (same_place) take_key(loser, key);
}

static void find_conflicts(struct bindings *bindings, enum command own)
{
    for (int i = 0; i < COMMAND_KEYS; i++) {
        int key = command_keys(own)[i];
        for (int other = COMMAND_NONE + 1; key && other < COMMAND_COUNT; other++) {
            bool told = other < (int)own && bindings->lines[other];
            if (other == (int)own || told || !has_key(command_keys((enum command)other), key))
                continue;
            settle(bindings, own, (enum command)other, key);
        }
    }
}

void bindings_apply(struct config *config)
{
    struct bindings bindings = {.config = config};
    for (size_t i = 0; i < config->key_count; i++)
        bind(&bindings, &config->keys[i]);
    for (int i = COMMAND_NONE + 1; i < COMMAND_COUNT; i++)
        if (bindings.lines[i]) find_conflicts(&bindings, (enum command)i);
}
