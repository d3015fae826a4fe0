/* One request as it came: what the endpoints need of it, and whether it may be answered at all. */
#ifndef GATEHOUSE_SERVE_REQUEST_H
#define GATEHOUSE_SERVE_REQUEST_H

#include <gatehouse/network.h>
#include <gatehouse/secret.h>
#include <gatehouse/token_check.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    REQUEST_ADDRESS_SIZE = 48, /* of an IPv6 address as text */
    REQUEST_BODY_MAX = 4096,   /* bytes of a form */
    REQUEST_USER_MAX = 80,
    REQUEST_HOST_SIZE = 272, /* a name and a port */
};

enum credential { CREDENTIAL_NONE, CREDENTIAL_GIVEN, CREDENTIAL_MALFORMED, CREDENTIAL_TWO };

/* The networks whose X-Forwarded-For is believed. */
struct trusted {
    size_t count;
    char (*networks)[NETWORK_TEXT_SIZE]; /* canonical */
};

/* A connection, and the request that is being read from it. */
struct request {
    int fd;
    bool is_trusted;                 /* the peer: its X-Forwarded-For is believed */
    char peer[REQUEST_ADDRESS_SIZE]; /* its address; "" for a Unix socket */

    /* Of the present request. */
    bool begun;   /* the headers were looked at */
    bool has_uri; /* it was looked at, and was fine */
    int hosts, lengths, encodings, authorizations, keys;
    bool is_malformed;
    size_t size; /* of request line and headers */
    bool has_body;
    char *authorization, *key; /* values in the library's buffer; wiped by request_end */
    size_t authorization_size, key_size;
    char host[REQUEST_HOST_SIZE];    /* the value of Host; "" if it is longer */
    char from[REQUEST_ADDRESS_SIZE]; /* where the request came from; "" if unknown */
    struct secret *body;             /* of a form; NULL: none */
    bool body_too_long;
    void *job; /* what an endpoint waited for, to be freed; NULL: nothing */

    /* Of a check that is made together with others (batch.h). */
    struct MHD_Connection *waiting; /* its connection; NULL: it does not wait */
    const char *path;
    int64_t began; /* in nanoseconds */
    bool is_decided;
    enum error decision; /* OK: `pass` says the rest */
    struct token_pass pass;
};

/* The peer of a new connection. */
enum error request_new(struct MHD_Connection *connection, const struct trusted *trusted,
                       struct request **out) MUST_CHECK;
void request_free(struct request *request);

/* Looks at the target before the library takes it apart: the token of a client must not be in it.
 */
void request_read_target(struct request *request, const char *target);
/* Reads the headers. Returns the status that refuses the request: 400 or 431; 0: it may go on. */
unsigned request_read_headers(struct request *request, struct MHD_Connection *connection);
/* Takes a piece of the body of a form, into guarded memory. */
enum error request_read_body(struct request *request, const char *bytes, size_t size) MUST_CHECK;
/* The request was answered: wipes what it held. */
void request_end(struct request *request);

/* The token in `Authorization: Bearer`, `X-API-Key` or Basic, copied into guarded memory; `user` is
 * the user name of Basic, "" otherwise. */
enum credential request_credential(const struct request *request, struct secret *token,
                                   char user[static REQUEST_USER_MAX]);
/* The field of a form, decoded into guarded memory; false if it is not there, is there twice, or
 * does not fit. */
bool request_field(const struct request *request, const char *name, struct secret *value);

#endif
