/* Networks, compared bit by bit. */
#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <gatehouse/network.h>
#include <stdio.h>
#include <string.h>

/* An address of `size` bytes in which only the bit `set` is set; -1: none. */
static const char *with_bit(int size, int set, char out[static INET6_ADDRSTRLEN])
{
    unsigned char bytes[16] = {[0] = size == 16 ? 0x20 : 0x0a};
    if (set >= 0) bytes[set / 8] ^= (unsigned char)(0x80 >> set % 8);
    cr_assert_not_null(inet_ntop(size == 16 ? AF_INET6 : AF_INET, bytes, out, INET6_ADDRSTRLEN));
    return out;
}

/* The address differs from the network in one bit: it is in it if that bit is behind the prefix. */
Test(network, holds_what_differs_only_behind_its_prefix)
{
    char text[INET6_ADDRSTRLEN], network[NETWORK_TEXT_SIZE], typed[NETWORK_TEXT_SIZE + 16];
    struct address address;
    for (int size = 4; size <= 16; size += 12)
        for (int prefix = 0; prefix <= 8 * size; prefix++) {
            snprintf(typed, sizeof typed, "%s/%d", with_bit(size, -1, text), prefix);
            cr_assert_eq(network_canonical(typed, network), OK);
            for (int bit = -1; bit < 8 * size; bit++) {
                cr_assert_eq(address_parse(with_bit(size, bit, text), &address), OK);
                bool in = bit < 0 || bit >= prefix;
                cr_assert_eq(network_holds(network, &address), in, "%s in %s", text, network);
            }
        }
}

Test(network, covers_itself_and_longer_prefixes_within)
{
    static const struct {
        const char *network, *other;
        bool covers;
    } pairs[] = {
        {"10.0.0.0/8", "10.0.0.0/8", true},
        {"10.0.0.0/8", "10.1.0.0/16", true},
        {"10.1.0.0/16", "10.0.0.0/8", false},
        {"10.0.0.0/8", "11.0.0.0/16", false},
        {"0.0.0.0/0", "10.0.0.0/32", true},
        {"0.0.0.0/0", "2001:db8::/32", false},
        {"::/0", "10.0.0.0/8", false},
        {"2001:db8::/32", "2001:db8:1::/48", true},
        {"2001:db8::/32", "2001:db9::/48", false},
        {"10.0.0.0/8", "no network", false},
        {"no network", "10.0.0.0/8", false},
        {"10.0.0.0", "10.0.0.0/8", false},
        {"10.0.0.0/33", "10.0.0.0/8", false},
        {"10.0.0.0/8", "10.0.0.0/", false},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        cr_assert_eq(network_covers(pairs[i].network, pairs[i].other), pairs[i].covers, "%s, %s",
                     pairs[i].network, pairs[i].other);
}

Test(network, of_mapped_addresses_is_one_of_version_four)
{
    static const char *const forms[][2] = {
        {"::ffff:10.1.2.3/96", "0.0.0.0/0"},
        {"::ffff:10.1.2.3/95", "::fffe:0:0/95"},
        {"::ffff:10.1.2.3/128", "10.1.2.3/32"},
        {"::fffe:a01:203/128", "::fffe:a01:203/128"},
        {"1::ffff:a01:203/128", "1::ffff:a01:203/128"},
    };
    char out[NETWORK_TEXT_SIZE];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        cr_assert_eq(network_canonical(forms[i][0], out), OK);
        cr_assert_str_eq(out, forms[i][1]);
    }
}

Test(network, that_is_no_network_is_refused_with_what_would_be_one)
{
    static const char *const wrong[] = {"10.0.0.0/008 ",
                                        "10.0.0.0/0008",
                                        "10.0.0.0/ 8",
                                        "::1/1x",
                                        "1.2.3.4.5",
                                        "1:2",
                                        "/8",
                                        "10.0.0.256/8",
                                        "1111:2222:3333:4444:5555:6666:255.255.255.255:"};
    char out[NETWORK_TEXT_SIZE];
    struct address address;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_assert_eq(network_canonical(wrong[i], out), ERR_INVALID, "%s", wrong[i]);
        cr_assert(strstr(error_message(), "write 10.0.0.0/8, 2001:db8::/32 or one address"));
        cr_assert_eq(address_parse(wrong[i], &address), ERR_INVALID, "%s", wrong[i]);
    }
    cr_assert_eq(address_parse("10.0.0.0/8", &address), ERR_INVALID);
}
