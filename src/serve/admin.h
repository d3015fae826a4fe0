/* The endpoints of the admin socket: what the service does, for Prometheus and for people. */
#ifndef GATEHOUSE_SERVE_ADMIN_H
#define GATEHOUSE_SERVE_ADMIN_H

#include "src/serve/seat.h"

/* In the format of Prometheus. No label names a token, an account or an address. */
enum MHD_Result admin_metrics(struct seat *seat, struct MHD_Connection *connection);
/* The same as JSON, and who is asked. */
enum MHD_Result admin_status(struct seat *seat, struct MHD_Connection *connection);

#endif
