# The flags of every target; `gatehouse_module` makes a static library of one folder that links only
# what is named. Warnings are errors only in the CI presets: a newer compiler must still build it.

include(CheckCCompilerFlag)
include(CheckCSourceCompiles)

add_library(gatehouse_flags INTERFACE)
target_include_directories(gatehouse_flags INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_compile_definitions(gatehouse_flags INTERFACE _GNU_SOURCE
    GATEHOUSE_VERSION="${PROJECT_VERSION}")
target_compile_options(gatehouse_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wformat=2 -Wstrict-prototypes
    -Wmissing-prototypes)
if(GATEHOUSE_SANITIZE)
    target_compile_options(gatehouse_flags INTERFACE
        -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
    target_link_options(gatehouse_flags INTERFACE -fsanitize=address,undefined)
else()
    check_c_compiler_flag(-fcf-protection=full HAS_CF_PROTECTION)
    # A C library that does not support level 3 with this compiler warns.
    set(CMAKE_REQUIRED_FLAGS "-O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3")
    check_c_source_compiles("#include <string.h>\nint main(void) { return 0; }" HAS_FORTIFY_3)
    unset(CMAKE_REQUIRED_FLAGS)
    target_compile_options(gatehouse_flags INTERFACE
        -fstack-protector-strong -fstack-clash-protection
        $<IF:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,MODULE_LIBRARY>,-fPIC,-fPIE>
        $<$<BOOL:${HAS_CF_PROTECTION}>:-fcf-protection=full>
        $<$<CONFIG:Release>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$<IF:$<BOOL:${HAS_FORTIFY_3}>,3,2>>)
    target_link_options(gatehouse_flags INTERFACE
        $<$<NOT:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,MODULE_LIBRARY>>:-pie> -Wl,-z,relro,-z,now)
endif()

function(gatehouse_module name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC gatehouse_flags PRIVATE ${ARG_LINK})
endfunction()
