#include "src/docs/docs.h"

#include "ui/keys.h"

#include "src/cli/command.h"

#include <string.h>

static void print_roff(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'') fputs("\\&", out);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else
            fputc(*text, out);
    }
}

static void print_option(FILE *out, const struct command_option *option)
{
    fputs("\\fB\\-\\-", out);
    print_roff(out, option->name);
    fputs("\\fR", out);
    if (!option->value) return;
    fputs(" \\fI", out);
    print_roff(out, option->value);
    fputs("\\fR", out);
}

static void print_options(FILE *out, const struct command_option *options)
{
    for (const struct command_option *o = options; o && o->name; o++) {
        fputs(".TP\n", out);
        print_option(out, o);
        fputc('\n', out);
        print_roff(out, o->sentence);
        fputs(".\n", out);
    }
}

static void print_synopsis(FILE *out)
{
    fputs(".B gatehouse\n", out);
    for (const struct command_option *o = global_options; o->name; o++) {
        fputc('[', out);
        print_option(out, o);
        fputs("]\n", out);
    }
    fputs(".RI [ command ]\n", out);
}

static void print_description(FILE *out)
{
    fputs("Gatehouse keeps service accounts and their API tokens.\n"
          "Without a command it opens the console.\n"
          "Everything the console does is also a command, for scripts;\n"
          "each has \\fB\\-\\-help\\fR, and \\fB\\-\\-json\\fR if it prints something.\n"
          ".PP\n"
          "An account is named by its ID, with or without \\fBsa::\\fR.\n"
          "A token is named by its number, or by \\fIID\\fR/\\fINAME\\fR where that is "
          "unambiguous.\n"
          "Several are changed all or none.\n"
          "No command asks questions, except for a passphrase at the terminal.\n",
          out);
}

static void print_global_options(FILE *out)
{
    fputs("They come before the command.\n", out);
    print_options(out, global_options);
}

static void print_command(FILE *out, const struct cli_command *command)
{
    fputs(".SS ", out);
    print_roff(out, command->words);
    if (command->arguments) fprintf(out, " \\fI%s\\fR", command->arguments);
    fputc('\n', out);
    print_roff(out, command->sentence);
    fputc('\n', out);
    print_options(out, command->options);
    fputs(".PP\n.RS\n", out);
    print_roff(out, command->example);
    fputs("\n.RE\n", out);
}

static void print_commands(FILE *out)
{
    for (size_t i = 0; command_at(i); i++)
        print_command(out, command_at(i));
}

static const struct cli_command *serve(void)
{
    for (size_t i = 0; command_at(i); i++)
        if (strcmp(command_at(i)->words, "serve") == 0) return command_at(i);
    return NULL;
}

static void print_serve_synopsis(FILE *out)
{
    fputs(".B gatehouse\n[\\fB\\-\\-db\\fR \\fIPATH\\fR]\n.B serve\n", out);
    for (const struct command_option *o = serve()->options; o->name; o++) {
        fputc('[', out);
        print_option(out, o);
        fputs("]\n", out);
    }
}

static void print_serve_description(FILE *out)
{
    fputs("Answers over HTTP whether the bearer of a token may pass, for the sub\\-request of a "
          "proxy.\n"
          "A change is in force for the next request: nothing is cached.\n"
          "\\fB\\-\\-snippet\\fR prints what puts it behind a proxy;\n"
          ".I checking.md\nin the documentation folder explains it step by step.\n"
          ".PP\n"
          "A token that is known and denied is remembered like a use: "
          "\\fBgatehouse token list\\fR, the console, and what revokes and deactivates say "
          "when, from where and why.\n"
          "Each denial is also a line on standard error, at most one a second for each address.\n",
          out);
}

static void print_serve_options(FILE *out)
{
    print_options(out, serve()->options);
}

static void print_endpoints(FILE *out)
{
    fputs(".TP\n\\fB/verify\\fR[\\fB/a/\\fIACCOUNT\\fR][\\fB/p/\\fIPERMISSION\\fR[,...]]\n"
          "Any method. 200: it may pass, and X\\-Auth\\-Account, X\\-Auth\\-Token, "
          "X\\-Auth\\-Permissions and X\\-Auth\\-Expires say who it is.\n"
          "401, 403: it may not. 503: the database cannot be read.\n"
          "The token comes as Authorization: Bearer, as X\\-API\\-Key, or as the password of "
          "Basic.\n"
          ".TP\n\\fBPOST /introspect\\fR, \\fBPOST /revoke\\fR\nRFC 7662 and RFC 7009.\n"
          ".TP\n\\fB/healthz\\fR, \\fB/readyz\\fR\nThe process runs; it can read the database.\n"
          ".TP\n\\fB/metrics\\fR, \\fB/status\\fR\nOn the admin socket alone: for Prometheus, and "
          "as JSON.\n",
          out);
}

