/* Networks and addresses: a canonical form is its own canonical form, and holds its own address. */
#include "fuzz.h"

#include <gatehouse/network.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), once[NETWORK_TEXT_SIZE], twice[NETWORK_TEXT_SIZE];
    struct address address, other;
    bool is_network = network_canonical(text, once) == OK;
    if (is_network) {
        fuzz_check(network_canonical(once, twice) == OK && strcmp(once, twice) == 0);
        char *slash = strchr(once, '/');
        fuzz_check(slash);
        snprintf(twice, sizeof twice, "%.*s", (int)(slash - once), once);
        fuzz_check(address_parse(twice, &other) == OK && network_holds(once, &other));
    }
    if (address_parse(text, &address) == OK) {
        fuzz_check(address.size == 4 || address.size == 16);
        fuzz_check(is_network && network_holds(once, &address));
        fuzz_check(network_holds("0.0.0.0/0", &address) == (address.size == 4));
    }
    /* What a damaged database may hold in the place of a canonical one. */
    fuzz_check(address_parse("192.0.2.1", &other) == OK);
    (void)network_holds(text, &other);
    free(text);
    return 0;
}
