/* The endpoints of OAuth 2.0: token introspection (RFC 7662), for programs that ask what a token
 * may do, token revocation (RFC 7009), for whoever holds one, and where the two are (RFC 8414). */
#ifndef GATEHOUSE_SERVE_OAUTH_H
#define GATEHOUSE_SERVE_OAUTH_H

#include "src/serve/check.h"

/* mod_auth_openidc believes only this page that an endpoint may be without TLS. */
extern const char oauth_metadata_path[];
enum MHD_Result oauth_metadata(struct seat *seat, struct MHD_Connection *connection,
                               const struct request *request);
enum MHD_Result oauth_introspect(struct seat *seat, struct MHD_Connection *connection,
                                 const struct request *request);
/* The connection is suspended until the writer has revoked; then it is called again. */
enum MHD_Result oauth_revoke(struct seat *seat, struct MHD_Connection *connection,
                             struct request *request);

#endif
