/* Without a sub-command opens the console, else runs the command line. */
#include "ui/bindings.h"
#include "ui/console.h"
#include "ui/terminal/clipboard.h"

#include <dirent.h>
#include <errno.h>
#include <gatehouse/ambient.h>
#include <gatehouse/ascii.h>
#include <gatehouse/cli.h>
#include <gatehouse/config.h>
#include <gatehouse/database.h>
#include <gatehouse/demo.h>
#include <gatehouse/secret.h>
#include <gatehouse/store.h>
#include <gatehouse/text.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct config config;

static void print_problems(void)
{
    char line[2 * CONFIG_PROBLEM_SIZE];
    for (size_t i = 0; i < config.problem_count; i++) {
        text_visible(line, sizeof line, config.problems[i], SIZE_MAX);
        fprintf(stderr, "gatehouse: configuration: %s\n", line);
    }
}

/* Prepares the console. Without a terminal it cannot open; then all problems of the configuration
 * file are printed. */
static enum error prepare_console(void)
{
    config_load(&config);
    bindings_apply(&config);
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) return OK;
    print_problems();
    return fail(ERR_USAGE, "the console needs a terminal; for scripts there are commands: "
                           "gatehouse --help lists them");
}

static const char *choose_theme(const struct options *options)
{
    if (options->theme) return options->theme;
    return config.theme[0] ? config.theme : NULL;
}

static enum error open_console(const struct options *options)
{
    char path[4096];
    enum error e = prepare_console();
    if (!e) e = database_path(options->database, path, sizeof path);
    if (e) return e;
    return console_run(&(struct console_options){.database = path,
                                                 .read_only = options->read_only,
                                                 .theme = choose_theme(options),
                                                 .config = &config});
}

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

/* A signal must not leave the database of the demo behind while it is being filled; later the
 * console handles signals. */
static void catch_signals(void (*handler)(int))
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        signal(numbers[i], handler);
}

static void remove_folder(const char *folder)
{
    DIR *files = opendir(folder);
    struct dirent *file;
    while (files && (file = readdir(files)))
        if (strcmp(file->d_name, ".") != 0 && strcmp(file->d_name, "..") != 0)
            unlinkat(dirfd(files), file->d_name, 0);
    if (files) closedir(files);
    rmdir(folder);
}

static enum error fill_demo(const char *path)
{
    struct actor actor;
    struct act act = {.actor = &actor, .now = ambient_now()};
    actor_current(&actor);
    enum error e = database_open(path, STORE_CREATE, &act.store);
    if (!e) e = demo_fill(&act);
    store_close(act.store);
    return e;
}

static enum error open_demo(const struct options *options)
{
    if (options->database) return fail(ERR_USAGE, "demo creates its own database: leave --db out");
    enum error e = prepare_console();
    if (e) return e;
    const char *above = getenv("TMPDIR");
    char folder[4096], path[4096 + 16];
    snprintf(folder, sizeof folder, "%s/gatehouse-demo-XXXXXX", above && *above ? above : "/tmp");
    catch_signals(stop);
    if (!mkdtemp(folder)) return fail(ERR_SYSTEM, "cannot make %s: %s", folder, strerror(errno));
    snprintf(path, sizeof path, "%s/demo.db", folder);
    e = fill_demo(path);
    if (!e && stopped) e = fail(ERR_STOPPED, "stopped before the demo began");
    catch_signals(SIG_DFL);
    if (!e)
        e = console_run(&(struct console_options){.database = path,
                                                  .read_only = options->read_only,
                                                  .demo = true,
                                                  .theme = choose_theme(options),
                                                  .config = &config});
    remove_folder(folder);
    return e;
}

/* The name of the locale that the environment asks for. */
static const char *named_locale(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *name = getenv(variables[i]);
        if (name && *name) return name;
    }
    return "";
}

/* A locale that is not installed, as over SSH from another machine, does not mean that the terminal
 * has no UTF-8, unless it names another codeset. */
static void set_locale(void)
{
    if (setlocale(LC_CTYPE, "")) return;
    const char *codeset = strchr(named_locale(), '.');
    if (!codeset || !ascii_ncasecmp(codeset, ".utf-8", 6) || !ascii_ncasecmp(codeset, ".utf8", 5))
        setlocale(LC_CTYPE, "C.UTF-8");
}

static int run(int argc, char **argv)
{
    struct options options = {.copy = clipboard_copy_once};
    int rest;
    bool done = false;
    /* First of all, because it switches core dumps off. */
    enum error e = crypto_init();
    set_locale();
    text_init(false);
    if (!e) e = cli_options_parse(argc, argv, &options, &rest, &done);
    if (options.ascii) text_set_ascii(true);
    if (!e && !done) {
        if (rest < argc && !cli_is_demo(argc - rest, argv + rest))
            return cli_run(&options, argc - rest, argv + rest);
        e = rest < argc ? open_demo(&options) : open_console(&options);
    }
    if (e) fprintf(stderr, "gatehouse: %s\n", error_message());
    return exit_status_of(e);
}

/* What is inherited must not decide what the program does: a pipe or a file that takes no more is
 * an error of write(), and the end of a child is waited for. */
static void set_signals(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    store_exit_on_lost_page(exit_status_of(ERR_STORE));
}

int main(int argc, char **argv)
{
    set_signals();
    umask(077);
    return run(argc, argv);
}
