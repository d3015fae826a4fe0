/* Telling the service manager how it goes (sd_notify's protocol, without its library). */
#ifndef GATEHOUSE_SERVE_NOTIFY_H
#define GATEHOUSE_SERVE_NOTIFY_H

/* Sends a state ("READY=1") to $NOTIFY_SOCKET, if there is one. Cannot fail. */
void notify(const char *state);
/* RELOADING=1 with the time that the protocol asks for; READY=1 is to follow. */
void notify_reloading(void);

#endif
