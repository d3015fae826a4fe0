/* /verify[/a/ACCOUNT][/p/PERMISSION[,PERMISSION...]][/anything]: may this request pass? For the
 * sub-request of a proxy, with any method. */
#ifndef GATEHOUSE_SERVE_VERIFY_H
#define GATEHOUSE_SERVE_VERIFY_H

#include "src/serve/check.h"

enum { VERIFY_PATH_MAX = 2048 };

/* What a path asks; the texts point into `buffer`. What follows the last part that is known is
 * ignored: Envoy appends the path of the original request. False for another path, and for one that
 * asks for something that cannot be: an account that has no such name, more than
 * CHECK_PERMISSIONS_MAX permissions. */
bool verify_parse(const char *path, char buffer[static VERIFY_PATH_MAX], struct question *question);
enum MHD_Result verify_answer(struct seat *seat, struct MHD_Connection *connection,
                              const struct request *request, const char *path);

#endif
