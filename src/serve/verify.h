/* /verify[/a/ACCOUNT][/p/PERMISSION[,PERMISSION...]][/anything]: may this request pass? For the
 * sub-request of a proxy, with any method. */
#ifndef GATEHOUSE_SERVE_VERIFY_H
#define GATEHOUSE_SERVE_VERIFY_H

#include "src/serve/check.h"

/* What the endpoint keeps for a thread. */
enum error verify_start(struct seat *seat) MUST_CHECK;
void verify_stop(struct seat *seat);
enum MHD_Result verify_answer(struct seat *seat, struct MHD_Connection *connection,
                              struct request *request, const char *path);

#endif
