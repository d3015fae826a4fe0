#include "src/serve/request.h"

#include "src/serve/guard.h"

#include <arpa/inet.h>
#include <gatehouse/ascii.h>
#include <gatehouse/token_format.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bool is_trusted(const struct trusted *trusted, const char *peer)
{
    struct address address;
    if (!*peer) return true; /* a Unix socket: its mode says who may connect */
    if (address_parse(peer, &address)) return false;
    for (size_t i = 0; i < trusted->count; i++)
        if (network_holds(trusted->networks[i], &address)) return true;
    return false;
}

static void read_peer(const struct sockaddr *from, char out[static REQUEST_ADDRESS_SIZE])
{
    out[0] = 0;
    if (from && from->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)from)->sin_addr, out,
                  REQUEST_ADDRESS_SIZE);
    if (from && from->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, out,
                  REQUEST_ADDRESS_SIZE);
}

enum error request_new(struct MHD_Connection *connection, const struct trusted *trusted,
                       struct request **out)
{
    struct request *request = *out = calloc(1, sizeof *request);
    if (!request) return fail_memory();
    request->fd =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    read_peer(MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
              request->peer);
    request->is_trusted = is_trusted(trusted, request->peer);
    return OK;
}

void request_free(struct request *request)
{
    if (!request) return;
    secret_free(request->body);
    free(request);
}

void request_read_target(struct request *request, const char *target)
{
    size_t size = strlen(target);
    request->has_uri = true;
    request->size += size;
    if (!guard_is_clean(target, size) || token_format_find(target, size))
        request->is_malformed = true;
}

/* The right-most address is the one that the nearest proxy has seen; what is left of it may be made
 * up by the client. */
static void read_forwarded(struct request *request, const char *value)
{
    struct address ignored;
    const char *comma = strrchr(value, ','), *last = comma ? comma + 1 : value;
    last += strspn(last, " \t");
    size_t size = strcspn(last, " \t");
    request->from[0] = 0;
    if (!request->is_trusted || size >= REQUEST_ADDRESS_SIZE) return;
    snprintf(request->from, sizeof request->from, "%.*s", (int)size, last);
    if (address_parse(request->from, &ignored)) request->from[0] = 0;
}

static bool is(const char *name, size_t size, const char *wanted)
{
    return size == strlen(wanted) && ascii_ncasecmp(name, wanted, size) == 0;
}

static void read_header(struct request *request, const char *name, size_t name_size, char *value,
                        size_t size)
{
    if (is(name, name_size, "Authorization")) {
        request->authorizations++;
        request->authorization = value;
        request->authorization_size = size;
    } else if (is(name, name_size, "X-API-Key")) {
        request->keys++;
        request->key = value;
        request->key_size = size;
    } else if (is(name, name_size, "Host")) {
        request->hosts++;
        if (size < sizeof request->host) memcpy(request->host, value, size);
    } else if (is(name, name_size, "Content-Length")) {
        request->lengths++;
        request->has_body |= !is(value, size, "0");
    } else if (is(name, name_size, "Transfer-Encoding")) {
        request->encodings++;
    } else if (is(name, name_size, "X-Forwarded-For") && request->is_trusted) {
        read_forwarded(request, value);
    }
}

static enum MHD_Result take_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                   size_t name_size, const char *value, size_t size)
{
    struct request *request = arg;
    (void)kind;
    request->size += name_size + size + sizeof ": \r" - 1;
    if (!guard_is_name(name, name_size) || !value || !guard_is_clean(value, size)) {
        request->is_malformed = true;
        return MHD_YES;
    }
    /* It lies in a buffer that the library may write to, and so may we, to wipe it. */
    read_header(request, name, name_size, (char *)(uintptr_t)value, size);
    return MHD_YES;
}

unsigned request_read_headers(struct request *request, struct MHD_Connection *connection)
{
    memcpy(request->from, request->peer, sizeof request->from);
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take_header, request);
    if (request->size > GUARD_HEADER_MAX) return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
    /* Without a length the proxy in front and the library might see different requests. */
    if (request->is_malformed || guard_is_odd(request->fd) || !request->has_uri ||
        request->hosts > 1 || request->lengths > 1 || request->encodings > 0)
        return MHD_HTTP_BAD_REQUEST;
    return 0;
}

enum error request_read_body(struct request *request, const char *bytes, size_t size)
{
    enum error e = request->body ? OK : secret_new(REQUEST_BODY_MAX, &request->body);
    if (e) return e;
    e = secret_append(request->body, bytes, size);
    if (e == ERR_INVALID) request->body_too_long = true;
    return e == ERR_INVALID ? OK : e;
}

