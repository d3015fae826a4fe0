/* Files that are imported or applied: as a plan, so the database stays as it is. The first byte
 * chooses which. */
#include "fuzz.h"

#include <gatehouse/transfer.h>

static bool never(void *arg, size_t done, size_t total)
{
    (void)arg, (void)done, (void)total;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct act *act = fuzz_act();
    struct transfer_file *file;
    if (size < 1 || transfer_read(fuzz_file(data + 1, size - 1), &file) != OK) return 0;
    static const struct progress progress = {.step = never};
    const struct transfer_options options = {
        .dry_run = true, .prune = data[0] & 2, .progress = &progress};
    struct transfer_report report = {0};
    enum error e = data[0] & 1 ? transfer_import(act, file, &options, &report)
                               : transfer_apply(act, file, &options, &report);
    (void)e;
    transfer_report_free(&report);
    transfer_free(file);
    return 0;
}
