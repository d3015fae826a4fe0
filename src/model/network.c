#include <gatehouse/network.h>

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum error refuse(const char *typed)
{
    return fail(ERR_INVALID,
                "“%s” is not a network: write 10.0.0.0/8, 2001:db8::/32 or one address", typed);
}

/* The prefix length after the slash; -1 if it is invalid. */
static int parse_prefix(const char *text, int most)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 3 || text[digits]) return -1;
    int prefix = atoi(text);
    return prefix <= most ? prefix : -1;
}

static void clear_host_bits(uint8_t *bytes, int size, int prefix)
{
    for (int bit = prefix; bit < size * 8; bit++)
        bytes[bit / 8] &= (uint8_t)(~(0x80 >> bit % 8));
}

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

/* "::ffff:10.0.0.0/104" is 10.0.0.0/8. */
static void unmap(uint8_t *bytes, int *size, int *prefix)
{
    if (*size != 16 || *prefix < 96 || memcmp(bytes, mapped, sizeof mapped) != 0) return;
    memmove(bytes, bytes + sizeof mapped, 4);
    *size = 4;
    *prefix -= 96;
}

/* Parses the part before the slash; returns the number of bytes, or 0. */
static int parse_address(const char *typed, size_t length, uint8_t bytes[static 16])
{
    char address[INET6_ADDRSTRLEN];
    if (length >= sizeof address) return 0;
    memcpy(address, typed, length);
    address[length] = 0;
    int family = strchr(address, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(family, address, bytes) != 1) return 0;
    return family == AF_INET6 ? 16 : 4;
}

enum error network_canonical(const char *typed, char out[static NETWORK_TEXT_SIZE])
{
    char address[INET6_ADDRSTRLEN];
    uint8_t bytes[16];
    size_t length = strcspn(typed, "/");
    int size = parse_address(typed, length, bytes);
    if (!size) return refuse(typed);
    int prefix = typed[length] ? parse_prefix(typed + length + 1, size * 8) : size * 8;
    if (prefix < 0) return refuse(typed);
    unmap(bytes, &size, &prefix);
    clear_host_bits(bytes, size, prefix);
    inet_ntop(size == 16 ? AF_INET6 : AF_INET, bytes, address, sizeof address);
    snprintf(out, NETWORK_TEXT_SIZE, "%s/%hhu", address, (unsigned char)prefix);
    return OK;
}

enum error address_parse(const char *typed, struct address *out)
{
    int whole = 128;
    out->size = parse_address(typed, strlen(typed), out->bytes);
    if (!out->size) return fail(ERR_INVALID, "“%s” is not an IPv4 or IPv6 address", typed);
    unmap(out->bytes, &out->size, &whole);
    return OK;
}

/* A network in canonical form; false: it is none. */
static bool read_canonical(const char *canonical, struct address *address, int *prefix)
{
    size_t length = strcspn(canonical, "/");
    address->size = parse_address(canonical, length, address->bytes);
    if (!address->size || !canonical[length]) return false;
    *prefix = parse_prefix(canonical + length + 1, address->size * 8);
    return *prefix >= 0;
}

static bool is_in(struct address address, const struct address *network, int prefix)
{
    if (address.size != network->size) return false;
    clear_host_bits(address.bytes, address.size, prefix);
    return memcmp(address.bytes, network->bytes, (size_t)address.size) == 0;
}

bool network_holds(const char *canonical, const struct address *address)
{
    struct address network;
    int prefix;
    return read_canonical(canonical, &network, &prefix) && is_in(*address, &network, prefix);
}

bool network_covers(const char *canonical, const char *other)
{
    struct address network, within;
    int prefix, longer;
    return read_canonical(canonical, &network, &prefix) &&
           read_canonical(other, &within, &longer) && prefix <= longer &&
           is_in(within, &network, prefix);
}