void request_end(struct request *request)
{
    const struct request fresh = {.fd = request->fd, .is_trusted = request->is_trusted};
    char peer[REQUEST_ADDRESS_SIZE];
    if (request->authorization) explicit_bzero(request->authorization, request->authorization_size);
    if (request->key) explicit_bzero(request->key, request->key_size);
    secret_free(request->body);
    free(request->job);
    memcpy(peer, request->peer, sizeof peer);
    *request = fresh;
    memcpy(request->peer, peer, sizeof peer);
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Padding may be left out; anything else that is not base64 is refused. */
static bool decode_base64(const char *text, size_t size, struct secret *out)
{
    unsigned bits = 0, count = 0;
    secret_clear(out);
    while (size > 0 && text[size - 1] == '=')
        size--;
    for (size_t i = 0; i < size; i++) {
        int value = base64_value(text[i]);
        if (value < 0 || out->size == out->capacity) return false;
        bits = bits << 6 | (unsigned)value;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out->bytes[out->size++] = (char)(bits >> count & 0xff);
    }
    return count < 6;
}

/* "USER:PASSWORD". The user may be an Account ID in full, with its colons. */
static enum credential split_basic(struct secret *token, char user[static REQUEST_USER_MAX])
{
    static const char prefix[] = "sa::";
    size_t skip = sizeof prefix - 1;
    if (token->size < skip || ascii_ncasecmp(token->bytes, prefix, skip) != 0) skip = 0;
    char *colon = memchr(token->bytes + skip, ':', token->size - skip);
    if (!colon) return CREDENTIAL_MALFORMED;
    size_t size = (size_t)(colon - token->bytes);
    if (size >= REQUEST_USER_MAX || memchr(token->bytes, 0, size)) return CREDENTIAL_MALFORMED;
    memcpy(user, token->bytes, size);
    user[size] = 0;
    token->size -= size + 1;
    memmove(token->bytes, colon + 1, token->size);
    return CREDENTIAL_GIVEN;
}

static enum credential take(struct secret *token, const char *bytes, size_t size)
{
    return secret_set(token, bytes, size) ? CREDENTIAL_MALFORMED : CREDENTIAL_GIVEN;
}

/* Another scheme than these two is no credential for us. */
static enum credential read_authorization(const struct request *request, struct secret *token,
                                          char user[static REQUEST_USER_MAX])
{
    const char *value = request->authorization;
    size_t scheme = strcspn(value, " "), at = scheme + strspn(value + scheme, " ");
    size_t size = request->authorization_size - at;
    if (is(value, scheme, "Bearer")) return take(token, value + at, size);
    if (!is(value, scheme, "Basic")) return CREDENTIAL_NONE;
    return decode_base64(value + at, size, token) ? split_basic(token, user) : CREDENTIAL_MALFORMED;
}

enum credential request_credential(const struct request *request, struct secret *token,
                                   char user[static REQUEST_USER_MAX])
{
    user[0] = 0;
    secret_clear(token);
    if (request->authorizations + request->keys > 1) return CREDENTIAL_TWO;
    if (request->keys) return take(token, request->key, request->key_size);
    return request->authorizations ? read_authorization(request, token, user) : CREDENTIAL_NONE;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool decode_form(const char *text, size_t size, struct secret *out)
{
    secret_clear(out);
    for (size_t i = 0; i < size; i++) {
        char c = text[i] == '+' ? ' ' : text[i];
        if (c == '%') {
            int high = i + 2 < size ? hex_value(text[i + 1]) : -1;
            int low = high < 0 ? -1 : hex_value(text[i + 2]);
            if (low < 0) return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (out->size == out->capacity) return false;
        out->bytes[out->size++] = c;
    }
    return true;
}

bool request_field(const struct request *request, const char *name, struct secret *value)
{
    bool found = false, fits = true;
    if (!request->body) return false;
    const char *at = request->body->bytes, *end = at + request->body->size;
    while (at < end) {
        const char *next = memchr(at, '&', (size_t)(end - at));
        const char *stop = next ? next : end;
        const char *equal = memchr(at, '=', (size_t)(stop - at));
        if (equal && (size_t)(equal - at) == strlen(name) && memcmp(at, name, strlen(name)) == 0) {
            fits = !found && decode_form(equal + 1, (size_t)(stop - equal - 1), value);
            found = true;
        }
        at = stop + 1;
    }
    return found && fits;
}
