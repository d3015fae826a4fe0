/* The entry point for libFuzzer, and for a test. */
#ifndef GATEHOUSE_TESTS_INPUT_FUZZ_H
#define GATEHOUSE_TESTS_INPUT_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Aborts if the decoder breaks one of its promises. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
