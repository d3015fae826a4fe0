/* The blocks of configuration that put a proxy in front: files of data/snippets, built in. */
#ifndef GATEHOUSE_SERVE_SNIPPET_H
#define GATEHOUSE_SERVE_SNIPPET_H

#include "src/serve/options.h"

/* Prints the one that options->snippet names, with the sockets of the options in it. ERR_USAGE
 * lists the names. */
enum error snippet_print(const struct serve_options *options) MUST_CHECK;

#endif
