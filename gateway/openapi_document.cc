// See openapi_document.h. The text is made by tools/embed_openapi.py.
#include "gateway/openapi_document.h"

#include <string_view>

namespace jiandu::gateway {
namespace {

constexpr std::string_view kDocument =
#include "gateway/openapi_document.inc"
    ;

}  // namespace

std::string OpenApiDocument() { return std::string(kDocument); }

}  // namespace jiandu::gateway