static void print_running(FILE *out)
{
    fputs("Sockets of a service manager are taken from \\fBLISTEN_FDS\\fR (one named \\fBadmin\\fR "
          "is the admin socket), and \\fBNOTIFY_SOCKET\\fR is told how it goes.\n"
          "Without any socket it listens on \\fI/run/gatehouse/serve.sock\\fR alone.\n"
          ".PP\n"
          "The Debian package brings \\fBgatehouse.socket\\fR and \\fBgatehouse.service\\fR, "
          "for the database "
          "\\fI/var/lib/gatehouse/gatehouse.db\\fR and its owner, the user \\fBgatehouse\\fR; "
          "the socket is for the group \\fBgatehouse\\-check\\fR.\n"
          ".PP\nSIGTERM finishes what is in flight, for 5 seconds at most; a second one ends it at "
          "once. SIGHUP opens the database again.\n",
          out);
}

static void print_serve_files(FILE *out)
{
    fputs(".TP\n.I /run/gatehouse/serve.sock\nWhere it listens.\n"
          ".TP\n\\fIDATABASE\\fB.service\\fR\nMarks the database while a service runs, so that "
          "the console shows it, and how many checks a second it answers if it has an admin "
          "socket.\n",
          out);
}

static void print_status(FILE *out)
{
    fputs(".TP\n.B 0\nDone.\n"
          ".TP\n.B 1\nThe answer is no.\n"
          ".TP\n.B 2\nWrong usage.\n"
          ".TP\n.B 3\nRefused: not found, in conflict, invalid, or at a limit.\n"
          ".TP\n.B 4\nThe database, the vault or the system failed.\n",
          out);
}

static void print_environment(FILE *out)
{
    fputs(".TP\n.B GATEHOUSE_DB\nThe database, unless \\fB\\-\\-db\\fR names one.\n"
          ".TP\n.B NO_COLOR\nSet: no colours in the console.\n"
          ".TP\n.B ESCDELAY\nHow many milliseconds the console waits after Esc for the rest of a "
          "key sequence.\n",
          out);
}

static void print_files(FILE *out)
{
    fputs(".TP\n.I /var/lib/gatehouse/gatehouse.db\nThe database of the machine.\n"
          ".TP\n.I $XDG_DATA_HOME/gatehouse/gatehouse.db\n"
          "The database of a user, if there is none for the machine;\n"
          ".I ~/.local/share\nif the variable is not set.\n"
          ".TP\n.I $XDG_CONFIG_HOME/gatehouse/config\n"
          "Theme, mouse, keys and shorter times for one admin's console;\n"
          ".I config.sample\nin the documentation folder lists what it may contain.\n",
          out);
}

struct section {
    const char *title;
    void (*print)(FILE *out);
};

static const struct section sections[] = {
    {.title = "SYNOPSIS", .print = print_synopsis},
    {.title = "DESCRIPTION", .print = print_description},
    {.title = "OPTIONS", .print = print_global_options},
    {.title = "COMMANDS", .print = print_commands},
    {.title = "KEYS OF THE CONSOLE", .print = keys_print_man},
    {.title = "EXIT STATUS", .print = print_status},
    {.title = "ENVIRONMENT", .print = print_environment},
    {.title = "FILES", .print = print_files},
    {.title = NULL},
};

static const struct section serve_sections[] = {
    {.title = "SYNOPSIS", .print = print_serve_synopsis},
    {.title = "DESCRIPTION", .print = print_serve_description},
    {.title = "OPTIONS", .print = print_serve_options},
    {.title = "ENDPOINTS", .print = print_endpoints},
    {.title = "RUNNING IT", .print = print_running},
    {.title = "FILES", .print = print_serve_files},
    {.title = NULL},
};

/* `others`: the pages to look at next. */
static void print_page(FILE *out, int number, const char *name, const struct section *list,
                       const char *others)
{
    fprintf(out, ".TH GATEHOUSE %d \"\" \"gatehouse %s\"\n", number, GATEHOUSE_VERSION);
    fprintf(out, ".SH NAME\ngatehouse \\- %s\n", name);
    for (; list->title; list++) {
        fprintf(out, ".SH %s\n", list->title);
        list->print(out);
    }
    fprintf(out, ".SH SEE ALSO\n%s\n", others);
}

void docs_print_man(FILE *out)
{
    print_page(out, 1, "service accounts and their API tokens", sections,
               ".BR gatehouse (5),\n.BR gatehouse (8)");
}

void docs_print_man_serve(FILE *out)
{
    print_page(out, 8, "the check service", serve_sections,
               ".BR gatehouse (1),\n.BR gatehouse (5)");
}
