# Debian bookworm packages; the list to install them stands in ./dev. Headers of others are SYSTEM.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(leveldb 1.23 CONFIG REQUIRED)
find_package(RapidJSON 1.1 CONFIG REQUIRED)  # sets RAPIDJSON_INCLUDE_DIRS only, no target
find_package(spdlog 1.10 CONFIG REQUIRED)
find_package(tomlplusplus 3.3 CONFIG REQUIRED)
find_package(CLI11 2.1 CONFIG REQUIRED)
find_package(zstd CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)  # its config ships no version file
find_package(PkgConfig REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(SECP256K1 REQUIRED IMPORTED_TARGET libsecp256k1>=0.2.0)

add_library(jiandu_rapidjson INTERFACE)
target_include_directories(jiandu_rapidjson SYSTEM INTERFACE ${RAPIDJSON_INCLUDE_DIRS})

# Debian's leveldb config names snappy, which the shared library links itself; without this line
# every program would need libsnappy-dev.
set_property(TARGET leveldb::leveldb PROPERTY INTERFACE_LINK_LIBRARIES Threads::Threads)
