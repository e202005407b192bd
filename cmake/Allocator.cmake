# Threads hand objects to one another all day, and what glibc's allocator then does costs a tenth of
# a node's CPU (docs/adr/0008, 0026). Chosen by programs: libraries do not choose an allocator, and a
# sanitizer brings its own.
if(NOT JIANDU_SANITIZE AND NOT JIANDU_FUZZ)
  pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc>=5.3)
endif()

function(jiandu_allocator target)
  if(NOT JIANDU_SANITIZE AND NOT JIANDU_FUZZ)
    target_sources(${target} PRIVATE ${CMAKE_SOURCE_DIR}/cli/allocator.cc)
    target_link_libraries(${target} PRIVATE -Wl,--no-as-needed PkgConfig::JEMALLOC)
  endif()
endfunction()
