# gatehouse_embed(OUT_VAR symbol file): a C source with the file as `const char symbol[]`, zero-terminated.
function(gatehouse_embed out_var symbol file)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c)
    add_custom_command(
        OUTPUT ${source}
        COMMAND ${CMAKE_COMMAND} -DFILE=${file} -DSYMBOL=${symbol} -DOUT=${source}
                -P ${PROJECT_SOURCE_DIR}/cmake/EmbedFile.cmake
        DEPENDS ${file} ${PROJECT_SOURCE_DIR}/cmake/EmbedFile.cmake
        VERBATIM)
    set(${out_var} ${source} PARENT_SCOPE)
endfunction()
