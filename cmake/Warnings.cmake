# What every target of this project is compiled with: `gatehouse_module` makes a static library of one
# folder that links only what is named.

add_library(gatehouse_flags INTERFACE)
target_include_directories(gatehouse_flags INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_compile_definitions(gatehouse_flags INTERFACE _GNU_SOURCE
    GATEHOUSE_VERSION="${PROJECT_VERSION}")
target_compile_options(gatehouse_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wformat=2 -Wstrict-prototypes
    -Wmissing-prototypes -Werror)
if(GATEHOUSE_SANITIZE)
    target_compile_options(gatehouse_flags INTERFACE
        -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
    target_link_options(gatehouse_flags INTERFACE -fsanitize=address,undefined)
else()
    target_compile_options(gatehouse_flags INTERFACE
        -fstack-protector-strong -fstack-clash-protection -fPIE
        $<$<CONFIG:Release>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
    target_link_options(gatehouse_flags INTERFACE -pie -Wl,-z,relro,-z,now)
endif()

function(gatehouse_module name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC gatehouse_flags PRIVATE ${ARG_LINK})
endfunction()
