# jiandu_layer(NAME FOLDER dir EXCEPT ... PRECOMPILE ... PUBLIC ... PRIVATE ...): the library
# jiandu_NAME from dir/*.cc, but for the files named.
#
# A third of a file's time is the standard library's headers, so they are compiled once for all
# layers; what PRECOMPILE names comes on top, for a layer with flags of its own. Our own headers are
# not among them: that a file includes what it uses is seen by clang's builds (./dev fuzz, lint).
set(jiandu_standard_headers
    <algorithm> <array> <charconv> <chrono> <cstdint> <deque> <expected> <filesystem> <functional>
    <map> <memory> <mutex> <optional> <set> <span> <string> <string_view> <tuple> <utility>
    <variant> <vector>)

function(jiandu_layer name)
  cmake_parse_arguments(ARG "" "FOLDER" "EXCEPT;PRECOMPILE;PUBLIC;PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${ARG_FOLDER}/*.cc)
  foreach(file ${ARG_EXCEPT})
    list(REMOVE_ITEM sources ${CMAKE_SOURCE_DIR}/${ARG_FOLDER}/${file})
  endforeach()
  if(NOT sources)
    add_library(jiandu_${name} INTERFACE)
    target_link_libraries(jiandu_${name} INTERFACE jiandu_flags ${ARG_PUBLIC})
    return()
  endif()
  add_library(jiandu_${name} STATIC ${sources})
  target_link_libraries(jiandu_${name} PUBLIC jiandu_flags ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  # g++ only: clang's precompiled headers bear a time, which ccache takes for a change.
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    return()
  endif()
  if(ARG_PRECOMPILE OR name STREQUAL "base")
    target_precompile_headers(jiandu_${name} PRIVATE ${jiandu_standard_headers} ${ARG_PRECOMPILE})
  else()
    target_precompile_headers(jiandu_${name} REUSE_FROM jiandu_base)
  endif()
endfunction()
