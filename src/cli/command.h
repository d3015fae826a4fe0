/* A sub-command as declared in the table of its noun, and one call of it. */
#ifndef GATEHOUSE_SRC_CLI_COMMAND_H
#define GATEHOUSE_SRC_CLI_COMMAND_H

#include <gatehouse/actor.h>
#include <stdbool.h>
#include <stddef.h>

enum exit_status { EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_REFUSED = 3, EXIT_FAILED = 4 };

enum { COMMAND_OPTIONS_MAX = 16 };

struct command_option {
    const char *name;     /* without the dashes */
    const char *value;    /* stands for the value in the usage; NULL: a switch */
    const char *sentence; /* lower case, no full stop */
    const char *choices;  /* all values there are, separated by blanks; NULL: not so few */
    bool or_next;         /* this option and the next exclude each other */
    bool writes;          /* refused with --read-only */
};

/* What a sub-command needs of the database. */
enum cli_store {
    CLI_NO_STORE,
    CLI_READS,   /* opened; with --read-only it records nothing */
    CLI_RECORDS, /* the same, but otherwise its event is written or it is refused */
    CLI_WRITES,  /* opened; refused with --read-only */
    CLI_CREATES, /* only its path: it creates the file; refused with --read-only */
};

struct call;
struct options;

struct cli_command {
    const char *words;                    /* "account create" */
    const char *arguments;                /* as in the usage; NULL: none */
    int least, most;                      /* how many arguments; most < 0: any number */
    const char *sentence;                 /* what it does */
    const char *example;                  /* one line that works */
    const struct command_option *options; /* ends with an empty entry; NULL if none */
    enum cli_store store;
    bool no_json;
    enum error (*exec)(struct call *call); /* NULL: main does it */
};

/* The nouns in the order of the help. Each cmd_<noun>.c ends with an array of its sub-commands,
 * <noun>_commands, which ends with an empty entry. */
/* clang-format off */
#define COMMAND_NOUNS(X) \
    X(init) \
    X(account) \
    X(token) \
    X(token_change) \
    X(search) \
    X(group) \
    X(permission) \
    X(verify) \
    X(serve) \
    X(check) \
    X(scan) \
    X(why) \
    X(panic) \
    X(vault) \
    X(setting) \
    X(audit) \
    X(transfer) \
    X(backup) \
    X(copy) \
    X(doctor) \
    X(help)
/* clang-format on */
#define COMMAND_DECLARE(noun) extern const struct cli_command cli_##noun##_commands[];
COMMAND_NOUNS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

/* The sub-commands in the order of the help; NULL past the last. */
const struct cli_command *command_at(size_t index);
/* The places of the options before the sub-command in global_options. */
enum { GLOBAL_DB, GLOBAL_READ_ONLY, GLOBAL_ASCII, GLOBAL_THEME, GLOBAL_HELP, GLOBAL_VERSION };
/* The options before the sub-command, and those of every sub-command; end with an empty entry. */
extern const struct command_option global_options[];
extern const struct command_option help_option[];

/* The command that argv begins with, and how many words name it. Where several match ("audit",
 * "audit verify"), the longest wins. NULL if none. */
const struct cli_command *command_find(int argc, char **argv, int *words);
/* Whether `word` is the first of several words of a command. */
bool command_is_group(const char *word);
/* Fills `out` with the options of a command, --json and --help included. */
void command_options(const struct cli_command *command,
                     struct command_option out[static COMMAND_OPTIONS_MAX + 1]);

struct call {
    const struct cli_command *command;
    const struct options *options;
    struct actor actor;
    struct act act;  /* act.store is NULL unless the command reads or writes one */
    char path[4096]; /* of the database; "" unless the command needs one */
    int argc;        /* the arguments: words that are not options */
    char **argv;
    int typed_count; /* all that was typed after the command's words */
    char **typed;
    struct command_option known[COMMAND_OPTIONS_MAX + 1];
    const char *values[COMMAND_OPTIONS_MAX]; /* of `known`; NULL: not given; "": a switch */
    bool json;
    const void *arg; /* what exec passes to the function that many_run calls */
    int status;      /* EXIT_DONE unless the answer is no */
};

/* The value of an option of this command; NULL when it was not given. */
const char *call_value(const struct call *call, const char *option);
bool call_has(const struct call *call, const char *option);
/* Warns on standard error if the role of the database may do more than is needed. */
void call_warn_of_superuser(const struct store *store);
/* ERR_USAGE with this question, “…; add --yes to do it”, unless --yes was given. A rule stands
 * before a question: asked in the transaction, after the change that it is about, which is then
 * taken back. */
enum error call_ask_yes(const struct call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3))) MUST_CHECK;

#endif
