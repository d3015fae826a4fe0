/* The networks that a token may be used from. */
#ifndef GATEHOUSE_NETWORK_H
#define GATEHOUSE_NETWORK_H

#include <gatehouse/error.h>
#include <stdbool.h>

enum { NETWORK_TEXT_SIZE = 50 };

/* Brings "10.1.2.3/8", "10.0.0.1" or "2001:DB8::/32" into the canonical form that is stored: lower
 * case, host bits cleared, always with a prefix length; an IPv4 network written as IPv6
 * (::ffff:10.0.0.0/104) becomes IPv4. ERR_INVALID. */
enum error network_canonical(const char *typed, char out[static NETWORK_TEXT_SIZE]) MUST_CHECK;

/* An address as bytes; an IPv4 one in its IPv6 form (::ffff:192.0.2.1) counts as IPv4. */
struct address {
    int size; /* 4 or 16 */
    unsigned char bytes[16];
};
/* ERR_INVALID. */
enum error address_parse(const char *typed, struct address *out) MUST_CHECK;
/* Whether a network in canonical form contains the address. */
bool network_holds(const char *canonical, const struct address *address);
/* Whether it contains all of another one, both in canonical form. */
bool network_covers(const char *canonical, const char *other);

#endif
