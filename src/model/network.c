#include <gatehouse/network.h>

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum error refuse(const char *typed)
{
    return fail(ERR_INVALID, "“%s” is no network: write 10.0.0.0/8, 2001:db8::/32 or one address",
                typed);
}

/* The number behind the slash; -1 when it is none. */
static int parse_prefix(const char *text, int most)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 3 || text[digits]) return -1;
    int prefix = atoi(text);
    return prefix <= most ? prefix : -1;
}

static void clear_behind(uint8_t *bytes, int size, int prefix)
{
    for (int bit = prefix; bit < size * 8; bit++)
        bytes[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
}

enum error network_canonical(const char *typed, char out[static NETWORK_TEXT_SIZE])
{
    char address[INET6_ADDRSTRLEN];
    uint8_t bytes[sizeof(struct in6_addr)];
    size_t length = strcspn(typed, "/");
    if (length >= sizeof address) return refuse(typed);
    memcpy(address, typed, length);
    address[length] = 0;
    int family = strchr(address, ':') ? AF_INET6 : AF_INET;
    int size = family == AF_INET6 ? 16 : 4;
    if (inet_pton(family, address, bytes) != 1) return refuse(typed);
    int prefix = typed[length] ? parse_prefix(typed + length + 1, size * 8) : size * 8;
    if (prefix < 0) return refuse(typed);
    clear_behind(bytes, size, prefix);
    inet_ntop(family, bytes, address, sizeof address);
    snprintf(out, NETWORK_TEXT_SIZE, "%s/%hhu", address, (unsigned char)prefix);
    return OK;
}
