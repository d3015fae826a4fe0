/* The check service, a program of its own: the console and the command line load no web server. It
 * is started by `gatehouse serve`. */
#include "src/serve/options.h"
#include "src/serve/server.h"
#include "src/serve/snippet.h"

#include <gatehouse/secret.h>
#include <gatehouse/store.h>
#include <gatehouse/text.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

enum { EXIT_WRONG_USAGE = 2, EXIT_REFUSED = 3, EXIT_FAILED = 4 };

/* As the other commands. */
static int status_of(enum error e)
{
    if (e == OK) return 0;
    if (e == ERR_USAGE) return EXIT_WRONG_USAGE;
    return e == ERR_STORE || e == ERR_BUSY || e == ERR_SYSTEM ? EXIT_FAILED : EXIT_REFUSED;
}

int main(int argc, char **argv)
{
    struct serve_options options = {0};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    store_exit_on_lost_page(EXIT_FAILED);
    umask(077);
    enum error e = crypto_init();
    setlocale(LC_CTYPE, "");
    text_init(false);
    if (!e) e = options_parse(argc, argv, &options);
    if (!e) e = options.snippet ? snippet_print(&options) : server_run(&options);
    options_free(&options);
    if (e) fprintf(stderr, "gatehouse: %s\n", error_message());
    return status_of(e);
}
