# Flags of our own code: every warning is an error on both compilers.
add_library(jiandu_flags INTERFACE)
target_compile_options(jiandu_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fno-omit-frame-pointer
  # g++ 12 sees overlaps in std::string operator+ and copies beyond short strings that are not there
  # (GCC 105651, 105329). clang looks for real ones.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>
  # The same path everywhere, so that ccache hits across checkouts and builds are reproducible.
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
target_include_directories(jiandu_flags INTERFACE ${CMAKE_SOURCE_DIR})
if(JIANDU_SANITIZE)
  # Left out: what AddressSanitizer sees as well (null, object-size), what our code has no casts for
  # (alignment) and no hierarchies for (vptr). They check every access and cost a quarter of the build.
  target_compile_options(jiandu_flags INTERFACE -fsanitize=address,undefined
                         -fno-sanitize=null,object-size,alignment,vptr -fno-sanitize-recover=all)
  target_link_options(jiandu_flags INTERFACE -fsanitize=address,undefined)
endif()
if(JIANDU_FUZZ)
  # clang 19 reports std::get_temporary_buffer, which libstdc++ 12 itself uses in stable_sort.
  target_compile_options(jiandu_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined
                         -fno-sanitize-recover=all -Wno-deprecated-declarations)
  target_link_options(jiandu_flags INTERFACE -fsanitize=address,undefined)
endif()
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
